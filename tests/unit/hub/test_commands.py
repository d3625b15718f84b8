"""`pims-hub`: each command is found, and loads by itself all that it needs."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys

import pytest

from hub.__main__ import HOMES, main, parser_for

WHAT_EACH_LOADS = """
import gc, os, sys
gc.disable()
# Other people's, once for all of them.
import alembic.command, cryptography.x509, flask_wtf, jinja2, msgspec, numpy, paho.mqtt.client, sqlalchemy.orm
from importlib import import_module
from hub.__main__ import HOMES
for home in HOMES:
    if pid := os.fork():
        _, status = os.waitpid(pid, 0)
        sys.exit(1) if status else None
        continue
    import_module("hub.website.app" if home == "hub.website.commands" else home)
    from hub.database import Base
    sqlalchemy.orm.configure_mappers()
    for table in Base.metadata.tables.values():
        for key in table.foreign_keys:
            key.column
    print(home, "openpyxl" in sys.modules, "hub.website.app" in sys.modules, flush=True)
    os._exit(0)
"""


def _commands(parser: argparse.ArgumentParser) -> set[str]:
    (action,) = (one for one in parser._actions if isinstance(one, argparse._SubParsersAction))
    return set(action.choices)


def test_a_command_that_does_not_exist_is_refused_with_those_that_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["inti"])
    said = capsys.readouterr().err
    assert "'inti'" in said
    assert "'init'" in said
    assert "'web'" in said


def test_help_lists_every_command_with_what_it_is_for(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    for command in (name for names in HOMES.values() for name in names):
        assert re.search(rf"\n {{4}}{command}\s+\w+ \w+", said), command


@pytest.mark.parametrize("home", HOMES)
def test_each_module_brings_the_commands_that_it_is_listed_with(home: str) -> None:
    for command in HOMES[home]:
        assert _commands(parser_for([command])) == set(HOMES[home])


def test_every_table_that_a_command_knows_points_at_tables_that_it_knows() -> None:
    """A row cannot be written whose table points at one that was never loaded."""
    done = subprocess.run(
        [sys.executable, "-c", WHAT_EACH_LOADS], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    loaded = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines()}
    assert set(loaded) == set(HOMES)
    assert loaded["hub.ingest.commands"] == ["False", "False"]
