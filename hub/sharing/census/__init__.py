"""The mutual census: our list and an agency's are compared every week, and only the differences are worked."""
