"""Fingers by the numbers of ISO/IEC 19794-2, in words."""

from __future__ import annotations

from typing import Final

from hub.sentences import Sentence

FINGERS: Final = {
    1: Sentence("Right thumb"),
    2: Sentence("Right index finger"),
    3: Sentence("Right middle finger"),
    4: Sentence("Right ring finger"),
    5: Sentence("Right little finger"),
    6: Sentence("Left thumb"),
    7: Sentence("Left index finger"),
    8: Sentence("Left middle finger"),
    9: Sentence("Left ring finger"),
    10: Sentence("Left little finger"),
}
