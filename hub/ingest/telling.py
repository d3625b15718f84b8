"""Feed lines of what is not a passage. Payloads hold codes and figures; the screen has the words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hub.ingest.chain import Conflict
from hub.ingest.clocks import Moment
from hub.ingest.reading import Trouble
from hub.ingest.storing import Arrived, Extension
from hub.movements.feed import Line
from hub.movements.passages import Passage
from hub.movements.records import FeedKind
from wire.happenings import Attempt, Happening, SensorTrouble, Started

NO_TROUBLE = "none"


def happening(one: Arrived, moment: Moment, said: Happening | Passage | Trouble, now: datetime) -> list[Line]:
    """Lines of one entry."""
    place = _place(one, moment)
    if isinstance(said, Trouble):
        return [Line(now, FeedKind.ALARM, {**place, "what": "quarantined", "reason": said.value})]
    if isinstance(said, Attempt):
        told = {"checkpoint": said.checkpoint, "attempt": said.attempt, "advice": said.advice}
        place["historical"] = one.historical
        return [Line(now, FeedKind.ATTEMPT, {**place, **told, "outcome": said.evidence.outcome.value})]
    if isinstance(said, Started):
        told_start = {"what": "started", "software": said.software, "roll": str(said.roll_version)}
        lines = [Line(now, FeedKind.TERMINAL, {**place, **told_start})]
        if said.set_aside:
            lines.append(Line(now, FeedKind.ALARM, {**place, "what": "journal_set_aside"}))
        return lines
    if isinstance(said, SensorTrouble):
        kind = FeedKind.TERMINAL if said.trouble == NO_TROUBLE else FeedKind.ALARM
        return [Line(now, kind, {**place, "what": "sensor", "trouble": said.trouble})]
    return []


def forks(extension: Extension, conflicts: Sequence[Conflict], now: datetime) -> list[Line]:
    """One alarm for a journal, however many of its entries contradict."""
    if not conflicts:
        return []
    first = min(conflicts, key=lambda conflict: conflict.sequence)
    return [
        Line(
            now,
            FeedKind.ALARM,
            {
                "what": "fork",
                "terminal": extension.keys.name,
                "journal": extension.journal.journal_id.hex(),
                "sequence": first.sequence,
                "entries": len(conflicts),
                "at": now.isoformat(),
            },
        )
    ]


def presence(terminal: str, online: bool, now: datetime) -> Line:
    """A terminal came or went."""
    what = "online" if online else "offline"
    return Line(now, FeedKind.TERMINAL, {"what": what, "terminal": terminal, "at": now.isoformat()})


def cut_tail(terminal: str, journal_id: bytes, last: int, held: int, now: datetime) -> Line:
    """A journal ends before what the hub holds of it: `held` is the hub's last sequence."""
    told = {"what": "cut_tail", "terminal": terminal, "journal": journal_id.hex()}
    return Line(now, FeedKind.ALARM, {**told, "sequence": last, "held": held, "at": now.isoformat()})


def other_link(terminal: str, journal_id: bytes, sequence: int, now: datetime) -> Line:
    """A terminal says that its journal reads differently from what it sent before."""
    told = {"what": "other_link", "terminal": terminal, "journal": journal_id.hex()}
    return Line(now, FeedKind.ALARM, {**told, "sequence": sequence, "at": now.isoformat()})


def two_devices(terminal: str, now: datetime) -> Line:
    """A boot spoke again after another one: two devices hold the same keys, as after a card was copied."""
    return Line(now, FeedKind.ALARM, {"what": "two_devices", "terminal": terminal, "at": now.isoformat()})


def _place(one: Arrived, moment: Moment) -> dict[str, object]:
    return {
        "terminal": one.keys.name,
        "journal": one.journal_id.hex(),
        "sequence": one.linked.entry.sequence,
        "at": moment.at.isoformat(),
        "clock_sure": moment.sure,
        "late": one.historical,
    }
