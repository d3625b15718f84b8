"""Break-glass: opening one person's file that one may not see otherwise, with a reason that somebody reviews."""
