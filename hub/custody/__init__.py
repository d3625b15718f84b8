"""The permanent person, each stay as a booking, and the orders that give the authority to hold."""
