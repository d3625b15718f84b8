"""Playing back any hour of any day on the map, and asking for it as a bundle that a court can verify."""
