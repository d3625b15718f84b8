"""Terminals as the hub knows them: taken in, heard from, cut off; and the broker between."""
