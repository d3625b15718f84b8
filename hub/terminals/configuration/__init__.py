"""What each terminal shall run by: desired configurations, their roll-out in stages, and what became of them."""
