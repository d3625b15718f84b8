"""What an officer does about a message. Every act names the `version` that its page showed: of two only one acts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.accounts.permissions import Permission
from hub.custody.catalogue import KINDS
from hub.custody.facts.actions import ChangedMeanwhileError, take_turns, withdraw
from hub.custody.facts.records import Fact
from hub.custody.merging.reading import family_of, lead_of
from hub.custody.records import Booking, Person
from hub.sentences import RefusedError, Sentence
from hub.sharing.inbox.applying import Where, apply
from hub.sharing.inbox.doubts import DOUBT_WORDS, Doubt
from hub.sharing.inbox.drafts import Draft, any_faults, differences
from hub.sharing.inbox.records import (
    DONE,
    OPEN,
    InboundMessage,
    InboxAct,
    InboxFact,
    InboxItem,
    State,
)
from hub.sharing.inbox.steps import add_step
from hub.sharing.inbox.telling import tell

May = Callable[[Permission], bool]
LONGEST_REASON: Final = 300


class Why(StrEnum):
    """Why a message is refused: told to the sender as a code."""

    UNKNOWN_PERSON = "unknown_person"
    SEVERAL_PEOPLE = "several_people"
    NOT_IN_CUSTODY = "not_in_custody"
    WRONG_COURT = "wrong_court"
    OUT_OF_ORDER = "out_of_order"
    ALREADY_ON_FILE = "already_on_file"
    CONTRADICTS_ITSELF = "contradicts_itself"
    INCOMPLETE = "incomplete"
    OTHER = "other"


REASONS: Final = {
    **{why: DOUBT_WORDS[Doubt(why.value)] for why in Why if why.value in set(Doubt)},
    Why.INCOMPLETE: Sentence("something is missing"),
    Why.OTHER: Sentence("another reason"),
}


def take(session: Session, number: str, version: int, *, actor: Actor, at: datetime) -> None:
    """`actor` looks after it from now on."""
    row, item = _open(session, number, version, (*OPEN, State.KEPT.value))
    item.owner = actor.login
    _done(session, row, item, InboxAct.TAKEN, actor, at)


def choose(
    session: Session, number: str, version: int, person: Person, *, actor: Actor, at: datetime
) -> None:
    """Say whom the message is about."""
    row, item = _open(session, number, version, (*OPEN, State.KEPT.value))
    item.person_id, item.owner = lead_of(session, person.id), actor.login
    _done(session, row, item, InboxAct.CHOSEN, actor, at, note=person.number, subject=person.number)


def keep(session: Session, number: str, version: int, *, actor: Actor, at: datetime) -> None:
    """Keep it until somebody is admitted whom it may be about; the sender is told that it waits."""
    row, item = _open(session, number, version, OPEN)
    item.state = State.KEPT.value
    _done(session, row, item, InboxAct.KEPT, actor, at)
    tell(session, row, item, at)


def refuse(
    session: Session, number: str, version: int, why: Why, words: str, *, actor: Actor, at: datetime
) -> None:
    """Refuse it with a reason that the sender reads."""
    row, item = _open(session, number, version, (*OPEN, State.KEPT.value))
    said = reason_in_words(words)
    item.state, item.reason_code, item.reason = State.REFUSED.value, why.value, said
    item.decided_by, item.decided_at, item.accepted = actor.login, at, ""
    _done(session, row, item, InboxAct.REFUSED, actor, at, words=said)
    tell(session, row, item, at)


def reason_in_words(words: str) -> str:
    """The words of a refusal as they are kept; RefusedError where they are missing or too long."""
    return _words(words, Sentence("Write why, in a few words: the sender reads it."))


def accept(
    session: Session,
    number: str,
    version: int,
    drafts: Sequence[Draft],
    person: Person | None,
    booking: Booking | None,
    *,
    seen: int,
    reference: str,
    may: May,
    actor: Actor,
    at: datetime,
) -> list[Fact]:
    """Record what is ticked, and close the message as accepted, or as corrected where something differs.

    `seen` is the newest line of the file when the page was opened. RefusedError when the file has changed since, for
    faults, and for what the officer may not record. `person` is None for a message that is about nobody.
    """
    row, item = _open(session, number, version, (*OPEN, State.KEPT.value))
    stated: list[Fact] = []
    if person is not None:
        _refuse_stale(session, person, seen)
        _refuse_unfit(drafts, may)
        stated = apply(session, drafts, Where(person, booking, row, reference), actor=actor, at=at)
    session.add_all(InboxFact(message_id=row.id, fact_id=one.id, kind=one.kind) for one in stated)
    corrected = differences(drafts)
    item.state = (State.CORRECTED if corrected else State.ACCEPTED).value
    item.person_id = None if person is None else person.id
    item.accepted = msgspec.json.encode(corrected).decode() if corrected else ""
    item.decided_by, item.decided_at = actor.login, at
    act = InboxAct.CORRECTED if corrected else InboxAct.ACCEPTED
    _done(session, row, item, act, actor, at, subject="" if person is None else person.number)
    tell(session, row, item, at)
    return stated


def take_back(session: Session, number: str, version: int, why: str, *, actor: Actor, at: datetime) -> None:
    """Withdraw every fact that the message became; it has to be decided again, and the sender is told."""
    row, item = _open(session, number, version, DONE)
    said = _words(why, Sentence("Write why, in a few words: it stays with the record."))
    numbers = session.scalars(
        select(InboxFact.fact_id).where(InboxFact.message_id == row.id).order_by(InboxFact.fact_id.desc())
    ).all()
    for fact in (session.get_one(Fact, each) for each in numbers):
        try:
            withdraw(
                session, fact, KINDS[fact.kind], reason=f"{row.number}: {said}"[:300], actor=actor, at=at
            )
        except ChangedMeanwhileError as changed:
            if not _withdrawn(session, changed.theirs):
                raise RefusedError(
                    "corrected_since",
                    Sentence(
                        "A line of this was corrected on the file since. Withdraw that correction there first."
                    ),
                ) from changed
    item.state, item.decided_by, item.decided_at, item.accepted = State.TAKEN_BACK.value, "", None, ""
    subject = "" if item.person_id is None else session.get_one(Person, item.person_id).number
    _done(session, row, item, InboxAct.TAKEN_BACK, actor, at, words=said, subject=subject)
    tell(session, row, item, at)


def newest_line(session: Session, person_id: int) -> int:
    """Number of the newest line of a file; 0 where there is none."""
    family = family_of(session, person_id)
    return session.scalar(select(func.max(Fact.id)).where(Fact.person_id.in_(family))) or 0


def _refuse_stale(session: Session, person: Person, seen: int) -> None:
    take_turns(session, person.id)
    if newest_line(session, person.id) > seen:
        raise RefusedError(
            "changed_meanwhile",
            Sentence(
                "The file has changed since you opened this page. Look again: it shows the file as it is now."
            ),
        )


def _refuse_unfit(drafts: Sequence[Draft], may: May) -> None:
    if any_faults(drafts):
        raise RefusedError(
            "faulty", Sentence("Some of this cannot be recorded as it stands. Correct the marked fields.")
        )
    if not all(may(one.proposal.kind.record) for one in drafts if one.recorded):
        raise RefusedError(
            "may_not",
            Sentence("Your role does not record all of this. Leave it to a records officer."),
        )


def _withdrawn(session: Session, fact_id: int) -> bool:
    row = session.get(Fact, fact_id)
    return row is not None and row.act == "withdraws"


def _open(
    session: Session, number: str, version: int, states: Sequence[str]
) -> tuple[InboundMessage, InboxItem]:
    row = session.scalar(select(InboundMessage).where(InboundMessage.number == number))
    if row is None:
        raise RefusedError("no_message", Sentence("There is no such message."))
    item = session.get_one(InboxItem, row.id, with_for_update={"key_share": True}, populate_existing=True)
    if item.version != version or item.state not in states:
        raise RefusedError(
            "changed_meanwhile",
            Sentence("Somebody did something about this message meanwhile. Read below, then decide."),
        )
    return row, item


def _words(words: str, empty: Sentence) -> str:
    said = " ".join(words.split())
    if len(said) < 3:
        raise RefusedError("reason", empty)
    if len(said) > LONGEST_REASON:
        raise RefusedError(
            "reason",
            Sentence("That is too long. Use at most %(count)s characters.", {"count": LONGEST_REASON}),
        )
    return said


def _done(
    session: Session,
    row: InboundMessage,
    item: InboxItem,
    act: InboxAct,
    actor: Actor,
    at: datetime,
    *,
    note: str = "",
    words: str = "",
    subject: str = "",
) -> None:
    item.version += 1
    # Copies are about whom the first is about: where the law has a file deleted, they go with it.
    copies = select(InboundMessage.id).where(InboundMessage.same_as_id == row.id)
    session.execute(update(InboxItem).where(InboxItem.id.in_(copies)).values(person_id=item.person_id))
    add_step(session, row.id, act, by=actor.login, at=at, note=note, words=words)
    write_down(
        session,
        at=at,
        actor=actor,
        act=f"inbox.{act.value}",
        subject=subject or row.number,
        detail=f"{row.number} {row.exchange} {row.agency}",
    )
    session.flush()
