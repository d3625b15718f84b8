"""Backups: taken while the hub runs, locked for a key that only paper holds, tried by restoring."""
