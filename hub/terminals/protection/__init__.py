"""How the roll copy of each terminal is protected, and the hub's half of the key where it gives one out."""
