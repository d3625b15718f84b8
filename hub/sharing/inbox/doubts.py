"""What may be wrong with a message, in a word and in a sentence with a way on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hub.sentences import Sentence


class Doubt(StrEnum):
    """What may be wrong; also the codes by which a message is refused."""

    UNKNOWN_PERSON = "unknown_person"
    SEVERAL_PEOPLE = "several_people"
    NAME_DIFFERS = "name_differs"
    NOT_IN_CUSTODY = "not_in_custody"
    WRONG_COURT = "wrong_court"
    OUT_OF_ORDER = "out_of_order"
    DATE_PASSED = "date_passed"
    ALREADY_ON_FILE = "already_on_file"
    SENT_TWICE = "sent_twice"
    CONTRADICTS_ITSELF = "contradicts_itself"
    NAME_ONLY = "name_only"
    STATUS_DIFFERS = "status_differs"


DOUBT_WORDS: Final = {
    Doubt.UNKNOWN_PERSON: Sentence("nobody here by that"),
    Doubt.SEVERAL_PEOPLE: Sentence("several may be meant"),
    Doubt.NAME_DIFFERS: Sentence("another name on file"),
    Doubt.NOT_IN_CUSTODY: Sentence("not in custody"),
    Doubt.WRONG_COURT: Sentence("another court"),
    Doubt.OUT_OF_ORDER: Sentence("out of order"),
    Doubt.DATE_PASSED: Sentence("date has passed"),
    Doubt.ALREADY_ON_FILE: Sentence("on file already"),
    Doubt.SENT_TWICE: Sentence("sent twice"),
    Doubt.CONTRADICTS_ITSELF: Sentence("contradicts itself"),
    Doubt.NAME_ONLY: Sentence("found by name and birth alone"),
    Doubt.STATUS_DIFFERS: Sentence("does not fit the legal status"),
}


@dataclass(frozen=True)
class Flag:
    """One doubt. `fact_id` is the line of the file that speaks of it, `number` another message."""

    doubt: Doubt
    words: Sentence
    fact_id: int | None = None
    number: str = ""

    @property
    def short(self) -> Sentence:
        return DOUBT_WORDS[self.doubt]
