"""Scans of papers: locked with the person's key, known by their hash, shown so that nothing in them runs."""
