"""Batches from paper: what was done while all was dark, entered afterwards under two signatures."""
