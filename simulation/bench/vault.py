"""A vault full of drawn fingers, one of each person, written by the thousand."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import insert, select

from hub.biometrics.records import Finger, PersonKey
from hub.biometrics.vault import PersonLock, Vault
from hub.custody.records import Person
from hub.database import Sessions, session_scope
from simulation.bench.population import enrolled_touch

Batches = Iterator[tuple[int, list[bytes]]]
"""The number of the first finger of each lot, and its records."""

_AT_ONCE = 500
_POSITION = 2
_NICE = 10
"""The people are invented meanwhile, by one process."""


@contextmanager
def drawn_beside(fingers: int) -> Iterator[Batches]:
    """Templates of so many fingers, drawn by other processes while this one does something else."""
    firsts = range(0, fingers, _AT_ONCE)
    lasts = [min(fingers, first + _AT_ONCE) for first in firsts]
    # Not forked: the search keeps threads, and a fork takes along their locks without them.
    apart = multiprocessing.get_context("spawn")
    processes = ProcessPoolExecutor(os.cpu_count(), mp_context=apart, initializer=os.nice, initargs=(_NICE,))
    try:
        yield zip(firsts, processes.map(_records, firsts, lasts), strict=True)
    finally:
        processes.shutdown(cancel_futures=True)


def fill_vault(
    sessions: Sessions, vault: Vault, fingers: int, drawn: Batches, told: Callable[[int], None]
) -> None:
    """Finger `n` of the population becomes that of the n-th person who has none; there must be as many people."""
    with session_scope(sessions, writes=False) as session:
        wanted = select(Person.id).where(Person.id.not_in(select(PersonKey.person_id)))
        people = session.scalars(wanted.order_by(Person.id).limit(fingers)).all()
    if len(people) < fingers:
        raise SystemExit(
            f"there are {len(people):,} people for {fingers:,} fingers; its figures would mean nothing"
        )
    for first, records in drawn:
        _write(sessions, vault, people[first : first + len(records)], records)
        told(first + len(records))


def _records(first: int, end: int) -> list[bytes]:
    return [enrolled_touch(number).to_iso() for number in range(first, end)]


def _write(sessions: Sessions, vault: Vault, people: Sequence[int], records: Sequence[bytes]) -> None:
    at = datetime.now(UTC)
    with session_scope(sessions) as session:
        locks: dict[int, PersonLock] = {who: vault.make_person_key(session, who, at=at) for who in people}
        session.flush()
        rows = [
            {
                "person_id": who,
                "position": _POSITION,
                "impression": 1,
                "quality": 80,
                "sealed_template": locks[who].lock(record, "template", _POSITION, 1),
                "sealed_image": b"",
                "enrolled_at": at,
                "enrolled_by": "bench",
            }
            for who, record in zip(people, records, strict=True)
        ]
        session.execute(insert(Finger), rows)
