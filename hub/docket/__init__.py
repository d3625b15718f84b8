"""Whose liberty is in doubt: checks that run every day, findings with an owner and a clock, and the court diary."""
