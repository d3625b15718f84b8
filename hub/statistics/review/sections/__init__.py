"""The sections of the review, each a pure function of what was read."""
