"""Two files found to be of one person: the pages on which officers compare, join and part them."""
