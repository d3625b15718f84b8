"""Enrolled fingers in a sealed vault. The only place of the hub that knows the fingerprint engine."""
