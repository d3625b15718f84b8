"""Doubts about a message beside the file: another court, another status, on file already, what came before missing."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from hub.custody.facts.kinds import Kind
from hub.custody.legal import APPEAL, CHARGE, HEARING, HOLD, LEGAL_STATUS, ORDER, RELEASE_ORDER, LegalStatus
from hub.custody.sentencing.forms import SENTENCE
from hub.custody.sentencing.terms import Term
from hub.sentences import Sentence
from hub.sharing.inbox.doubts import Doubt, Flag
from hub.sharing.inbox.messages import (
    AppealMessage,
    AppealState,
    BailMessage,
    BailOutcome,
    CourtOrder,
    FromCourt,
    HearingMessage,
    Message,
    OrderMessage,
    SentenceMessage,
)
from hub.sharing.inbox.proposing.parts import OnFile

LAID_BEFORE: Final[tuple[Kind[Any], ...]] = (ORDER, CHARGE, HEARING, SENTENCE, RELEASE_ORDER, APPEAL)
_PAPERS: Final[tuple[Kind[Any], ...]] = (ORDER, RELEASE_ORDER, HOLD, APPEAL)
_OF_A_CASE: Final[tuple[Kind[Any], ...]] = (CHARGE, SENTENCE, HEARING)
_ENDS_A_SENTENCE: Final = frozenset({CourtOrder.RELEASE_APPEAL_ALLOWED, CourtOrder.RELEASE_FINE_PAID})
_LEFT_OUT: Final = frozenset({"the", "of", "at", "in", "court"})


def of_court(message: Message, there: OnFile) -> Iterator[Flag]:
    """Another court than that of the case, or than any that this file knows."""
    if not isinstance(message, FromCourt | HearingMessage):
        return
    court, case = _plain(message.court), message.case_number
    of_case: dict[str, tuple[int, str]] = {}
    known: dict[str, tuple[int, str]] = {}
    for kind in LAID_BEFORE:
        for one in there.held(kind):
            told = getattr(one.value, "court", "")
            name = _plain(told)
            if name:
                known.setdefault(name, (one.row.id, told))
                if case and getattr(one.value, "case", "") == case:
                    of_case.setdefault(name, (one.row.id, told))
    courts = of_case or known
    if courts and court not in courts:
        line, on_file = next(iter(courts.values()))
        words = Sentence(
            "This comes from %(theirs)s, and on file is %(ours)s. Ask which court has the case before you accept.",
            {"theirs": message.court, "ours": on_file},
        )
        yield Flag(Doubt.WRONG_COURT, words, fact_id=line)


def of_status(message: Message, there: OnFile) -> Iterator[Flag]:
    """Bail, remand or an acquittal for somebody whom a sentence holds."""
    held = there.held(LEGAL_STATUS)
    if not held or held[-1].value.status is not LegalStatus.SENTENCED:
        return
    line = held[-1].row.id
    goes = (isinstance(message, BailMessage) and message.outcome is not BailOutcome.REFUSED) or (
        isinstance(message, OrderMessage) and message.kind.lets_go and message.kind not in _ENDS_A_SENTENCE
    )
    if goes:
        yield Flag(
            Doubt.STATUS_DIFFERS,
            Sentence(
                "On file the person serves a sentence. This lets nobody go whom that sentence holds: look at every "
                "order on the file."
            ),
            fact_id=line,
        )
    elif isinstance(message, OrderMessage) and message.kind is CourtOrder.REMAND:
        yield Flag(
            Doubt.STATUS_DIFFERS,
            Sentence(
                "On file the person serves a sentence, which a remand order does not end. Record the order, and leave "
                "the legal status as it is while the sentence runs."
            ),
            fact_id=line,
        )


def of_what_came_before(message: Message, there: OnFile) -> Iterator[Flag]:
    """A sentence without an order, an appeal without what it is against."""
    if isinstance(message, SentenceMessage) and not there.held(ORDER):
        yield Flag(
            Doubt.OUT_OF_ORDER,
            Sentence(
                "A sentence came, and the file has no order to hold: what came before it may be missing."
            ),
        )
    if isinstance(message, AppealMessage):
        yield from _before_an_appeal(message, there)


def _before_an_appeal(message: AppealMessage, there: OnFile) -> Iterator[Flag]:
    cases = {str(one.value.case) for kind in _OF_A_CASE for one in there.held(kind)}
    if message.case_number and not cases & {"", message.case_number}:
        words = Sentence(
            "Nothing of case %(case)s is on the file: what this appeal is about may be missing.",
            {"case": message.case_number},
        )
        yield Flag(Doubt.OUT_OF_ORDER, words)
    lodged = {one.value.reference for one in there.held(APPEAL)}
    if message.state is not AppealState.LODGED and message.reference not in lodged:
        words = Sentence("This decides an appeal that is not on the file: that it was lodged may be missing.")
        yield Flag(Doubt.OUT_OF_ORDER, words)


def twice(message: Message, there: OnFile) -> Iterator[Flag]:
    """A paper, or a sentence, that is on file already."""
    if isinstance(message, SentenceMessage):
        yield from _imposed_twice(message, there)
    reference = str(getattr(message, "reference", "")).strip().casefold()
    if not reference:
        return
    for kind in _PAPERS:
        for one in there.held(kind):
            open_appeal = kind is APPEAL and not one.value.outcome
            if str(one.value.reference).strip().casefold() == reference and not open_appeal:
                words = Sentence(
                    "%(kind)s with this reference is on file already, as line %(fact)s. Compare before anything is "
                    "recorded twice.",
                    {"kind": kind.words, "fact": one.row.id},
                )
                yield Flag(Doubt.ALREADY_ON_FILE, words, fact_id=one.row.id)


def _imposed_twice(message: SentenceMessage, there: OnFile) -> Iterator[Flag]:
    for part in message.parts:
        term = Term(**msgspec.structs.asdict(part.term))
        for one in there.held(SENTENCE):
            same_case = one.value.case in ("", message.case_number) or not message.case_number
            if same_case and (one.value.imposed_on, one.value.term) == (message.imposed_on, term):
                words = Sentence(
                    "Sentence %(count)s may be on file already, as line %(fact)s: same day, same term. Compare before "
                    "anything is recorded twice.",
                    {"count": part.count, "fact": one.row.id},
                )
                yield Flag(Doubt.ALREADY_ON_FILE, words, fact_id=one.row.id)


def _plain(text: Any) -> str:
    """A court's name as it is compared: without accents, marks and the words that one writes and another leaves out."""
    bare = "".join(
        one for one in unicodedata.normalize("NFKD", str(text).casefold()) if not unicodedata.combining(one)
    )
    words = "".join(
        one if one.isalnum() else " " for one in bare.replace("'", "").replace("\u2019", "")
    ).split()
    return " ".join(one for one in words if one not in _LEFT_OUT)
