"""Orders to the gates: lockdown, evacuation, and letting one person through. At once, and never configuration."""
