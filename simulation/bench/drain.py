"""A day offline comes back: entries verified, applied and committed a second, beside raw inserts of the same rows."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, func, select

from hub.accounts.audit import OPERATOR
from hub.custody.actions import open_booking, register_person
from hub.custody.rules import PersonFacts, Sex
from hub.database import Base, Sessions, make_engine, make_sessions, session_scope
from hub.ingest.doorkeeper import Delivery
from hub.ingest.inbox import Inbox
from hub.ingest.records import Quarantined, StoredEntry
from hub.ingest.worker import Worker
from hub.migrations import upgrade
from hub.movements.site.files import read_site
from hub.movements.site.importing import import_site
from hub.terminals.records import Status, Terminal
from hub.web.collecting import collect_seldom
from simulation.bench import postgres
from simulation.bench.entries import entry, passage
from simulation.progress import Progress
from wire.journal import genesis, link, seal_batch
from wire.keys import OpeningKey, SigningKey, public_bytes
from wire.topics import Channel, topic

TERMINALS: Final = 100
ENTRIES: Final = 40_000
PEOPLE: Final = 1_200
A_BATCH: Final = 128
WARM: Final = 10
"""Batches taken in before the clock starts: a hub in service has turned its statements into SQL long ago."""
NUMBERED: Final = ("journals", "stored_entries", "batch_signatures", "movements", "proofs", "feed_items")
_TABLES: Final = Base.metadata.tables
_AT: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)


def drain_figures(progress: Progress, entries: int = ENTRIES) -> dict[str, Any]:
    """Keys drain_per_s and drain_ratio, each by database, and drain_entries.

    PostgreSQL's are None where it is not installed, and drain_missing says so.
    """
    deliveries = _backlog(entries)
    per_s: dict[str, int | None] = {"sqlite": None, "postgresql": None}
    ratio: dict[str, float | None] = {"sqlite": None, "postgresql": None}
    cpu: dict[str, int | None] = {"sqlite": None, "postgresql": None}
    for name, figures in _on_each(progress, entries, deliveries):
        per_s[name], ratio[name], cpu[name] = figures
    missing = {} if ratio["postgresql"] is not None else {"drain_missing": postgres.missing()}
    return {
        "drain_per_s": per_s,
        "drain_ratio": ratio,
        "drain_per_cpu_s": cpu,
        "drain_entries": entries,
    } | missing


def _on_each(
    progress: Progress, entries: int, deliveries: list[Delivery]
) -> Iterator[tuple[str, tuple[int, float, int]]]:
    with tempfile.TemporaryDirectory(prefix="pims-bench-") as folder:
        progress(f"  draining {entries:,} entries of {TERMINALS} terminals into SQLite")
        urls = [f"sqlite:///{Path(folder) / name}.sqlite" for name in ("drained", "raw")]
        yield "sqlite", _measured(urls, deliveries, entries)
    if postgres.missing():
        progress(f"  {postgres.missing()}")
        return
    with postgres.server() as make:
        progress("  the same into PostgreSQL")
        yield "postgresql", _measured([make("drained"), make("raw")], deliveries, entries)


def _measured(urls: list[str], deliveries: list[Delivery], entries: int) -> tuple[int, float, int]:
    """Entries a second, that as a part of what raw inserts do, and entries for each second of our processor time."""
    with _hub(urls[0]) as (engine, sessions):
        _drain(sessions, deliveries[:WARM])
        collect_seldom()  # as the process that takes in does
        present = _highest(engine)
        took_s, cpu_s, transactions = _drain(sessions, deliveries[WARM:])
        _check(sessions, entries)
        written = _written(engine, present)
    with _hub(urls[1]) as (engine, sessions):
        _drain(sessions, deliveries[:WARM])  # what the rows refer to
        with engine.begin() as connection:
            connection.execute(_TABLES["positions"].delete())
        raw_s = _insert(engine, written, transactions)
    measured = len(written["stored_entries"][1])
    return round(measured / took_s), round(raw_s / took_s, 3), round(measured / cpu_s)


def _drain(sessions: Sessions, deliveries: list[Delivery]) -> tuple[float, float, int]:
    """Seconds, seconds of our processor time, and transactions."""
    inbox = Inbox(max_bytes=1 << 30)
    for delivery in deliveries:
        inbox.put(delivery)
    worker = Worker(
        sessions, inbox, SigningKey.generate(), lambda *_: True, clock=lambda: _AT, wait=lambda _: None
    )
    transactions = 0
    begun, worked = time.perf_counter(), time.process_time()
    while worker.step():
        transactions += 1
    return time.perf_counter() - begun, time.process_time() - worked, transactions


def _check(sessions: Sessions, entries: int) -> None:
    with session_scope(sessions, writes=False) as session:
        stored = session.scalar(select(func.count()).select_from(StoredEntry))
        aside = session.scalar(select(func.count()).select_from(Quarantined))
    if stored != entries or aside:
        raise SystemExit(
            f"{stored} of {entries} entries are stored, {aside} in quarantine: the figure means nothing"
        )


Written = dict[str, tuple[str, list[Any]]]
"""By table: the statement that inserts, and its rows as the driver takes them."""


def _highest(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {name: connection.scalar(select(func.max(_TABLES[name].c.id))) or 0 for name in NUMBERED}


def _written(engine: Engine, present: dict[str, int]) -> Written:
    """Every row that draining added, as it lies in the database."""
    found: Written = {}
    mark = "?" if engine.dialect.name == "sqlite" else "%s"
    with engine.connect() as connection:
        for name in (*NUMBERED, "positions"):
            table = _TABLES[name]
            columns = [column.name for column in table.columns]
            quoted = ", ".join(f'"{column}"' for column in columns)
            since = f" WHERE id > {present[name]} ORDER BY id" if name in present else ""
            rows = connection.exec_driver_sql(f"SELECT {quoted} FROM {name}{since}").all()  # noqa: S608 - our own names
            marks = ", ".join([mark] * len(columns))
            found[name] = (
                f"INSERT INTO {name} ({quoted}) VALUES ({marks})",  # noqa: S608 - our own names
                [tuple(_as_written(value) for value in row) for row in rows],
            )
    return found


def _as_written(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | list) else value


def _insert(engine: Engine, written: Written, transactions: int) -> float:
    """Seconds that the driver's own executemany takes for the same rows in as many transactions."""
    connection = engine.raw_connection()
    driver: Any = connection.driver_connection
    begun = time.perf_counter()
    for turn in range(transactions):
        cursor = driver.cursor()
        if engine.dialect.name == "sqlite":
            cursor.execute("BEGIN IMMEDIATE")
        for statement, rows in written.values():
            part = rows[len(rows) * turn // transactions : len(rows) * (turn + 1) // transactions]
            if part:
                cursor.executemany(statement, part)
        if engine.dialect.name == "sqlite":
            cursor.execute("COMMIT")
        else:
            driver.commit()
        cursor.close()
    taken_s = time.perf_counter() - begun
    connection.close()
    return taken_s


@contextmanager
def _hub(url: str) -> Iterator[tuple[Engine, Sessions]]:
    engine = make_engine(url)
    upgrade(engine)
    sessions = make_sessions(engine)
    _furnish(sessions)
    try:
        yield engine, sessions
    finally:
        engine.dispose()


_KEYS: Final = [SigningKey.generate() for _ in range(TERMINALS)]


def _furnish(sessions: Sessions) -> None:
    lines = ['[[zone]]\ncode="yard"\nname="Yard"\nkind="MOVEMENT_AREA"']
    for number in range(TERMINALS):
        lines.append(f'[[zone]]\ncode="room-{number}"\nname="Room {number}"\nkind="WORKSHOP"')
        lines.append(
            f'[[checkpoint]]\ncode="gate-{number}"\nname="Gate {number}"\nfrom_zone="yard"\nto_zone="room-{number}"'
        )
    with session_scope(sessions) as session:
        import_site(session, read_site("\n".join(lines).encode()), actor=OPERATOR, at=_AT)
        for number in range(PEOPLE):
            facts = PersonFacts(surname=f"Ash{number}", given="Test", born_on=date(1990, 1, 1), sex=Sex.MALE)
            person = register_person(session, facts, actor=OPERATOR, at=_AT)
            open_booking(session, person, admitted_at=_AT, recorded_at=_AT, by="bench")
        for number, key in enumerate(_KEYS):
            session.add(
                Terminal(
                    name=f"gate-{number}",
                    checkpoint_code=f"gate-{number}",
                    verifying_key=public_bytes(key.public_key()),
                    sealing_key=public_bytes(OpeningKey.generate().public_key()),
                    certificate_fingerprint="0" * 64,
                    certificate_until_at=_AT + timedelta(days=300),
                    granted_at=_AT - timedelta(days=1),
                    status=Status.ACTIVE,
                )
            )


def _backlog(entries: int) -> list[Delivery]:
    """What the terminals send, as the broker hands it over: batches of all of them in turn."""
    each = entries // TERMINALS
    sent = [_journal(number, each) for number in range(TERMINALS)]
    return [batch for turn in zip(*sent, strict=True) for batch in turn]


def _journal(number: int, entries: int) -> list[Delivery]:
    name, journal_id, key = f"gate-{number}", number.to_bytes(16, "big"), _KEYS[number]
    before, raws = [genesis(name, journal_id)], list[bytes]()
    for sequence in range(1, entries + 1):
        raws.append(_entry(number, sequence))
        before.append(link(before[-1], raws[-1]))
    return [
        Delivery(
            topic(name, Channel.JOURNAL),
            seal_batch(
                name,
                journal_id,
                first + 1,
                before[first],
                raws[first : first + A_BATCH],
                key,
                historical=True,
            ),
            _AT,
        )
        for first in range(0, entries, A_BATCH)
    ]


def _entry(number: int, sequence: int) -> bytes:
    at = _AT - timedelta(days=1) + timedelta(seconds=40 * sequence + number / 10)
    person = f"P-{1 + (number * 37 + sequence * 11) % PEOPLE:06d}"
    said = passage(f"gate-{number}", "yard", f"room-{number}", person, admitted=sequence % 20 != 0)
    return entry(sequence, 40_000 * sequence, at, said)
