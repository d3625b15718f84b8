"""Zones and the checkpoints between them, what was seen there, and where that puts people."""
