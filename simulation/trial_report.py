"""The figures of the trials, and what is wrong with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from simulation.onlooker import Arrival
from simulation.report import percentiles
from simulation.truth import Outage, Scan

HISTORY_S = 30.0
"""What a terminal sends of this age it sends as history."""

_SLACK_S = 1.0
"""Between an entry's age when it is looked at and when it is sent."""

CUT_OFF_MOST_S = 5.0


@dataclass(frozen=True)
class CutOff:
    """Times count from the form being sent: `hub_s` until ingest refused the terminal's key, `live_s` until its live
    session carried nothing more.

    `returned_at` is when the page had answered: what arrives later must not count any more.
    `written_afterwards` counts what the terminal journalled from then on.
    """

    terminal: str
    returned_at: float
    hub_s: float
    live_s: float
    written_afterwards: int


@dataclass(frozen=True)
class Seen:
    """What the trials saw: `backlog` entries waited when the line was mended; `successor` replaced the cut-off one."""

    outage: Outage
    backlog: int
    cut: CutOff
    successor: str
    replacement_s: float
    chain_shown: bool


def trial_report(
    seen: Seen,
    journal: Sequence[dict[str, Any]],
    arrivals: Sequence[Arrival],
    scans: Sequence[Scan],
) -> tuple[dict[str, Any], list[str]]:
    """The report's lines, and what is wrong; `journal` is the hub's whole export. Slowness alone is not wrong."""
    offline = _offline(seen, journal, arrivals, scans)
    cut = _cut_off(seen.cut, journal)
    made = Counter(scan.terminal for scan in scans)
    replaced = {
        "seconds": round(seen.replacement_s, 1),
        "scans_afterwards": made[seen.successor],
        "chain_shown": seen.chain_shown,
    }
    wrong = [
        (offline["backlog_entries"] == 0, f"{seen.outage.terminal} gathered nothing while it was offline"),
        (offline["live_marked_historical"] > 0, "entries were marked historical that were not"),
        (offline["not_marked_historical"] > 0, "entries of the backlog were not marked historical"),
        (cut["entries_afterwards"] == 0, f"nothing was written at {seen.cut.terminal} after it was cut off"),
        (cut["applied_afterwards"] > 0, f"the hub took entries of {seen.cut.terminal} after it was cut off"),
        (replaced["scans_afterwards"] == 0, f"nobody scanned at {seen.successor}"),
        (not seen.chain_shown, f"the hub does not show that {seen.successor} replaced {seen.cut.terminal}"),
    ]
    report = {"offline": offline, "cut_off": cut, "replacement": replaced}
    return report, [sentence for is_so, sentence in wrong if is_so]


def _offline(
    seen: Seen, journal: Sequence[dict[str, Any]], arrivals: Sequence[Arrival], scans: Sequence[Scan]
) -> dict[str, Any]:
    out = seen.outage
    late = {arrival.key: arrival.late for arrival in arrivals}
    old = [e for e in journal if _is_of(e, out) and _written(e) < out.mended_at - HISTORY_S - _SLACK_S]
    fresh = [e for e in journal if out.mended_at <= _written(e) <= out.drained_at]
    return {
        "terminal": out.terminal,
        "seconds": round(out.mended_at - out.cut_at, 1),
        "scans_meanwhile": sum(
            scan.terminal == out.terminal and out.cut_at <= scan.ended_at <= out.mended_at for scan in scans
        ),
        "backlog_entries": seen.backlog,
        "backlog_drained_s": round(out.drained_at - out.mended_at, 1),
        "marked_historical": sum(late.get(_key(e), False) for e in journal if _is_of(e, out)),
        "not_marked_historical": sum(not late.get(_key(e), True) for e in old),
        "live_marked_historical": sum(late.get(_key(e), False) for e in fresh),
        "live_delay_ms": percentiles((_received(e) - _written(e)) * 1000 for e in fresh),
    }


def _cut_off(cut: CutOff, journal: Sequence[dict[str, Any]]) -> dict[str, Any]:
    applied = [e for e in journal if e["terminal"] == cut.terminal and _received(e) > cut.returned_at]
    return {
        "terminal": cut.terminal,
        "hub_refuses_after_s": round(cut.hub_s, 2),
        "live_session_dead_after_s": round(cut.live_s, 2),
        "asked_s": CUT_OFF_MOST_S,
        "entries_afterwards": cut.written_afterwards,
        "applied_afterwards": len(applied),
    }


def _is_of(entry: dict[str, Any], out: Outage) -> bool:
    return entry["terminal"] == out.terminal and out.cut_at <= _written(entry) <= out.mended_at


def _key(entry: dict[str, Any]) -> tuple[str, str, int]:
    return entry["terminal"], entry["journal_id"], int(entry["sequence"])


def _written(entry: dict[str, Any]) -> float:
    return datetime.fromisoformat(entry["wall_time"]).timestamp()


def _received(entry: dict[str, Any]) -> float:
    return datetime.fromisoformat(entry["received_at"]).timestamp()
