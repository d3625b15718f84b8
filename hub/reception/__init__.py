"""Admission as one guided act: person, booking, order, fingers and zones together or not at all."""
