"""The officer's unit at the terminal: its people and where they are, counts, out-counts, alarms, calls for help."""
