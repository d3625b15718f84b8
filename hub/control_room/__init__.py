"""The live picture: where everyone is, how well that is known, and what needs a person now."""
