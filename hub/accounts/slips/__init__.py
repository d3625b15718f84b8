"""Printed slips with which somebody sets a password in person: no e-mail, and no password that others know."""
