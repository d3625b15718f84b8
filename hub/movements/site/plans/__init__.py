"""Floor plans: a drawing that somebody hands in, cleaned; shapes that are zones; where checkpoints stand."""
