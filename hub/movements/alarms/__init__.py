"""Alarms: one row for each cause that needs a person, with every step that anybody took about it."""
