"""Facts: what was recorded of a person, when it took effect, when it was recorded, by whom and from which paper."""
