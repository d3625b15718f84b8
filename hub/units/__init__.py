"""What officers' pages hold of their units, kept current; shifts taken over there; who needs help and was heard."""
