"""An admission under way: asked step by step, kept at each, and made into a booking at the end."""
