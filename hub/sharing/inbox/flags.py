"""What speaks against taking a message as it stands: each in words, with a way on. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.facts.kinds import Kind
from hub.custody.legal import APPEAL, CHARGE, HEARING, HOLD, ORDER, RELEASE_ORDER
from hub.custody.sentencing.forms import SENTENCE
from hub.sentences import Sentence
from hub.sharing.inbox.matching import How, Match
from hub.sharing.inbox.messages import (
    AboutSomebody,
    FromCourt,
    HearingMessage,
    Message,
    SentenceMessage,
)
from hub.sharing.inbox.proposing.courts import follows_unclearly
from hub.sharing.inbox.proposing.parts import OnFile
from hub.sharing.inbox.records import DONE, InboundMessage, InboxItem, State
from hub.web.formats import SITE_ZONE

LAID_BEFORE: Final[tuple[Kind[Any], ...]] = (ORDER, CHARGE, HEARING, SENTENCE, RELEASE_ORDER, APPEAL)
_PAPERS: Final[tuple[Kind[Any], ...]] = (ORDER, RELEASE_ORDER, HOLD, APPEAL)


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


def flags(
    session: Session,
    row: InboundMessage,
    message: Message,
    match: Match | None,
    there: OnFile | None,
    at: datetime,
) -> list[Flag]:
    """Every doubt about a message, those about the person first."""
    found = list(_of_person(match)) if match is not None else []
    found += _of_sequence(session, row, message, there)
    if isinstance(message, HearingMessage):
        found += _of_date(message, at)
    if isinstance(message, SentenceMessage):
        found += _of_itself(message)
    if there is not None:
        found += _of_court(message, there)
        found += _twice(message, there)
    if row.same_as_id is not None:
        first = session.get_one(InboundMessage, row.same_as_id)
        words = Sentence(
            "The same was sent before, as %(number)s: that one counts.", {"number": first.number}
        )
        found.append(Flag(Doubt.SENT_TWICE, words, number=first.number))
    return found


def _of_person(match: Match) -> Iterator[Flag]:
    if match.how is How.NOBODY:
        yield Flag(
            Doubt.UNKNOWN_PERSON,
            Sentence(
                "Nobody here has this number, or this name and birth. Refuse it with the reason, or keep it until "
                "somebody is admitted whom it may be about."
            ),
        )
    elif match.how is How.TWINS:
        yield Flag(
            Doubt.SEVERAL_PEOPLE,
            Sentence(
                "Several people may be meant, or number and name disagree. Compare them, and choose one."
            ),
        )
    elif match.how is How.NAME:
        yield Flag(
            Doubt.NAME_ONLY,
            Sentence("Found by name and birth alone: no number says it. Compare before you accept."),
        )
    if match.person is not None and match.name_differs:
        yield Flag(
            Doubt.NAME_DIFFERS, Sentence("The name in the message is not the name on the file. Compare both.")
        )
    if match.person is not None and match.booking is None:
        yield Flag(
            Doubt.NOT_IN_CUSTODY,
            Sentence(
                "This person is known here and not in custody. Refuse it, or keep it until they are admitted."
            ),
        )


def _of_sequence(
    session: Session, row: InboundMessage, message: Message, there: OnFile | None
) -> Iterator[Flag]:
    if row.sequence is not None and row.case_number:
        later = session.scalar(
            select(InboundMessage.number)
            .join(InboxItem, InboxItem.id == InboundMessage.id)
            .where(
                InboundMessage.agency == row.agency,
                InboundMessage.case_number == row.case_number,
                InboundMessage.sequence > row.sequence,
                InboundMessage.id != row.id,
                InboxItem.state.in_((*DONE, State.RECEIVED.value)),
            )
            .order_by(InboundMessage.sequence)
            .limit(1)
        )
        if later is not None:
            words = Sentence(
                "A later message of the same case, %(number)s, is here already. Look at that one first: this may be "
                "overtaken.",
                {"number": later},
            )
            yield Flag(Doubt.OUT_OF_ORDER, words, number=later)
    if isinstance(message, SentenceMessage) and there is not None and not there.held(ORDER):
        yield Flag(
            Doubt.OUT_OF_ORDER,
            Sentence(
                "A sentence came, and the file has no order to hold: what came before it may be missing."
            ),
        )


def _of_date(message: HearingMessage, at: datetime) -> Iterator[Flag]:
    day = message.hearing_at.astimezone(SITE_ZONE).date()
    today = at.astimezone(SITE_ZONE).date()
    if day < today and message.outcome is None:
        yield Flag(
            Doubt.DATE_PASSED,
            Sentence(
                "The court date, %(day)s, has passed. Ask the court for the outcome or the new date.",
                {"day": day},
            ),
        )


def _of_itself(message: SentenceMessage) -> Iterator[Flag]:
    counts = [part.count for part in message.parts]
    for part in message.parts:
        if follows_unclearly(part, message):
            yield Flag(
                Doubt.CONTRADICTS_ITSELF,
                Sentence(
                    "Sentence %(count)s does not say clearly which other one it follows. Ask the court, or correct it "
                    "from the order.",
                    {"count": part.count},
                ),
            )
    if len(set(counts)) < len(counts):
        yield Flag(
            Doubt.CONTRADICTS_ITSELF, Sentence("Two sentences of this message have the same reference.")
        )


def _of_court(message: Message, there: OnFile) -> Iterator[Flag]:
    """Another court than that of the case, or than any that this file knows."""
    if not isinstance(message, FromCourt | HearingMessage):
        return
    court, case = _plain(message.court), message.case_number
    of_case: dict[str, int] = {}
    known: dict[str, int] = {}
    for kind in LAID_BEFORE:
        for one in there.held(kind):
            name = _plain(getattr(one.value, "court", ""))
            if name:
                known.setdefault(name, one.row.id)
                if case and getattr(one.value, "case", "") == case:
                    of_case.setdefault(name, one.row.id)
    courts = of_case or known
    if courts and court not in courts:
        words = Sentence(
            "This comes from another court than the one on file. Ask which court has the case before you accept."
        )
        yield Flag(Doubt.WRONG_COURT, words, fact_id=next(iter(courts.values())))


def _twice(message: Message, there: OnFile) -> Iterator[Flag]:
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


def _plain(text: Any) -> str:
    return " ".join(str(text).casefold().split())


def about_somebody(message: Message) -> AboutSomebody | None:
    """The message where it is about a person."""
    return message if isinstance(message, AboutSomebody) else None
