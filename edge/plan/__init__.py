"""What this gate decides moves by: passes, keep-aparts, room and curfews, held here and acted by without the hub."""
