"""The paper that a person holds in the hand: next court date, release date with reasons, property; "this is wrong"."""
