"""Sandbox partners: four programs as engineers of other agencies would write them, from `docs/agency.md` alone.

Nothing of ours is imported here, so that what the documents leave out shows. Each keeps a log of its own truth.
"""
