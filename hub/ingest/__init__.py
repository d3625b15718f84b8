"""From MQTT to facts: verify, store, apply, commit, and only then acknowledge."""
