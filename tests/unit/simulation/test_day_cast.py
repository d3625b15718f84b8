"""The parts of the day: who plays what, in which order, and what a number of people is too few."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest

from simulation.day import play
from simulation.day.cast import FEWEST, Cast, give_parts
from simulation.day.script import SCRIPT, Chapter
from simulation.day.site import BLOCK_A, BLOCK_B, DAY_PRISON, LEFT, OUTSIDE
from simulation.facility import YARD
from simulation.options import arguments
from simulation.people import Walker, cast


def parts(people: int = FEWEST) -> Cast:
    hands: list[list[Any]] = [[object()] for _ in range(people)]
    walkers = cast(hands, DAY_PRISON, 0, random.Random(1))
    return give_parts(walkers, {one.index: f"P{one.index}" for one in walkers})


def test_nobody_has_two_parts_that_call_them_to_two_places() -> None:
    given = parts()
    alone = [
        *given.workers,
        given.twice,
        given.apart[1],
        given.late,
        given.patient,
        *given.visitors,
        *given.convoy,
        given.released,
        given.summoned,
        given.misread,
    ]
    assert len({one.index for one in alone}) == len(alone)
    assert given.hider in given.workers
    assert given.apart[0] in given.workers


def test_whoever_is_counted_twice_and_whoever_hides_live_in_the_first_unit() -> None:
    given = parts()
    assert {given.hider.home, given.twice.home} == {BLOCK_A}
    assert given.apart[0].home != given.apart[1].home


def test_too_few_people_are_refused() -> None:
    with pytest.raises(ValueError, match=str(FEWEST)):
        parts(FEWEST - 2)


def test_every_block_can_be_left_and_entered_past_a_terminal() -> None:
    gates = {gate.terminal: (gate.from_zone, gate.to_zone) for gate in DAY_PRISON.gates}
    for block in (BLOCK_A, BLOCK_B):
        assert gates[block] == (YARD, block)
        assert gates[block + LEFT] == (block, YARD)
    assert gates[OUTSIDE] == (YARD, OUTSIDE)


def test_beyond_yard_and_block_nobody_goes_without_a_pass() -> None:
    someone = Walker(0, "Acorn", "Amado", date(1980, 1, 1), BLOCK_A, DAY_PRISON.allowed(BLOCK_A), True, ())
    assert set(someone.zones) == {YARD, BLOCK_A}


def test_chapters_follow_the_hours_and_say_where_to_look() -> None:
    assert [one.at for one in SCRIPT] == sorted(one.at for one in SCRIPT)
    assert all("/" in one.look for one in SCRIPT)


def test_a_chapter_that_fails_ends_the_day_and_is_told_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_stage: object) -> None:
        raise LookupError("the van")

    monkeypatch.setattr(play, "SCRIPT", (Chapter("10:00", "court", "/external", fails), SCRIPT[0]))
    monkeypatch.setattr(play, "_PREPARING", Chapter("06:45", "before", "", lambda _stage: None))
    said: list[str] = []
    diary = play.play(None, said.append)  # type: ignore[arg-type]
    assert "10:00 court" in diary.broke_off
    assert "the van" in said[-1]
    assert list(diary.took_s) == ["06:45 before", "10:00 court"]


def test_the_day_is_headless_and_needs_its_people() -> None:
    chosen = arguments(["--day"])
    assert chosen.headless
    assert chosen.people == FEWEST
    assert chosen.invented == 0
    assert arguments(["--headless", "--day"]).day
    assert arguments(["--headless", "--scans", "20"]).people == 40
    for words in (["--day", "--people", "5"], ["--people", "5"], ["--day", "--kill"]):
        with pytest.raises(SystemExit):
            arguments(words)
