"""Out and back again: court, hospital, another site, leave. Planned, authorised, watched; never a release."""
