"""Agreements with other agencies as data: written in versions, signed by two, and read by the gate alone."""
