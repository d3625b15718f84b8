"""Why the law lets somebody be held: the legal status from a day on."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from hub.accounts.permissions import Permission
from hub.custody.facts.kinds import Field, Form, Group, Input, Kind, Per
from hub.custody.search.projection import project as keep_search
from hub.sentences import Sentence


class LegalStatus(StrEnum):
    """Why the law lets somebody be held."""

    REMAND = "REMAND"
    CONVICTED_UNSENTENCED = "CONVICTED_UNSENTENCED"
    SENTENCED = "SENTENCED"
    INDETERMINATE_SENTENCE = "INDETERMINATE_SENTENCE"
    RECALL = "RECALL"
    CIVIL_PRISONER = "CIVIL_PRISONER"
    IMMIGRATION_DETAINEE = "IMMIGRATION_DETAINEE"
    UNCONTROLLABLE_BEHAVIOUR_ORDER = "UNCONTROLLABLE_BEHAVIOUR_ORDER"
    OTHER = "OTHER"
    UNKNOWN = "UNKNOWN"


LEGAL_STATUSES: Final = {
    LegalStatus.REMAND: Sentence("Remand"),
    LegalStatus.CONVICTED_UNSENTENCED: Sentence("Convicted, not yet sentenced"),
    LegalStatus.SENTENCED: Sentence("Sentenced"),
    LegalStatus.INDETERMINATE_SENTENCE: Sentence("Indeterminate sentence"),
    LegalStatus.RECALL: Sentence("Recalled"),
    LegalStatus.CIVIL_PRISONER: Sentence("Civil prisoner"),
    LegalStatus.IMMIGRATION_DETAINEE: Sentence("Immigration detainee"),
    LegalStatus.UNCONTROLLABLE_BEHAVIOUR_ORDER: Sentence("Order for uncontrollable behaviour"),
    LegalStatus.OTHER: Sentence("Other"),
    LegalStatus.UNKNOWN: Sentence("Not known"),
}


class Status(Form, frozen=True):
    """The legal status from a day on."""

    status: LegalStatus


_TEXTS: Final = {key.value: words for key, words in LEGAL_STATUSES.items()}

LEGAL_STATUS: Final = Kind(
    name="legal_status",
    form=Status,
    words=Sentence("Legal status"),
    say=lambda value: LEGAL_STATUSES[value.status],
    fields=(Field("status", Sentence("Legal status"), Input.CHOICE, required=True, options=_TEXTS),),
    per=Per.BOOKING,
    legal=True,
    group=Group.LAW,
    record=Permission.RECORD_ORDERS,
    project=keep_search,
)
