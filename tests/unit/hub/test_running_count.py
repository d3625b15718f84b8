"""The running count on paper: a whole PDF, in a folder of its owner alone, and at a printer that may fail."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from hub.__main__ import main
from hub.database import session_scope
from hub.headcount.limits import rules_at
from hub.headcount.on_paper import KEPT, keep
from hub.headcount.pdf import LINES, Text, write_pdf
from hub.headcount.records import RunningCount
from hub.headcount.running import running
from hub.headcount.schedule import CountWatch, shift_hours
from hub.movements.alarms.records import Alarm

from .count_world import prison
from .site_world import World


def whole(document: bytes) -> int:
    """How many pages; every object stands where the table of places says."""
    start = re.search(rb"startxref\n(\d+)\n%%EOF\n$", document)
    assert start is not None
    assert document[int(start[1]) :].startswith(b"xref\n")
    for number, place in enumerate(re.findall(rb"(\d{10}) 00000 n", document), 1):
        assert document[int(place) :].startswith(b"%d 0 obj\n" % number)
    for length, content in re.findall(rb"/Length (\d+) >>\nstream\n(.*?)\nendstream", document, re.DOTALL):
        assert len(content) == int(length)
    return document.count(b"/Type /Page ")


def test_a_document_breaks_into_pages_and_keeps_every_line() -> None:
    lines = [Text(f"line {number}") for number in range(LINES + 1)]
    document = write_pdf([*lines, Text("unit", strong=True, new_page=True)], title="t", foot="f")
    assert whole(document) == 3
    assert all(b"(%s) Tj" % line.text.encode() in document for line in lines)
    assert b"1/3" in document


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Núñez", "Núñez".encode("cp1252")),
        (r"a (b) \c", rb"a \(b\) \\c"),
        ("Łódź 🚪", b"?\xf3dz ?"),
        ("a\nb\x00", b"a b "),
    ],
)
def test_what_no_printer_knows_does_no_harm(text: str, drawn: bytes) -> None:
    document = write_pdf([Text(text)], title="", foot="")
    assert b"(" + drawn + b") Tj" in document
    assert whole(document) == 1


def test_each_shift_makes_its_paper_and_old_ones_go(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    prison(world)
    world.settings()
    folder = world.folder / "running-counts"
    folder.mkdir()
    for number in range(KEPT + 3):
        (folder / f"running-count-2020-01-{number + 1:02}T0600.pdf").write_bytes(b"old")
    monkeypatch.delenv("PIMS_PRINTER", raising=False)
    assert main(["running-count", "--data", str(world.folder)]) == 0
    kept = sorted(folder.glob("*.pdf"))
    assert len(kept) == KEPT
    newest = kept[-1].read_bytes()
    assert whole(newest) == 3, "totals, and a page for each unit"
    assert b"ALVAREZ, Jo" in newest
    assert kept[-1].stat().st_mode & 0o777 == 0o600


def test_a_printer_that_fails_is_said_and_the_file_is_there(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prison(world)
    world.settings()
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    call = ["running-count", "--data", str(world.folder), "--to", str(tmp_path / "out"), "--print", "gate"]
    assert main(call) == 1
    assert "Not printed: lp is not installed" in capsys.readouterr().out
    program = programs / "lp"
    program.write_text('#!/bin/sh\n[ "$1 $2 $3" = "-d gate --" ] || exit 9\necho out of paper >&2\nexit 1\n')
    program.chmod(0o755)
    assert main(call) == 1
    assert "Not printed: out of paper" in capsys.readouterr().out
    program.write_text("#!/bin/sh\nexit 0\n")
    assert main(call) == 0
    with session_scope(world.sessions, writes=False) as session:
        made = session.query(RunningCount).order_by(RunningCount.id).all()
        assert [(row.printer, row.trouble) for row in made] == [
            ("gate", "lp is not installed"),
            ("gate", "out of paper"),
            ("gate", ""),
        ]
        assert [one.over_at is not None for one in session.query(Alarm)] == [True], "one alarm, and its end"
    assert list((tmp_path / "out").glob("*.pdf")) != []


def test_a_shift_without_its_paper_rings_once_where_there_was_paper_before(world: World) -> None:
    made = prison(world)
    watch = CountWatch(world.sessions)
    world.later(days=1)
    watch.tick(world.at)
    assert made.alarms() == [], "nobody has turned the timer on"
    with session_scope(world.sessions) as session:
        rules = rules_at(session, world.at)
        last, shift = shift_hours(rules, world.at)[-2:]
        keep(session, running(session, world.at), world.folder / "paper", "en", printer=None, at=last)
    for wait_s, rung in ((0, 0), (rules.not_held_s, 1), (2 * rules.not_held_s, 1)):
        CountWatch(world.sessions).tick(shift + timedelta(seconds=wait_s))
        assert made.alarms().count("running_count") == rung, wait_s
