"""Codes of merges in words."""

from __future__ import annotations

from typing import Final

from hub.custody.merging.rules import Act
from hub.sentences import Sentence

ACTS: Final = {
    Act.SUSPECTED: Sentence("Perhaps one person"),
    Act.PROPOSED: Sentence("Proposed: a second officer decides"),
    Act.REFUSED: Sentence("Refused: two people"),
    Act.MERGED: Sentence("Joined"),
    Act.PART_ASKED: Sentence("To be parted: a second officer decides"),
    Act.PART_REFUSED: Sentence("Stay joined"),
    Act.PARTED: Sentence("Parted again"),
}

FOUND_BY: Final = {
    "finger": Sentence("The same finger"),
    "officer": Sentence("An officer noticed"),
    "name": Sentence("The same name and birth"),
}
