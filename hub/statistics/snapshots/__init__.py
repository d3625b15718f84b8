"""The roll at the end of each day: kept, sealed into a chain, and made again from the facts at any later time."""
