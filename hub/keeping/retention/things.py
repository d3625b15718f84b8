"""What can be deleted of a person, and in which tables it lies. One list for the deletion and for a restore."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hub.custody.rules import Sex
from hub.sentences import Sentence


class Thing(StrEnum):
    """What a rule is about.

    BIOMETRICS are templates, the images they were made from, and photos: they stand or fall with one key. DOCUMENTS
    are scans. FILE is every fact of the person and the name, and takes the other two with it. The number, the stays,
    movements and the trail stay: without a name they tell of nobody.
    """

    BIOMETRICS = "biometrics"
    DOCUMENTS = "documents"
    FILE = "facts"


THINGS: Final = {
    Thing.BIOMETRICS: Sentence("Fingers and photos"),
    Thing.DOCUMENTS: Sentence("Scanned papers"),
    Thing.FILE: Sentence("The file: name and every fact"),
}


@dataclass(frozen=True)
class Part:
    """Rows of `table` whose `column` is the person, or a row of the table `of` that went before."""

    table: str
    column: str = "person_id"
    of: str = ""


@dataclass(frozen=True)
class Blanked:
    """The row of a person, which stays without saying who it is."""

    table: str
    values: Mapping[str, object]


PARTS: Final[Mapping[Thing, tuple[Part, ...]]] = {
    Thing.BIOMETRICS: (
        Part("person_keys"),
        Part("fingers"),
        Part("finger_takings", "finger_id", "fingers"),
        Part("forensic_candidates"),
        Part("forensic_parcels"),
        Part("photos"),
    ),
    Thing.DOCUMENTS: (Part("documents"),),
    Thing.FILE: (
        Part("facts"),
        Part("fact_links"),
        Part("inbox_items"),
        Part("inbound_messages", "id", "inbox_items"),
        Part("inbound_bodies", "id", "inbox_items"),
        Part("inbox_steps", "message_id", "inbox_items"),
        Part("inbox_words", "message_id", "inbox_items"),
        Part("inbox_facts", "message_id", "inbox_items"),
        Part("slips"),
        Part("register_rows"),
        Part("search_entries"),
        Part("search_postings"),
    ),
}
BLANKED: Final = Blanked("persons", {"surname": "", "given": "", "born_on": None, "sex": Sex.UNKNOWN.value})
