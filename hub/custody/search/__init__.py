"""Finding people by whatever is known of them: number, name as it is written or as it sounds, cell, status."""
