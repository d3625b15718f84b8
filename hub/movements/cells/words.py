"""Codes of cells in words."""

from __future__ import annotations

from typing import Final

from hub.movements.cells.rules import Ages, Sexes
from hub.sentences import Sentence

AGES: Final = {
    Ages.ANY: Sentence("all ages"),
    Ages.ADULT: Sentence("adults"),
    Ages.JUVENILE: Sentence("juveniles"),
}
SEXES_OF_CELLS: Final = {
    Sexes.ANY: Sentence("men or women, never both"),
    Sexes.MALE: Sentence("men"),
    Sexes.FEMALE: Sentence("women"),
}
