"""Facts as columns of numbers: read once for all periods, as they were known at one time."""
