"""Who may log in, what each role may do, and the audit trail of who looked at what."""
