"""The officer's page: a process of its own, on loopback, that asks the agent. Its crash stops no gate."""
