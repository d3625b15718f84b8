"""Pages of life in custody: property, visits, incidents and sanctions, complaints, keep-aparts."""
