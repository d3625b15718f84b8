"""The gate: the one place where something leaves for another agency, whichever way, and where it is written down.

No agreement row, no field. A field that is not agreed is not read, so nothing that goes wrong afterwards lets it out.

Reading takes most of the time and needs no writer's turn. A door may therefore read in a transaction that only reads
(`read_one`, `read_list`), and write down in a short one behind it (`write_one`, `write_list`): only that gives what may
leave.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.sharing.agreements.reading import InForce
from hub.sharing.catalogue import Direction, Way
from hub.sharing.deciding import CODES, Granted, NotAgreedError, decide
from hub.sharing.disclosures.writing import write_rows
from hub.sharing.documents import Ask, Shared, SharedList, envelope
from hub.sharing.noting import note_receipt, note_refusal, refusals_noted
from hub.sharing.reading_out import Judged, Part, read_parts
from hub.sharing.ruling import Rules

__all__ = (
    "CODES",
    "Ask",
    "NotAgreedError",
    "Rules",
    "Shared",
    "SharedList",
    "accept_from",
    "check",
    "note_receipt",
    "note_refusal",
    "read_list",
    "read_one",
    "refusals_noted",
    "share",
    "share_list",
    "share_many",
    "write_list",
    "write_one",
)

AT_ONCE: Final = 500
"""People whose facts are loaded together."""


@dataclass(frozen=True)
class Read:
    """What was read and not yet written down: nothing of it leaves as it is.

    `data` is what will leave, without its numbers in the log: for a door to see whether its client has it already.
    """

    session: Session = field(repr=False)
    judged: Sequence[Judged] = field(repr=False)
    parts: Sequence[Part] = field(repr=False)
    at: datetime
    around: dict[str, Any] = field(repr=False)
    data: Any = field(repr=False)


def share(
    session: Session,
    *,
    agency: str,
    exchange: str,
    purpose: str,
    person: int | None,
    at: datetime,
    actor: Actor,
    way: Way,
    wanted: Collection[str] | None = None,
    reference: str = "",
    given: Mapping[str, Any] | None = None,
    booking: int | None = None,
    fact: int | None = None,
    rules: Rules | None = None,
) -> Shared:
    """Let one document out; NotAgreedError for whatever no agreement in force allows, and then nothing was read.

    `rules` are those of this transaction and this moment, where a door has asked them already.
    """
    ask = Ask(agency, exchange, purpose, person, booking, fact, wanted, reference, given)
    read = read_one(session, ask, at=at, rules=rules)
    return _one(session, read, actor=actor, way=way)


def read_one(session: Session, ask: Ask, *, at: datetime, rules: Rules | None = None) -> Read:
    """Read what `share` lets out, and write nothing. NotAgreedError, and nothing read, where it is not agreed."""
    pairs: list[Judged] = [(ask, (rules or Rules(session, at)).of(ask))]
    parts = read_parts(session, pairs, at)
    document = {**parts[0].document, "data": parts[0].data}
    return Read(session, pairs, parts, at, document, parts[0].data)


def write_one(session: Session, read: Read, *, actor: Actor, way: Way) -> Shared | None:
    """Write down what was read, and give it; None where it is not agreed as it was then: it is to be read anew.

    NotAgreedError where it is not agreed any more.
    """
    return _one(session, read, actor=actor, way=way) if _still_agreed(session, read) else None


def _one(session: Session, read: Read, *, actor: Actor, way: Way) -> Shared:
    [shared] = _write_parts(session, read.judged, read.parts, at=read.at, actor=actor, way=way)
    assert isinstance(shared, Shared)
    return shared


def check(
    session: Session,
    *,
    agency: str,
    exchange: str,
    purpose: str,
    at: datetime,
    wanted: Collection[str] | None = None,
    rules: Rules | None = None,
) -> InForce:
    """The agreement under which this may be shared; NotAgreedError where it could not be shared of anybody.

    For a door that has to look for somebody first: whoever may not ask gets the same answer whether there is such a
    person or not.
    """
    return (rules or Rules(session, at)).of(Ask(agency, exchange, purpose, wanted=wanted)).under


def share_many(
    session: Session, asks: Sequence[Ask], *, at: datetime, actor: Actor, way: Way
) -> list[Shared | NotAgreedError]:
    """The same for many at once, in their order. What is refused is given back, and its row stands with the others."""
    rules = Rules(session, at)
    found: list[Shared | NotAgreedError] = []
    for start in range(0, len(asks), AT_ONCE):
        judged: list[tuple[Ask, Granted | NotAgreedError]] = []
        for ask in asks[start : start + AT_ONCE]:
            try:
                judged.append((ask, rules.of(ask)))
            except NotAgreedError as error:
                judged.append((ask, error))
        found.extend(_let_out(session, judged, at=at, actor=actor, way=way))
    return found


def share_list(
    session: Session,
    *,
    agency: str,
    exchange: str,
    purpose: str,
    people: Sequence[int],
    at: datetime,
    actor: Actor,
    way: Way,
    wanted: Collection[str] | None = None,
    reference: str = "",
    rules: Rules | None = None,
) -> SharedList:
    """Let a list out as one document. NotAgreedError, and nothing read, where no agreement in force allows it."""
    whole = Ask(agency, exchange, purpose, wanted=wanted, reference=reference)
    return _list(session, read_list(session, whole, people, at=at, rules=rules), actor=actor, way=way)


def read_list(
    session: Session, whole: Ask, people: Sequence[int], *, at: datetime, rules: Rules | None = None
) -> Read:
    """Read what `share_list` lets out, and write nothing: `whole` wished of each of these people."""
    asks = [replace(whole, person=one) for one in people] or [whole]
    granted = (rules or Rules(session, at)).of(asks[0])
    pairs: list[Judged] = [(ask, granted) for ask in asks]
    parts: list[Part] = []
    for start in range(0, len(pairs), AT_ONCE):
        parts.extend(read_parts(session, pairs[start : start + AT_ONCE], at))
    data = [one.data for one in parts] if people else []
    return Read(session, pairs, parts, at, envelope(granted, at), data)


def write_list(session: Session, read: Read, *, actor: Actor, way: Way) -> SharedList | None:
    """What `write_one` does, of a list."""
    return _list(session, read, actor=actor, way=way) if _still_agreed(session, read) else None


def _list(session: Session, read: Read, *, actor: Actor, way: Way) -> SharedList:
    let_out = _write_parts(session, read.judged, read.parts, at=read.at, actor=actor, way=way)
    items = tuple(one for one in let_out if isinstance(one, Shared))
    document = dict(read.around)
    document["disclosures"] = [items[0].disclosure_id, items[-1].disclosure_id]
    document["data"] = read.data
    return SharedList(document, items)


def _still_agreed(session: Session, read: Read) -> bool:
    """Whether the agreement, as it stands in this transaction, gives what it gave when it was read."""
    if session is read.session:
        return True
    ask, granted = read.judged[0]
    return Rules(session, read.at).of(ask) == granted


def accept_from(
    session: Session,
    *,
    agency: str,
    exchange: str,
    purpose: str | None,
    fields: Collection[str],
    at: datetime,
) -> InForce:
    """The agreement under which these fields may come in; NotAgreedError where there is none.

    `purpose` None takes the first purpose of an agreement that covers the fields.
    """
    rules = Rules(session, at)
    known = rules.standings_of(agency)
    purposes = [purpose] if purpose is not None else rules.purposes_of(agency, exchange) or [""]
    problem: NotAgreedError | None = None
    for one in purposes:
        try:
            return decide(
                known,
                agency=agency,
                known=rules.knows(agency),
                exchange=exchange,
                purpose=one,
                wanted=fields,
                direction=Direction.IN,
            ).under
        except NotAgreedError as error:
            problem = problem or error
    assert problem is not None
    raise problem


def _let_out(
    session: Session, judged: Sequence[Judged], *, at: datetime, actor: Actor, way: Way
) -> list[Shared | NotAgreedError]:
    return _write_parts(session, judged, read_parts(session, judged, at), at=at, actor=actor, way=way)


def _write_parts(
    session: Session,
    judged: Sequence[Judged],
    parts: Sequence[Part],
    *,
    at: datetime,
    actor: Actor,
    way: Way,
) -> list[Shared | NotAgreedError]:
    numbers: list[int] = []
    for start in range(0, len(parts), AT_ONCE):
        rows = [one.row for one in parts[start : start + AT_ONCE]]
        numbers += write_rows(session, rows, at=at, actor=actor.login, way=way)
    return [
        one if isinstance(one, NotAgreedError) else _shared(one, part, number)
        for (_, one), part, number in zip(judged, parts, numbers, strict=True)
    ]


def _shared(granted: Granted, part: Part, number: int) -> Shared:
    document = {**part.document, "disclosure": number, "data": part.data}
    under = granted.under
    return Shared(
        document, part.values, tuple(part.values), under.code, under.version, number, part.row["person"]
    )
