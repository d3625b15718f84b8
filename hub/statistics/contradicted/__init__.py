"""Files that contradict themselves or each other: what to put right before figures of a period can be published."""
