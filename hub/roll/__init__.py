"""What each terminal holds of the roll: differences sealed to it, and its receipts."""
