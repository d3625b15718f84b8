"""Figures: daily snapshots, indicators with their definitions, disclosure control, publications, the yearly review."""
