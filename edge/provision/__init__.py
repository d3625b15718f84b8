"""`pims-edge provision`: from an unpacked device to a terminal at its gate, step by step, resumable at each."""
