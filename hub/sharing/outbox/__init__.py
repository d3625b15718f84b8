"""What goes out when something happened: facts become events, events deliveries, and deliveries arrive or are shown."""
