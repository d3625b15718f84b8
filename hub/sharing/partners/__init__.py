"""The programs of other agencies: who they are to this hub, their certificates and tokens, and where they want news."""
