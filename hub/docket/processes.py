"""Looks at many people at once: several processes read and judge, the one that asked writes what they found."""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from sqlalchemy import Engine

from hub.custody.sentencing.dates import rules_of
from hub.database import Sessions, make_engine, make_sessions, session_scope
from hub.docket.looking import Look, Marks, look_at
from hub.docket.reading import parts
from hub.docket.surroundings import Surroundings

WORTH_IT: Final = 10_000
"""People from which on a second process saves more than its start costs."""
_MOST: Final = 4
_NICE: Final = 5
"""Gates, screens and desks go first."""
_NEW_OBJECTS: Final = 1_000_000
"""Between two looks for unused objects: a part makes fewer, and leaves none in circles."""

_log: Final = logging.getLogger(__name__)


def processes_for(people: int) -> int:
    """How many processes are worth it for so many people on this machine."""
    return 1 if people < WORTH_IT else min(_MOST, len(os.sched_getaffinity(0)))


def looks(
    sessions: Sessions, around: Surroundings, marks: Marks, person_ids: Sequence[int], processes: int
) -> Iterator[Look]:
    """A look at each part of these people, in their order."""
    done = 0
    if processes > 1:
        try:
            for look in _by_others(sessions, around, marks, person_ids, processes):
                yield look
                done += 1
        except (OSError, BrokenProcessPool) as error:
            # No memory, no semaphores, somebody ended one: slower, and nobody is left out.
            _log.warning("docket: looking without further processes: %s", type(error).__name__)
    for part in list(parts(person_ids))[done:]:
        yield _look(sessions, around, marks, part)


def _look(sessions: Sessions, around: Surroundings, marks: Marks, part: Sequence[int]) -> Look:
    with _collecting_seldom(), session_scope(sessions, writes=False) as session:
        return look_at(session, around, part, marks)


def _by_others(
    sessions: Sessions, around: Surroundings, marks: Marks, person_ids: Sequence[int], processes: int
) -> Iterator[Look]:
    engine = sessions.kw["bind"]
    assert isinstance(engine, Engine)
    # Started anew, not copied: a copy would share open connections, and locks that threads of this process hold.
    anew = multiprocessing.get_context("spawn")
    given = (engine.url.render_as_string(hide_password=False), around, marks)
    with ProcessPoolExecutor(processes, mp_context=anew, initializer=_begin, initargs=given) as pool:
        yield from pool.map(_look_there, parts(person_ids))


class _Desk:
    """What a process that reads has in common for all its parts."""

    sessions: Sessions
    around: Surroundings
    marks: Marks


def _begin(url: str, around: Surroundings, marks: Marks) -> None:
    os.nice(_NICE)
    _Desk.sessions, _Desk.marks = make_sessions(make_engine(url)), marks
    with session_scope(_Desk.sessions, writes=False) as session:
        # Signatures stand under policies as they are read from the database; what was handed over is equal, and
        # would be written differently.
        rules = rules_of(session, today=around.rules.today)
    _Desk.around = replace(around, rules=rules)
    gc.freeze()


def _look_there(part: Sequence[int]) -> Look:
    return _look(_Desk.sessions, _Desk.around, _Desk.marks, part)


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(_NEW_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
