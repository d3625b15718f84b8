"""What is kept how long, by what became of the person, as data; and the deletion that follows, by two persons."""
