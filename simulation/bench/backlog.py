"""What a terminal's journal takes, and how fast a large backlog gets to a real hub while people go on scanning."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from edge.clock import Reading
from edge.journal import Journal, Room, open_journal
from edge.provisioning import Folder, load_grant
from edge.settings import load
from simulation.bench.entries import BOOT, passage
from simulation.disks import owed
from simulation.gatehouse import Gatehouse
from simulation.people import Walker
from simulation.prison import Prison
from simulation.processes import ProcessFailed, Service
from simulation.report import percentiles
from simulation.truth import Scan
from wire.codec import encode
from wire.happenings import Passage
from wire.journal import Clock
from wire.provisioning import CheckpointSettings

SCANS_A_DAY = 3_000
"""Of one busy gate: 600 people who pass it five times a day."""

_COMMITS = 2_000
_PATIENCE_S = 300.0


def journal_figures(scratch: Path, place: CheckpointSettings, person: str) -> dict[str, Any]:
    """Durable commits a second, bytes of disk an entry, and how many days a gigabyte holds."""
    path = scratch / "rate.sqlite"
    journal, _ = open_journal(path, "bench", Room(1 << 40, 0, 0), lambda: bytes(16), lambda: "aside")
    empty = _size(path)
    begun = time.perf_counter()
    _fill(journal, _COMMITS, place, [person])
    taken = time.perf_counter() - begun
    journal.close()
    an_entry = (_size(path) - empty) / _COMMITS
    return {
        "commits_a_second": round(_COMMITS / taken),
        "bytes_an_entry": round(an_entry),
        "scans_a_day": SCANS_A_DAY,
        "days_a_gb": round(1e9 / an_entry / SCANS_A_DAY),
    }


def _size(path: Path) -> int:
    return sum(each.stat().st_size for each in path.parent.glob(f"{path.name}*"))


def drain_figures(
    prison: Prison, walkers: Sequence[Walker], numbers: Sequence[str], entries: int
) -> dict[str, Any]:
    """Adds so many entries of an earlier boot to the journal of the one terminal, which is stopped, and starts it.

    Entries a second until the hub has confirmed them all, and how late what was scanned meanwhile was with the hub.
    """
    (name, agent), house = next(iter(prison.terminals.items())), prison.gatehouses[0]
    folder = Folder(prison.data_of(name))
    grant = load_grant(folder, load(folder.settings))
    if grant is None:
        raise ProcessFailed("the terminal was not taken in")
    journal, damage = open_journal(
        folder.journal, name, Room(1 << 40, 0, 0), lambda: bytes(16), lambda: "aside"
    )
    if damage is not None:
        raise damage
    _fill(journal, entries, grant.checkpoint, numbers)
    journal.close()
    scans, taken_s = _drained(prison, name, agent, house, walkers)
    return {"entries": entries, "entries_a_second": round(entries / taken_s), **_live(prison, scans)}


def _fill(journal: Journal, entries: int, place: CheckpointSettings, people: Sequence[str]) -> None:
    at = datetime.now(UTC) - timedelta(days=2)
    for number in range(entries):
        reading = Reading(BOOT, 1_000 * number, at + timedelta(seconds=number), Clock.SYNCHRONISED)
        said = passage(place.checkpoint, place.from_zone, place.to_zone, people[number % len(people)])
        journal.append(reading, Passage.KIND, encode(said))


def _drained(
    prison: Prison, name: str, agent: Service, house: Gatehouse, walkers: Sequence[Walker]
) -> tuple[list[Scan], float]:
    """What was scanned until the hub had everything, and the seconds from the first entry it took to the last."""
    data, enough, touches = prison.data_of(name), threading.Event(), count(500)
    scans: list[Scan] = []

    def walk() -> None:
        while not enough.wait(0.5):
            scans.append(house.scan(walkers[len(scans) % len(walkers)], lambda: next(touches)))

    before = owed(data)
    agent.start()
    thread = threading.Thread(target=walk, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + _PATIENCE_S
        while owed(data) >= before and time.monotonic() < deadline:
            time.sleep(0.01)
        begun = time.monotonic()
        while owed(data) > 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        taken_s = time.monotonic() - begun
    finally:
        enough.set()
        thread.join()
    if owed(data) > before // 2:
        raise ProcessFailed(f"the backlog did not drain within {_PATIENCE_S:.0f} s")
    return scans, taken_s


def _live(prison: Prison, scans: Sequence[Scan]) -> dict[str, Any]:
    first = min((scan.touches[0].offered_at for scan in scans), default=time.time())
    delays = []
    for entry in prison.export("journal"):
        written = datetime.fromisoformat(entry["wall_time"]).timestamp()
        if written >= first:
            delays.append((datetime.fromisoformat(entry["received_at"]).timestamp() - written) * 1000)
    return {"live_entries": len(delays), "live_delay_ms": percentiles(delays)}
