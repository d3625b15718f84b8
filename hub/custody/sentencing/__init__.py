"""Sentences, credits and adjustments, and the release date reckoned from them."""
