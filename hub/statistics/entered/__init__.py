"""Figures that no file holds: the nation's people, an official capacity. Each with its day and its source."""
