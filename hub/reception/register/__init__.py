"""What was on paper or in other tables: an existing register, and what was done while all was dark."""
