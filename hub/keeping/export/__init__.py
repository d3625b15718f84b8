"""The whole register in open formats, readable without this program."""
