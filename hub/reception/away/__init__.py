"""Who is out of the prison with permission, and when they are expected back."""
