"""What each officers' page holds of its unit, and its receipts."""
