"""An invented prison, of people who never lived: for trials, tests and measurements."""
