"""Pages of sentences and release dates: entering an order, why a date is as it is, two signatures, policies."""
