"""A terminal was stolen: what was on its card, what is made new, who has to be told, and by when."""
