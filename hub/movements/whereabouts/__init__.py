"""Where somebody is and how well that is known: proofs of places, the fold over them, doubts, and how they age."""
