"""What the review is made of, read from the database as it was known at one time. Nothing here writes."""
