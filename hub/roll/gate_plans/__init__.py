"""What each gate decides moves by, and who is where: made here, sealed to the terminal, receipts kept."""
