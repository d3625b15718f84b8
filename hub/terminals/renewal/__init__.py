"""Terminals ask for a new certificate before theirs ends; the process that holds the authority's key makes it."""
