"""Life in custody: property, visits, incidents, work, complaints, alerts, keep-aparts, and queries of the person."""
