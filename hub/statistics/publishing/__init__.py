"""Publications: figures under disclosure control, frozen by two people, in files that never change."""
