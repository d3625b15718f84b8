"""The site as data: sites, zones in zones, checkpoints, rooms, curfews, floor plans, and each change of them."""
