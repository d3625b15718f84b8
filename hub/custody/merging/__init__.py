"""Two files found to be of one person: joined under one number, each fact where it was, and parted again."""
