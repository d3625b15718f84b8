"""What agencies' programs fetch: who they are to us, events, custody status and lists. All of it through the gate."""
