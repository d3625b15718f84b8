"""Synthetic fingers for demos, load tests and tests: never for claims of accuracy.

>>> finger = make_finger(7)
>>> image = finger.impression(1, grey_levels=16)

A finger is a flow of ridges from singular points (`pattern`), ridges grown along it (`growth`), and skin
(`pad`); an impression is one touch of the glass (`impression`). Where only templates are wanted, and many, `drawn`
strews minutiae over such a flow. Nobody has these fingers.
"""

from matching.synthesis.drawn import DrawnFinger, draw_finger
from matching.synthesis.finger import Finger, make_finger, person_fingers
from matching.synthesis.impression import Conditions
from matching.synthesis.pattern import PatternClass

__all__ = [
    "Conditions",
    "DrawnFinger",
    "Finger",
    "PatternClass",
    "draw_finger",
    "make_finger",
    "person_fingers",
]
