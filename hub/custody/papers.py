"""Papers of which the file holds a scan: what each is, as facts, so that a wrong word can be corrected."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any, Final

from hub.accounts.permissions import Permission
from hub.custody.facts.kinds import Field, Form, Input, Kind
from hub.sentences import Sentence


class PaperSort(StrEnum):
    """What sort of paper."""

    ORDER = "order"
    CHARGE_SHEET = "charge_sheet"
    COURT_RECORD = "court_record"
    IDENTITY = "identity"
    LETTER = "letter"
    REPORT = "report"
    PHOTO = "photo"
    SIGNATURE = "signature"
    OTHER = "other"


PAPER_SORTS: Final = {
    PaperSort.ORDER: Sentence("Order of a court"),
    PaperSort.CHARGE_SHEET: Sentence("Charge sheet"),
    PaperSort.COURT_RECORD: Sentence("Record of a court"),
    PaperSort.IDENTITY: Sentence("Paper that shows who somebody is"),
    PaperSort.LETTER: Sentence("Letter"),
    PaperSort.REPORT: Sentence("Report"),
    PaperSort.PHOTO: Sentence("Picture of a thing or place"),
    PaperSort.SIGNATURE: Sentence("Signature on the screen"),
    PaperSort.OTHER: Sentence("Other"),
}


class Paper(Form, frozen=True):
    """A paper whose scan the fact's `document_id` names."""

    title: str
    sort: PaperSort = PaperSort.OTHER
    dated_on: date | None = None


def _check(value: Paper, today: date) -> dict[str, Sentence]:
    if value.dated_on is not None and value.dated_on > today:
        return {"dated_on": Sentence("The paper is dated in the future. Check the date on it.")}
    return {}


def _say(value: Paper) -> Sentence:
    return Sentence("%(title)s (%(sort)s)", {"title": value.title, "sort": PAPER_SORTS[value.sort]})


_FIELDS: Final = (
    Field("title", Sentence("What it is, in a few words"), required=True, longest=120),
    Field(
        "sort",
        Sentence("What sort of paper"),
        Input.CHOICE,
        options={key.value: words for key, words in PAPER_SORTS.items()},
    ),
    Field("dated_on", Sentence("Date on the paper"), Input.DATE),
)

DOCUMENT: Final = Kind(
    name="document",
    form=Paper,
    words=Sentence("Document"),
    say=_say,
    fields=_FIELDS,
    many=True,
    check=_check,
)

HEALTH_DOCUMENT: Final = Kind(
    name="health_document",
    form=Paper,
    words=Sentence("Document of the clinic"),
    say=_say,
    fields=_FIELDS,
    many=True,
    see=Permission.SEE_HEALTH,
    record=Permission.RECORD_HEALTH,
    check=_check,
)

KINDS: Final[tuple[Kind[Any], ...]] = (DOCUMENT, HEALTH_DOCUMENT)
