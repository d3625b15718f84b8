"""Writers of an SQLite database take turns: one that never pauses leaves the others a chance."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

import hub.database
from hub.database import Sessions, is_busy, make_engine, make_sessions, session_scope

from ...waiting import until

HOLDS_S = 0.03


def url_of(folder: Path) -> str:
    return f"sqlite:///{folder / 'turns.sqlite'}"


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[Sessions]:
    engine = make_engine(url_of(tmp_path))
    made = make_sessions(engine)
    with session_scope(made) as session:
        session.execute(text("CREATE TABLE turn (who TEXT)"))
    yield made
    engine.dispose()


def write(sessions: Sessions, who: str, holds_s: float = 0.0) -> None:
    with session_scope(sessions) as session:
        session.execute(text("INSERT INTO turn VALUES (:who)"), {"who": who})
        time.sleep(holds_s)


def go_on(url: str, stop: Event) -> None:
    engine = make_engine(url)
    sessions = make_sessions(engine)
    while not stop.is_set():
        with suppress(OperationalError):
            write(sessions, "restless", HOLDS_S)
    engine.dispose()


def written(sessions: Sessions, who: str) -> int:
    with session_scope(sessions, writes=False) as session:
        wanted = text("SELECT count(*) FROM turn WHERE who = :who")
        return int(session.execute(wanted, {"who": who}).scalar_one())


@pytest.fixture
def restless(sessions: Sessions, tmp_path: Path) -> Iterator[None]:
    """Another process that writes one transaction after another."""
    processes = get_context("spawn")
    stop = processes.Event()
    process = processes.Process(target=go_on, args=(url_of(tmp_path), stop))
    process.start()
    assert until(lambda: written(sessions, "restless") > 3)
    yield
    stop.set()
    process.join()


@pytest.mark.usefixtures("restless")
def test_one_who_writes_without_a_pause_keeps_nobody_out(sessions: Sessions) -> None:
    for _ in range(8):
        write(sessions, "patient")
    assert written(sessions, "patient") == 8


def test_one_who_holds_it_too_long_is_busy_and_nothing_worse(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub.database, "BUSY_TIMEOUT_MS", 50)
    with session_scope(sessions) as session:
        session.execute(text("INSERT INTO turn VALUES ('long')"))
        with pytest.raises(OperationalError) as caught:
            write(sessions, "other")
    assert is_busy(caught.value)
    write(sessions, "other")
