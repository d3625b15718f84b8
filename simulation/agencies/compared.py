"""What partners hold beside what the hub holds: every event, every message and every answer, by its number."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import settings
from hub.database import make_engine, make_sessions, session_scope
from hub.sharing.catalogue import PartnerKind
from hub.sharing.console.reckoning import lines
from hub.sharing.forensic.records import ForensicRequest
from hub.sharing.inbox.records import InboundMessage, InboxItem
from hub.sharing.inbox.records import State as Stands
from hub.sharing.outbox.cursor import anything_new
from hub.sharing.outbox.records import Delivery, SharingEvent, State
from hub.statistics.publishing.reading import all_frozen
from simulation.agencies.agreements import NEIGHBOURS

_DECIDED: Final = frozenset({Stands.ACCEPTED, Stands.CORRECTED, Stands.REFUSED})
CENSUS: Final = "/v1/lists/census"
"""A list is compared as a whole; it is no message on which somebody decides."""
_OVER: Final = frozenset({"done", "failed", "looked"})


@dataclass(frozen=True)
class Compared:
    """`report` for whoever reads it, `wrong` line by line; empty when the two agree."""

    report: Mapping[str, Any]
    wrong: tuple[str, ...]


@dataclass
class _Theirs:
    """One partner's log. `events` are sequence and subject by id, as each first came.

    `again` counts what came once more and was known, `doubled` what was taken for new a second time.
    """

    events: dict[str, tuple[int, str]] = field(default_factory=dict)
    again: int = 0
    doubled: int = 0
    disordered: int = 0
    looked_behind: set[str] = field(default_factory=set)
    messages: set[str] = field(default_factory=set)
    answered: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    figures: list[Mapping[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class _Ours:
    """The hub's side of one partner: deliveries by id of their event, messages and requests by number.

    `publications` are those that it is to fetch.
    """

    deliveries: Mapping[str, str]
    messages: Mapping[str, str]
    requests: frozenset[str]
    publications: int
    console_sent: int
    console_received: int


def settled(hub: Path, folder: Path) -> bool:
    """Whether every partner went through its script, nothing waits to be told, and every answer was fetched."""
    with _reading(hub) as session:
        if anything_new(session):
            return False
        for one in NEIGHBOURS:
            theirs, ours = _theirs(folder / one.code / "truth.jsonl"), _ours(session, one.code)
            decided = {number for number, stands in ours.messages.items() if stands in _DECIDED}
            if not _OVER & theirs.counts.keys() or not decided <= theirs.answered.keys():
                return False
            if len(ours.messages) > len(decided) + _left(ours) or State.WAITING in ours.deliveries.values():
                return False
            if not theirs.events.keys() <= theirs.looked_behind:
                return False
            if theirs.counts["identity"] + theirs.counts["closed"] < len(ours.requests):
                return False
            if len(theirs.figures) < ours.publications:
                return False
    return True


def compare(hub: Path, folder: Path) -> Compared:
    """The figures over all partners, what is wrong, and each partner's own."""
    by_agency: dict[str, dict[str, int]] = {}
    wrong: list[str] = []
    with _reading(hub) as session:
        for one in NEIGHBOURS:
            theirs, ours = _theirs(folder / one.code / "truth.jsonl"), _ours(session, one.code)
            by_agency[one.code] = _figures(ours, theirs)
            wrong += [f"{one.code}: {said}" for said in _wrong(ours, theirs, by_agency[one.code])]
    whole = {
        name: sum(figures[name] for figures in by_agency.values()) for name in by_agency[NEIGHBOURS[0].code]
    }
    return Compared({**whole, "by_agency": by_agency}, tuple(wrong))


def _figures(ours: _Ours, theirs: _Theirs) -> dict[str, int]:
    sent = {uid for uid, state in ours.deliveries.items() if state != State.STOPPED}
    acknowledged = {uid for uid, state in ours.deliveries.items() if state == State.SENT}
    taken = set(ours.messages) | ours.requests
    return {
        "sent": len(sent),
        "received": len(theirs.events),
        "acknowledged": len(acknowledged),
        "refused": theirs.counts["turned_away"],
        "lost": len(acknowledged - theirs.events.keys()) + len(theirs.messages - taken),
        "received_again": theirs.again,
        "doubled": theirs.doubled,
        "out_of_order": theirs.disordered,
        "forged": theirs.counts["forged"],
        "fetched": theirs.counts["pulled"],
        "put_right": theirs.counts["put_right"],
        "messages": len(theirs.messages),
        "decided": sum(stands in _DECIDED for stands in ours.messages.values()),
        "told": len(theirs.answered),
        "sets_read": theirs.counts["set"],
        "figures_reckoned": sum(one["rows"] for one in theirs.figures),
    }


def _wrong(ours: _Ours, theirs: _Theirs, figures: Mapping[str, int]) -> Iterator[str]:
    yield from theirs.failed
    for name in ("lost", "doubled", "out_of_order", "forged"):
        if figures[name]:
            yield f"{figures[name]} {name.replace('_', ' ')}"
    if not theirs.counts["agreed"]:
        yield "it never reached the interface"
    if not _OVER & theirs.counts.keys():
        yield "it never came to the end of its script"
    if figures["sent"] != figures["acknowledged"]:
        yield f"{figures['sent']} events went to it, {figures['acknowledged']} were acknowledged"
    if unknown := theirs.events.keys() - ours.deliveries.keys():
        yield f"it holds {len(unknown)} events that the hub never sent"
    if unsaid := (set(ours.messages) | ours.requests) - theirs.messages:
        yield f"the hub holds {len(unsaid)} messages that it never sent"
    for number, stands in ours.messages.items():
        if stands in _DECIDED and theirs.answered.get(number) != stands:
            yield f"{number} is {stands} here, and it was told {theirs.answered.get(number, 'nothing')}"
    if (ours.console_sent, ours.console_received) != (figures["acknowledged"], len(ours.messages)):
        yield (
            f"the console says {ours.console_sent} sent and {ours.console_received} received, "
            f"its log {figures['acknowledged']} and {len(ours.messages)}"
        )
    if len(theirs.figures) != ours.publications:
        yield f"it reckoned up {len(theirs.figures)} publications of {ours.publications}"
    yield from (f"{one['wrong']} tables or files are wrong" for one in theirs.figures if one["wrong"])


def _left(ours: _Ours) -> int:
    """Messages on which nobody decides: they repeat one that counts."""
    return sum(stands not in _DECIDED and stands != Stands.RECEIVED for stands in ours.messages.values())


def _theirs(path: Path) -> _Theirs:
    found = _Theirs()
    newest: dict[str, int] = {}
    for line in path.read_text().splitlines() if path.exists() else ():
        one = json.loads(line)
        found.counts[one["what"]] += 1
        match one["what"]:
            case "event":
                number, subject = int(one["sequence"]), str(one["subject"])
                found.doubled += one["id"] in found.events
                found.events[one["id"]] = (number, subject)
                found.disordered += number < newest.get(subject, 0)
                newest[subject] = max(number, newest.get(subject, 0))
            case "again":
                found.again += 1
            case "pulled" | "not_pulled":
                found.looked_behind.add(one["id"])
            case "sent" if one["path"] != CENSUS:
                found.messages.add(one["receipt"])
            case "answered":
                found.answered[one["receipt"]] = one["state"]
            case "failed":
                found.failed.append(one["why"])
            case "figures":
                found.figures.append(one)
    return found


def _ours(session: Session, agency: str) -> _Ours:
    sent = select(SharingEvent.uid, Delivery.state).join(Delivery, Delivery.event_id == SharingEvent.id)
    came = select(InboundMessage.number, InboxItem.state).join(InboxItem, InboxItem.id == InboundMessage.id)
    asked = select(ForensicRequest.number).where(ForensicRequest.agency == agency)
    console = next(one for one in lines(session, datetime.now(UTC)) if one.code == agency)
    return _Ours(
        _pairs(session.execute(sent.where(Delivery.agency == agency)).all()),
        _pairs(session.execute(came.where(InboundMessage.agency == agency)).all()),
        frozenset(session.scalars(asked)),
        len(all_frozen(session)) if agency == PartnerKind.OBSERVATORY else 0,
        console.sent,
        console.received,
    )


def _pairs(rows: Sequence[Any]) -> dict[str, str]:
    return {row[0]: row[1] for row in rows}


@contextmanager
def _reading(hub: Path) -> Iterator[Session]:
    engine = make_engine(settings.load(hub).database)
    try:
        with session_scope(make_sessions(engine), writes=False) as session:
            yield session
    finally:
        engine.dispose()
