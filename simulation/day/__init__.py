"""A day of a small prison in ten minutes, with everything that has to be noticed, told against what truly happened."""
