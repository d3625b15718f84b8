"""The site put together: every capability's pages, the guard before them, and the server that speaks TLS."""
