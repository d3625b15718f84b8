"""Terminals that ask over the network to be taken in: their claims, the codes people compare, and the grants."""
