"""One real terminal on one core with a full roll, for measuring."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from hub import settings
from hub.accounts.audit import OPERATOR
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.enrolment import Impression, PreparedFinger
from hub.biometrics.vault_key import open_vault
from hub.custody.rules import OrderFacts, OrderKind, PersonFacts, Sex
from hub.database import make_engine, make_sessions, session_scope
from hub.reception.admission import Admission, admit
from matching.synthesis import draw_finger
from simulation.bench.backlog import drain_figures, journal_figures
from simulation.bench.stages import stage_figures
from simulation.facility import SMALL_PRISON, YARD, Facility
from simulation.masters import CACHE
from simulation.people import Walker, synthetic_fingers
from simulation.prison import Plan, Prison, Said, broker_kind
from simulation.processes import ProcessFailed, free_port, pin
from simulation.report import percentiles
from simulation.sensor import FAST256
from simulation.truth import Truth
from wire.provisioning import CheckpointSettings

_SCANS = 60
_PEOPLE_SCANNING = 4
_BACKLOG = 21_000
"""A week of a busy gate."""
_DRAWN_FROM = 1_000_000
"""Seeds of the fingers in the load: none of those who scan."""


def measure(folder: Path, fingers: int, said: Said) -> dict[str, Any]:
    """Start, memory, decision, journal and backlog of an agent whose roll holds `fingers`, two to a person."""
    gate = SMALL_PRISON.gates[0]
    facility = Facility(SMALL_PRISON.zones, (gate,))
    plan = Plan(folder, facility, broker_kind(None), free_port(), baud=None, backend="zfm")
    prison = Prison(plan, Truth(), lambda _: None)
    try:
        said("  a hub, and a terminal that is taken in")
        prison.open_hub()
        prison.open_gates()
        walkers = _scanning(facility)
        numbers = prison.enrol(walkers, lambda _: None)
        said(f"  a roll of {fingers} fingers")
        _fill_roll(prison.hub, fingers // 2 - len(walkers), facility)
        _wait_for_roll(prison, fingers // 2)
        said("  start, and scans on one core")
        figures = _measured(prison, walkers, fingers)
        prison.terminals[gate.terminal].stop()
        said("  the stages of a decision")
        house, data = prison.gatehouses[0], prison.data_of(gate.terminal)
        figures["stages_ms_one_core"] = stage_figures(data, folder, house, walkers, _SCANS)
        said("  the journal")
        place = CheckpointSettings(checkpoint=gate.checkpoint, from_zone=YARD, to_zone=gate.to_zone)
        figures["journal"] = journal_figures(folder, place, numbers[0])
        said(f"  a backlog of {_BACKLOG} entries")
        figures["drain"] = drain_figures(prison, walkers, list(numbers.values()), _BACKLOG)
        return figures
    finally:
        prison.stop()


def _scanning(facility: Facility) -> list[Walker]:
    hands = synthetic_fingers(_PEOPLE_SCANNING, 1, CACHE, FAST256, lambda _: None)
    zones = facility.allowed("block-a")
    born_on = date(1990, 1, 1)
    return [
        Walker(i, "Walker", f"Number {i}", born_on, "block-a", zones, True, tuple(hand))
        for i, hand in enumerate(hands)
    ]


def _fill_roll(hub: Path, people: int, facility: Facility) -> None:
    """Admits people with drawn minutiae straight into the hub's database, as its own commands would."""
    found = settings.load(hub)
    vault, sessions = open_vault(found.keys), make_sessions(make_engine(found.database))
    search = DuplicateSearch(vault, sessions)
    now = datetime.now(UTC)
    zones = frozenset(facility.allowed("block-a"))
    for number in range(people):
        fingers = tuple(
            PreparedFinger(
                at, (Impression(draw_finger(_DRAWN_FROM + 10 * number + at).impression(0), 60, b"drawn"),)
            )
            for at in (2, 7)
        )
        person = PersonFacts("Load", f"Number {number}", date(1990, 1, 1), Sex.MALE)
        order = OrderFacts(
            kind=OrderKind.WARRANT, reference=f"LOAD-{number}", issued_on=now.date(), expires_on=None
        )
        admission = Admission(person, order, "block-a", zones, fingers)
        with session_scope(sessions) as session:
            admit(session, vault, search, admission, actor=OPERATOR, at=now)


def _wait_for_roll(prison: Prison, people: int) -> None:
    deadline = time.monotonic() + 120
    while not prison.have_rolls(people):
        if time.monotonic() > deadline:
            raise ProcessFailed("the terminal did not receive its roll within two minutes")
        time.sleep(0.5)


def _measured(prison: Prison, walkers: list[Walker], fingers: int) -> dict[str, Any]:
    agent = next(iter(prison.terminals.values()))
    agent.stop()
    begun = time.monotonic()
    agent.start()
    start_s = time.monotonic() - begun
    started = _last_start(prison.logs / f"{agent.name}.log")
    pin(agent.pid, {min(os.sched_getaffinity(0))})
    house = prison.gatehouses[0]
    scans = [house.scan(walkers[n % len(walkers)], lambda n=n: n) for n in range(_SCANS)]  # type: ignore[misc]
    touches = [touch for scan in scans for touch in scan.touches if touch.lamp_at is not None]
    return {
        "roll_fingers": fingers,
        "start_to_ready_s": round(start_s, 2),
        "start_stages_s": started,
        "resident_mb": round(_resident_kb(agent.pid) / 1024, 1),
        "image_to_lamp_ms_one_core": percentiles(
            (t.lamp_at - t.image_sent_at) * 1000
            for t in touches
            if t.lamp_at is not None and t.image_sent_at is not None
        ),
        "results": dict(Counter(scan.result for scan in scans)),
    }


def _last_start(log: Path) -> dict[str, float]:
    """Seconds of each step, as the agent's own log tells of its last start; `since_start_s` when it was ready."""
    found: dict[str, float] = {}
    for line in log.read_text().splitlines():
        if line.startswith("{"):
            said = json.loads(line)
            if said.get("event") in {"starting", "ready"}:
                found |= {name: value for name, value in said.items() if name.endswith("_s")}
    return found


def _resident_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
