"""Second factors: codes of an app, security keys, and the printed codes for when both are lost."""
