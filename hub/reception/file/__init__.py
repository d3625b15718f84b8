"""The file of a person: who, the story, the clocks, and writing facts into it."""
