"""The truth compared with what the hub holds, as figures and what is wrong with a run."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from typing import Any

import numpy as np

from simulation.killing import VICTIMS
from simulation.onlooker import Arrival
from simulation.truth import ADMIT, AGAIN, INTERRUPTED, REFER, REFUSE, Scan, Touch, Truth

_SLACK_S = 0.002
"""Wall clocks of two processes of one machine, read one after the other."""

_AT_THE_GATES = ("terminal", "hub", "broker")
"""Whose death can be felt at a gate or on the screen."""

_AFTER_KILL_S = 3.0
"""Screens and courier catch up within this time after a killed process is back."""


@dataclass(frozen=True)
class HubView:
    """What the hub exports: journal entries, movements and positions, and the terminals' own journal ends."""

    journal: Sequence[dict[str, Any]]
    movements: Sequence[dict[str, Any]]
    positions: Sequence[dict[str, Any]]
    journalled: int


@dataclass
class Comparison:
    """Entries of the hub joined to the touches they belong to, by terminal and by the time between finger and lamp."""

    of: dict[int, dict[str, Any]] = field(default_factory=dict)
    lost: int = 0
    duplicated: int = 0
    disagreements: list[str] = field(default_factory=list)


def percentiles(values: Iterable[float]) -> dict[str, float | None]:
    """p50, p95 and p99, rounded to 0.1; None where there is no value."""
    array = np.array(list(values))
    return {f"p{q}": round(float(np.percentile(array, q)), 1) if array.size else None for q in (50, 95, 99)}


def compare(truth: Truth, hub: HubView, numbers: dict[int, str]) -> Comparison:
    """Joins each touch to its entry. Without a lamp an entry may or may not exist; with one, exactly one must."""
    found = Comparison()
    entries: dict[str, list[tuple[float, dict[str, Any]]]] = defaultdict(list)
    for entry in hub.journal:
        if entry["kind"] in {"attempt", "passage"}:
            entries[entry["terminal"]].append((datetime.fromisoformat(entry["wall_time"]).timestamp(), entry))
    claimed: set[int] = set()
    for touch, until in _windows(truth):
        inside = [
            e for at, e in entries[touch.terminal] if touch.offered_at - _SLACK_S <= at <= until + _SLACK_S
        ]
        claimed.update(id(entry) for entry in inside)
        _judge(found, touch, inside, numbers)
    for terminal, listed in entries.items():
        for at, entry in listed:
            if id(entry) not in claimed:
                found.disagreements.append(
                    f"{terminal}: entry {entry['sequence']} at {at:.3f} answers no finger"
                )
    keys = Counter((e["terminal"], e["journal_id"], e["sequence"]) for e in hub.journal)
    moved = Counter((m["terminal"], m["journal_id"], m["sequence"]) for m in hub.movements)
    found.duplicated += sum(n - 1 for n in keys.values()) + sum(n - 1 for n in moved.values())
    found.disagreements += [f"{at}: lamp {lamp} without a finger" for at, lamp, _ in truth.strays]
    return found


def _windows(truth: Truth) -> Iterator[tuple[Touch, float]]:
    """Each touch and the instant until which its entry must have been written: its lamp, else the next touch."""
    by_terminal: dict[str, list[Touch]] = defaultdict(list)
    for scan in truth.scans:
        by_terminal[scan.terminal].extend(scan.touches)
    for touches in by_terminal.values():
        touches.sort(key=lambda touch: touch.offered_at)
        for touch, following in zip_longest(touches, touches[1:]):
            unseen = following.offered_at - 2 * _SLACK_S if following is not None else math.inf
            yield touch, touch.lamp_at if touch.lamp_at is not None else unseen


def _judge(found: Comparison, touch: Touch, inside: list[dict[str, Any]], numbers: dict[int, str]) -> None:
    if inside:
        found.of[id(touch)] = inside[0]
    if touch.lamp is None:
        return
    if not inside:
        found.lost += 1
        found.disagreements.append(f"{touch.terminal}: lamp {touch.lamp} seen, no entry committed")
        return
    found.duplicated += len(inside) - 1
    entry = inside[0]
    said = AGAIN if entry["kind"] == "attempt" else entry["decision"]
    if said != touch.lamp:
        found.disagreements.append(
            f"{touch.terminal}: lamp {touch.lamp}, entry {entry['sequence']} says {said}"
        )
    if touch.lamp == ADMIT and touch.walker in numbers and entry.get("person") is None:
        found.disagreements.append(f"{touch.terminal}: admitted somebody without naming a person")


def build(
    truth: Truth,
    hub: HubView,
    numbers: dict[int, str],
    gates: dict[str, str],
    outside: str,
    arrivals: Sequence[Arrival],
) -> tuple[dict[str, Any], list[str]]:
    """The report and what is wrong with the run (empty when nothing is). `numbers`: person number by walker."""
    found = compare(truth, hub, numbers)
    touches = [touch for scan in truth.scans for touch in scan.touches]
    results = Counter(scan.result for scan in truth.scans)
    misplaced = _misplaced(truth, hub, numbers, gates, outside)
    report: dict[str, Any] = {
        "scans": len(truth.scans),
        "admitted": results[ADMIT],
        "refused": results[REFUSE],
        "referred": results[REFER],
        "interrupted": results[INTERRUPTED],
        "fingers_offered": len(touches),
        **_mistaken(truth, touches, found, numbers),
        "journalled": hub.journalled,
        "committed": len(hub.journal),
        "lost": found.lost,
        "duplicated": found.duplicated,
        "positions_agree": not misplaced,
        "kills": {kind: sum(kill.victim == kind for kill in truth.kills) for kind in VICTIMS},
        **_times(truth, touches, hub, arrivals),
    }
    wrong = found.disagreements + misplaced
    wrong += [f"{count} {what}" for what, count in _forbidden(report) if count]
    if hub.journalled != len(hub.journal):
        wrong.append(
            f"the terminals journalled {hub.journalled} entries, the hub committed {len(hub.journal)}"
        )
    return report, wrong


def _mistaken(
    truth: Truth, touches: Sequence[Touch], found: Comparison, numbers: dict[int, str]
) -> dict[str, int]:
    """How often somebody was taken for another, or an enrolled person's first finger for nobody's."""
    firsts = [scan.touches[0] for scan in truth.scans if scan.walker in numbers]
    answered = [touch for touch in firsts if touch.lamp is not None]
    named = [(found.of.get(id(touch), {}).get("person"), numbers.get(touch.walker)) for touch in touches]
    return {
        "false_matches": sum(said is not None and said != true for said, true in named),
        "false_non_matches": sum(touch.lamp in {AGAIN, REFER} for touch in answered),
        "first_attempts": len(answered),
        "not_enrolled_admitted": sum(s.result == ADMIT and s.walker not in numbers for s in truth.scans),
    }


def _forbidden(report: dict[str, Any]) -> list[tuple[str, int]]:
    keys = ("lost", "duplicated", "false_matches", "not_enrolled_admitted")
    return [(key.replace("_", " "), report[key]) for key in keys]


def _misplaced(
    truth: Truth, hub: HubView, numbers: dict[int, str], gates: dict[str, str], outside: str
) -> list[str]:
    held = {
        position["person"]: position["zone"] for position in hub.positions if position["source"] == "scan"
    }
    wrong = []
    for walker, places in truth.places(gates, outside).items():
        number = numbers.get(walker)
        if number is not None and (held.get(number) or "") not in places:
            wrong.append(
                f"walker {walker} is in {' or '.join(sorted(places))}, the hub says {held.get(number)}"
            )
    return wrong


def _times(truth: Truth, touches: list[Touch], hub: HubView, arrivals: Sequence[Arrival]) -> dict[str, Any]:
    seen = [touch for touch in touches if touch.lamp_at is not None]
    calm = [touch for touch in seen if not _disturbed(truth, touch.offered_at, touch.lamp_at or 0.0)]
    decided = {
        (e["terminal"], e["journal_id"], int(e["sequence"])): datetime.fromisoformat(
            e["wall_time"]
        ).timestamp()
        for e in hub.journal
        if e["kind"] == "passage"
    }
    first: dict[tuple[str, str, int], float] = {}
    for arrival in arrivals:
        first.setdefault(arrival.key, arrival.at)
    shown = [
        (first[key] - at) * 1000
        for key, at in decided.items()
        if key in first and not _disturbed(truth, at, at + _AFTER_KILL_S) and not _away(truth, key[0], at)
    ]
    return {
        "finger_to_lamp_ms": percentiles(((t.lamp_at or 0.0) - t.offered_at) * 1000 for t in calm),
        "image_to_decision_ms": percentiles(
            ((t.lamp_at or 0.0) - t.image_sent_at) * 1000 for t in calm if t.image_sent_at is not None
        ),
        "decision_to_screen_ms": percentiles(shown),
        "decisions_on_screen": f"{sum(key in first for key in decided)} of {len(decided)}",
        "people_per_minute_per_gate": _throughput(truth.scans),
    }


def _disturbed(truth: Truth, start: float, end: float) -> bool:
    """Whether a process was dead, or just back, between two instants: such times are the fault's, not the product's."""
    return any(
        start < kill.recovered_at + _AFTER_KILL_S and end > kill.killed_at
        for kill in truth.kills
        if kill.victim in _AT_THE_GATES
    )


def _away(truth: Truth, terminal: str, at: float) -> bool:
    """Whether the terminal was without the hub, or still sending what had gathered."""
    return any(out.terminal == terminal and out.cut_at <= at <= out.drained_at for out in truth.outages)


def _throughput(scans: Sequence[Scan]) -> float | None:
    """People dealt with in a minute of a gate's time, from the first finger to the last lamp of each."""
    times = [s.ended_at - s.touches[0].offered_at for s in scans if s.result != INTERRUPTED]
    return round(60.0 / (sum(times) / len(times)), 1) if times else None
