"""What was done about an admission under way, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from hub.reception.admitting.content import STEPS, Step
from hub.reception.admitting.keeping import steps_of
from hub.reception.admitting.records import UnderWay
from hub.reception.words import in_words
from hub.sentences import Sentence

_DONE: Final = {
    "begin": Sentence("Begun"),
    "opened": Sentence("Opened"),
    "signed": Sentence("Signed by a second officer"),
    "desk answered": Sentence("The desk answered"),
    "images photo": Sentence("Photo handed in"),
    "images finger_1": Sentence("Images of the first finger handed in"),
    "images finger_2": Sentence("Images of the second finger handed in"),
    "done": Sentence("Finished"),
    "abandoned": Sentence("Abandoned"),
}


@dataclass(frozen=True)
class Done:
    """Something that was done about the admission, in words."""

    words: Sentence
    at: datetime
    by: str


def history(session: Session, row: UnderWay) -> list[Done]:
    """The oldest first."""
    return [Done(_words_of(one.what), one.at, one.by) for one in steps_of(session, row)]


def _words_of(what: str) -> Sentence:
    return STEPS[Step(what)] if what in Step._value2member_map_ else in_words(_DONE, what)
