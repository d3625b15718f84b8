"""Overwriting what was deleted on PostgreSQL: small tables at once, large ones once a night, and nobody waits."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import Engine, text

from hub import overwriting
from hub.database import make_engine, make_sessions
from hub.overwriting import Traces, size_of
from hub.web.formats import SITE_ZONE

from ... import databases

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=SITE_ZONE)
NIGHT = NOON.replace(hour=3)
TABLES = ("forensic_words", "inbox_words")

pytestmark = pytest.mark.skipif(bool(databases.missing()), reason=databases.missing() or "PostgreSQL")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = make_engine(databases.new_database(tmp_path, migrated=True, postgresql=True))
    yield engine
    engine.dispose()


def file_of(engine: Engine) -> str:
    """Which file holds the table: another one once it was written anew."""
    with engine.connect() as connection:
        return str(connection.scalar(text("SELECT pg_relation_filepath('inbox_words')")))


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overwriting, "SMALL_BYTES", 0)


def test_a_small_table_is_written_anew_at_any_hour_and_once(engine: Engine) -> None:
    sessions = make_sessions(engine)
    assert 0 < size_of(sessions, TABLES) < overwriting.SMALL_BYTES
    traces, before = Traces(sessions, *TABLES), file_of(engine)
    assert traces.overwrite(NOON)
    first = file_of(engine)
    assert first != before
    assert traces.overwrite(NOON)
    assert file_of(engine) == first, "nothing was deleted since"
    traces.add()
    assert traces.overwrite(NOON)
    assert file_of(engine) != first


@pytest.mark.usefixtures("large")
def test_a_large_one_waits_for_the_night_and_is_written_once_in_it(engine: Engine) -> None:
    traces, before = Traces(make_sessions(engine), *TABLES), file_of(engine)
    assert not traces.overwrite(NOON)
    assert file_of(engine) == before
    assert traces.overwrite(NIGHT)
    after = file_of(engine)
    assert after != before
    traces.add()
    assert not traces.overwrite(NIGHT + timedelta(minutes=1))
    assert file_of(engine) == after
    assert traces.overwrite(NIGHT + timedelta(days=1))
    assert file_of(engine) != after


def test_it_gives_way_to_whoever_holds_a_row_and_says_so_after_days(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    traces, before = Traces(make_sessions(engine), *TABLES), file_of(engine)
    with engine.connect() as writer:
        writer.execute(text("LOCK TABLE inbox_words IN ROW EXCLUSIVE MODE"))
        began = monotonic()
        with caplog.at_level(logging.WARNING):
            assert not traces.overwrite(NIGHT)
            assert caplog.messages == []
            assert not traces.overwrite(NIGHT + timedelta(days=4))
        assert caplog.messages == ["what was deleted is not overwritten"]
        assert monotonic() - began < 5, "a page that wants the table would wait as long"
    assert file_of(engine) == before
    assert traces.overwrite(NIGHT + timedelta(days=4))
    assert file_of(engine) != before
