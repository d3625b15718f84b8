"""From commit to screen: twenty browsers' streams on a hub of 1,200 people while 200 passages a second come in."""

from __future__ import annotations

import gc
import http.client
import os
import re
import secrets
import tempfile
import threading
import time
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select

from hub import settings
from hub.accounts.actions import add_account, change_password
from hub.accounts.audit import OPERATOR
from hub.accounts.passwords import Passwords
from hub.accounts.permissions import Role
from hub.custody.actions import open_booking, register_person
from hub.custody.rules import PersonFacts, Sex
from hub.database import Sessions, make_engine, make_sessions, session_scope
from hub.movements import feed
from hub.movements.actions import apply_passages
from hub.movements.passages import Passage, Place, Somebody
from hub.movements.records import FeedItem, Zone
from hub.movements.rules import Proof
from hub.movements.site.files import read_site
from hub.movements.site.importing import import_site
from simulation.onlooker import Onlooker
from simulation.processes import Service, free_port, run
from simulation.progress import Progress

SCREENS: Final = 20
PER_S: Final = 200
SECONDS: Final = 60
PEOPLE: Final = 1_200
ZONES: Final = 60
A_COMMIT: Final = 10
"""Entries that one transaction of the ingest takes at this rate."""
WARM_S: Final = 5.0
_ID: Final = re.compile(rb"^id: (\d+)", re.M)


@dataclass
class Screen:
    """One open stream: when each line of the feed was here, by its number, in seconds of the machine's own clock."""

    arrived: dict[int, float]
    whole: bool = False
    broken: bool = False


def screen_figures(
    progress: Progress,
    *,
    screens: int = SCREENS,
    per_s: int = PER_S,
    seconds: float = SECONDS,
    warm_s: float = WARM_S,
) -> dict[str, Any]:
    """Keys commit_to_screen_ms {p50, p95, p99, lines}, and of the serving processes memory_mb {fresh, start, end} and
    screen_cpu, seconds of processor for each second. Between fresh and start lie `warm_s` at the same rate."""
    with tempfile.TemporaryDirectory(prefix="pims-bench-") as folder, _hub(Path(folder)) as hub:
        sessions, port, pid, login = hub
        progress(f"  {screens} screens, {per_s} passages a second, {seconds:.0f} s")
        shown = [Screen({}) for _ in range(screens)]
        # Signed in once: what a sign-in costs is not asked here, and so many at once the hub refuses.
        cookies = Onlooker(port, *login).cookies()
        stopping = threading.Event()
        threads = [
            threading.Thread(target=_watch, args=(port, cookies, screen, stopping), daemon=True)
            for screen in shown
        ]
        for thread in threads:
            thread.start()
        _wait_for(shown)
        writer = _Writer(sessions)
        fresh_mb = _memory_mb(pid)
        writer.write(per_s, warm_s)
        start_mb, began_cpu = _memory_mb(pid), _cpu_s(pid)
        committed = writer.write(per_s, seconds)
        time.sleep(1.5)
        end_mb, spent = _memory_mb(pid), _cpu_s(pid) - began_cpu
        stopping.set()
    late = sorted(_delays_ms(committed, shown))
    return {
        "commit_to_screen_ms": {
            **_percentiles(late),
            "lines": len(late),
            "missing": len(committed) * screens - len(late),
        },
        "memory_mb": {"fresh": fresh_mb, "start": start_mb, "end": end_mb},
        "screen_cpu": round(spent / seconds, 3),
    }


@contextmanager
def _hub(data: Path) -> Iterator[tuple[Sessions, int, int, tuple[str, str]]]:
    """A hub with people, zones and an account; its pages in a process of their own."""
    run("pims-hub", "init", "--data", str(data), "--admin-password-file", str(data / "password"))
    engine = make_engine(settings.load(data).database)
    sessions, login = make_sessions(engine), ("bench", secrets.token_urlsafe(16))
    _furnish(sessions, login)
    port = free_port()
    words = ["pims-hub", "web", "--data", str(data), "--port", str(port), "--plain-http"]
    pages = Service("pages", words, "Web ready", data)
    pages.start()
    try:
        yield sessions, port, pages.pid, login
    finally:
        pages.stop()
        engine.dispose()


def _furnish(sessions: Sessions, login: tuple[str, str]) -> None:
    now = datetime.now(UTC)
    rooms = "".join(
        f'[[zone]]\ncode="room-{number}"\nname="Room {number}"\nkind="WORKSHOP"\n'
        for number in range(ZONES - 1)
    )
    site = f'[[zone]]\ncode="yard"\nname="Yard"\nkind="MOVEMENT_AREA"\n{rooms}'
    passwords = Passwords()
    with session_scope(sessions) as session:
        import_site(session, read_site(site.encode()), actor=OPERATOR, at=now)
        add_account(session, login[0], Role.CONTROL_ROOM, passwords=passwords, actor=OPERATOR, at=now)
        change_password(session, *login, passwords=passwords, actor=OPERATOR, at=now)
        for number in range(PEOPLE):
            facts = PersonFacts(f"Ash{number}", "Test", date(1990, 1, 1), Sex.MALE)
            person = register_person(session, facts, actor=OPERATOR, at=now)
            open_booking(session, person, admitted_at=now, recorded_at=now, by="bench")


class _Writer:
    """Passages as the ingest applies them, and when each transaction had committed."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._sequence = 0
        with session_scope(sessions, writes=False) as session:
            self._zones = [
                Place(zone.id, zone.code) for zone in session.scalars(select(Zone).order_by(Zone.id))
            ]

    def write(self, per_s: int, seconds: float) -> dict[int, float]:
        """Write for so long; gives the time of commit by the number of each line."""
        committed: dict[int, float] = {}
        began = time.monotonic()
        for turn in range(int(per_s * seconds / A_COMMIT)):
            time.sleep(max(0.0, began + turn * A_COMMIT / per_s - time.monotonic()))
            with session_scope(self._sessions) as session:
                now = datetime.now(UTC)
                passages = [self._passage(now) for _ in range(A_COMMIT)]
                feed.append(session, apply_passages(session, passages, at=now))
                last = session.scalar(select(func.max(FeedItem.id))) or 0
            at = time.monotonic()
            committed |= dict.fromkeys(range(last - A_COMMIT + 1, last + 1), at)
        return committed

    def _passage(self, now: datetime) -> Passage:
        self._sequence += 1
        number = self._sequence % PEOPLE + 1
        rooms = self._zones[1:]
        return Passage(
            proof=Proof("gate-1", b"b" * 16, self._sequence, now, True),
            checkpoint="gate-1",
            from_zone=self._zones[0],
            to_zone=rooms[(self._sequence * 7) % len(rooms)],
            decision="ADMIT",
            rule="expected",
            person=Somebody(number, f"P-{number:06d}", f"ASH{number}, Test"),
        )


def _watch(port: int, cookies: str, screen: Screen, stopping: threading.Event) -> None:
    """Reads a stream as it comes, without taking it apart further than the numbers of its lines."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/control-room/events", headers={"Cookie": cookies})
    answer = connection.getresponse()
    rest = b""
    while not stopping.is_set():
        data = answer.read1(65_536)
        at = time.monotonic()
        if not data:
            screen.broken = True
            return
        screen.whole = screen.whole or b"event: picture" in data
        *lines, rest = (rest + data).split(b"\n\n")
        for line in lines:
            found = _ID.match(line)
            if found:
                screen.arrived.setdefault(int(found[1]), at)
        rest = rest[-200_000:]


def _wait_for(shown: Sequence[Screen], patience_s: float = 60.0) -> None:
    deadline = time.monotonic() + patience_s
    while not all(screen.whole for screen in shown):
        if time.monotonic() > deadline:
            raise RuntimeError("not every screen was shown a picture within a minute")
        time.sleep(0.1)
    gc.collect()


def _delays_ms(committed: dict[int, float], shown: Sequence[Screen]) -> array[float]:
    found = array("d")
    for screen in shown:
        arrived = dict(screen.arrived)
        found.extend(1000 * (arrived[line] - at) for line, at in committed.items() if line in arrived)
    return found


def _percentiles(ordered: Sequence[float]) -> dict[str, float | None]:
    """Of figures in ascending order; None where there is none."""
    if not ordered:
        return {"p50": None, "p95": None, "p99": None}
    at = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    return {
        name: round(ordered[min(len(ordered) - 1, int(len(ordered) * part))], 1) for name, part in at.items()
    }


def _memory_mb(pid: int) -> float:
    pages = sum(int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in _family(pid))
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)


def _cpu_s(pid: int) -> float:
    fields = [Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split() for one in _family(pid)]
    return sum(int(one[11]) + int(one[12]) for one in fields) / os.sysconf("SC_CLK_TCK")


def _family(pid: int) -> list[int]:
    """The process and those it started: the server keeps one that serves beside itself."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in _family(int(child)))]
