"""Nothing serves on a database of another version: every write would fail, one page after the other."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text

from hub import settings
from hub.__main__ import main
from hub.database import make_engine
from hub.errors import HubError
from hub.migrations import VERSIONS, check_current, revisions, upgrade

from ...databases import new_database


def test_an_older_database_is_refused_until_it_is_brought_up(tmp_path: Path) -> None:
    engine = make_engine(new_database(tmp_path))
    with pytest.raises(HubError, match=r"older version.*pims-hub init --data"):
        check_current(engine, tmp_path)
    upgrade(engine, "0001_people")
    with pytest.raises(HubError, match="older version"):
        check_current(engine, tmp_path)
    upgrade(engine)
    check_current(engine, tmp_path)
    engine.dispose()


def test_the_newest_version_is_that_which_alembic_finds() -> None:
    directory = ScriptDirectory(str(VERSIONS.parent))
    known, newest = revisions()
    assert newest == directory.get_current_head()
    assert known == {one.revision for one in directory.walk_revisions()}


@pytest.mark.parametrize("serving", [["web", "--plain-http", "--port", "0"], ["ingest"]])
def test_nothing_that_serves_starts_on_an_older_database(
    tmp_path: Path, serving: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    settings.write_first(tmp_path, database=new_database(tmp_path))
    assert main([*serving, "--data", str(tmp_path)]) != 0
    assert "older version" in capsys.readouterr().err


def test_a_newer_database_asks_for_the_newer_software(tmp_path: Path) -> None:
    engine = make_engine(new_database(tmp_path, migrated=True))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(HubError, match="newer version of this software"):
        check_current(engine, tmp_path)
    engine.dispose()


def test_a_database_that_is_away_is_waited_for(tmp_path: Path) -> None:
    engine = make_engine("postgresql://nobody@127.0.0.1:1/nothing")
    check_current(engine, tmp_path)
    engine.dispose()
