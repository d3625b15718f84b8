"""What a message would change on a file: facts to be stated, each beside what stands there now. Nothing here writes."""
