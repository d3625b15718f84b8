"""The December review of the Data Policy: gathered from a state as known on one day, edited, signed by two, frozen."""
