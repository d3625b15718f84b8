"""What is kept, how long, and how it comes back: backups, retention and export of everything."""
