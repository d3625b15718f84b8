"""The hub's configuration on this terminal: taken, tried, kept, or taken back by the terminal itself."""
