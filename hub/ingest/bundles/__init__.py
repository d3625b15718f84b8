"""An hour as a bundle: the terminals' entries as they signed them, and a program that verifies it without a hub."""
