"""One module for each command of `pims-matching`; each has `add(commands)`, which describes it, and what it does."""
