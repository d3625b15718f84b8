"""Between the agent and the pages on its screen: one question, one answer, over a Unix socket."""
