"""The prison's side of the sandbox partners: agreements by its pages, the processes, an officer who decides."""
