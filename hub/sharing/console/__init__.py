"""The console of agencies: what went to each, what came, what waits and since when, with the evidence of each."""
