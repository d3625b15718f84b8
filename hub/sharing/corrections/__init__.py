"""What was told and proved wrong: whoever got it hears that it was wrong, and fetches what is right."""
