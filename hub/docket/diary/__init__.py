"""The court diary: who is to be before which court, who was brought, and what came of it."""
