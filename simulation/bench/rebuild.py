"""Everybody's place folded anew from ten million journal entries, as after a restore: the same answer, and how fast."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from hub.accounts.audit import OPERATOR
from hub.custody.records import Person
from hub.database import make_engine, make_sessions, session_scope
from hub.ingest.rebuilding import rebuild
from hub.ingest.records import EntryStatus, StoredEntry
from hub.migrations import upgrade
from hub.movements.site.files import read_site
from hub.movements.site.importing import import_site
from hub.movements.site.tree import load
from hub.rows import insert_rows
from hub.terminals.records import Status, Terminal
from simulation.bench.entries import entry, passage
from simulation.progress import Progress

PEOPLE: Final = 10_000
ENTRIES: Final = 10_000_000
FEWER: Final = 1_000_000
TERMINALS: Final = 100
BYTES_AN_ENTRY: Final = 800
"""What one takes on the disk with its indexes, and somewhat more."""
_AT_ONCE: Final = 20_000
_AT: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)


def rebuild_figures(progress: Progress, entries: int | None = None) -> dict[str, Any]:
    """Keys rebuild_per_s, rebuild_per_cpu_s and rebuild_entries: fewer than ten million where the disk is too small."""
    with tempfile.TemporaryDirectory(prefix="pims-bench-") as folder:
        room = shutil.disk_usage(folder).free > ENTRIES * BYTES_AN_ENTRY
        count = entries if entries is not None else ENTRIES if room else FEWER
        engine = make_engine(f"sqlite:///{Path(folder) / 'hub.sqlite'}")
        upgrade(engine)
        sessions = make_sessions(engine)
        progress(f"  writing {count:,} entries of {PEOPLE:,} people")
        with session_scope(sessions) as session:
            _furnish(session)
        last: dict[str, str] = {}
        for start in range(0, count, _AT_ONCE):
            with session_scope(sessions) as session:
                insert_rows(session, StoredEntry, list(_rows(start, min(_AT_ONCE, count - start), last)))
            done, tenth = start + _AT_ONCE, max(_AT_ONCE, count // 10)
            (progress if done % tenth < _AT_ONCE else progress.counting)(f"    {min(done, count):,} written")
        progress("  folding them")
        begun, worked = time.perf_counter(), time.process_time()
        with session_scope(sessions, writes=False) as session:
            rebuilt = rebuild(session)
            took_s, cpu_s = time.perf_counter() - begun, time.process_time() - worked
            tree = load(session)
        places = {
            f"P-{person:06d}": tree.zone(held.last.zone_id).code for person, held in rebuilt.held.items()
        }
        engine.dispose()
    if places != last or rebuilt.entries != count:
        raise SystemExit("the fold put somebody elsewhere than where they went; its speed would mean nothing")
    return {
        "rebuild_per_s": round(count / took_s),
        "rebuild_per_cpu_s": round(count / cpu_s),
        "rebuild_entries": count,
    }


def _furnish(session: Session) -> None:
    lines = ['[[zone]]\ncode="yard"\nname="Yard"\nkind="MOVEMENT_AREA"']
    for number in range(TERMINALS):
        lines.append(f'[[zone]]\ncode="room-{number}"\nname="Room {number}"\nkind="WORKSHOP"')
        gate = f'code="gate-{number}"\nname="Gate {number}"\nfrom_zone="yard"\nto_zone="room-{number}"'
        lines.append(f"[[checkpoint]]\n{gate}")
    import_site(session, read_site("\n".join(lines).encode()), actor=OPERATOR, at=_AT)
    people = [
        {
            "number": f"P-{number:06d}",
            "surname": f"Ash{number}",
            "given": "Test",
            "born_on": None,
            "sex": "MALE",
            "created_at": _AT,
        }
        for number in range(1, PEOPLE + 1)
    ]
    insert_rows(session, Person, people)
    for number in range(TERMINALS):
        session.add(
            Terminal(
                name=f"gate-{number}",
                checkpoint_code=f"gate-{number}",
                verifying_key=bytes([number]) * 32,
                sealing_key=bytes([number]) * 32,
                certificate_fingerprint="0" * 64,
                certificate_until_at=_AT + timedelta(days=300),
                granted_at=_AT,
                status=Status.ACTIVE,
            )
        )
    session.flush()


def _rows(start: int, count: int, last: dict[str, str]) -> Iterator[dict[str, object]]:
    """Entries in the order of time, spread over terminals and people; `last` learns where everybody went."""
    for number in range(start, start + count):
        gate, sequence = number % TERMINALS, number // TERMINALS + 1
        person = f"P-{1 + (number * 7_919) % PEOPLE:06d}"
        admitted = number % 20 != 0
        at = _AT + timedelta(seconds=number)
        said = passage(f"gate-{gate}", "yard", f"room-{gate}", person, admitted=admitted)
        last[person] = f"room-{gate}" if admitted else "yard"
        yield {
            "terminal_id": gate + 1,
            "journal_id": gate.to_bytes(16, "big"),
            "sequence": sequence,
            "link": number.to_bytes(32, "big"),
            "before": number.to_bytes(32, "little"),
            "raw": entry(sequence, 1_000 * sequence, at, said),
            "received_at": at,
            "canonical": True,
            "status": EntryStatus.APPLIED.value,
            "happened_at": at,
            "early_ms": 0,
            "late_ms": 0,
            "sure": True,
        }
