"""What other agencies send: kept as it came, shown beside the file, decided by an officer. Nothing acts by itself."""
