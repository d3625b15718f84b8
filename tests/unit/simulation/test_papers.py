"""The walkers' papers: the hub's manifest takes them, and nobody's term has passed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from hub.custody.facts.kinds import Form
from hub.custody.rules import OrderFacts
from hub.custody.sentencing.forms import Imposed
from hub.reception.manifest import PersonEntry
from hub.reception.manifest_facts import what_more
from simulation.facility import CELL_PLACES, SMALL_PRISON
from simulation.papers import papers_of
from simulation.people import Walker

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)


def walker(index: int) -> Walker:
    home = ("block-a", "block-b")[index % 2]
    return Walker(index, "Acorn", "Amado", date(1980, 1, 1), home, (home,), True, ())


def entry(index: int) -> PersonEntry:
    papers = papers_of(walker(index), SMALL_PRISON, 1, TODAY)
    who = {"surname": "Acorn", "given": "Amado", "sex": "M", "home_zone": walker(index).home}
    fingers: list[dict[str, Any]] = [{"position": 2, "images": ["a.png"]}]
    return msgspec.convert(who | papers | {"fingers": fingers}, PersonEntry)


def facts_of(one: PersonEntry) -> dict[str, Form]:
    assert one.order_issued_on is not None
    order = OrderFacts(one.order_kind, one.order_reference, one.order_issued_on, None)
    return {said.kind.name: said.value for said in what_more(one, order, NOW).statements}


def test_everybody_has_a_charge_and_a_sentence_that_still_runs() -> None:
    for index in range(60):
        facts = facts_of(entry(index))
        assert {"nationality", "charge", "sentence"} <= set(facts)
        sentence = facts["sentence"]
        assert isinstance(sentence, Imposed)
        least_days = 365 * sentence.term.years + 30 * sentence.term.months
        assert sentence.imposed_on < TODAY < sentence.imposed_on + timedelta(days=least_days)


def test_some_have_a_court_date_to_come_and_on_no_weekend() -> None:
    dates = [one.next_court_on for one in map(entry, range(60)) if one.next_court_on is not None]
    assert 5 <= len(dates) <= 30
    assert all(day > TODAY and day.weekday() < 5 for day in dates)


def test_no_cell_is_given_to_more_than_it_holds_and_those_left_over_get_none() -> None:
    cells = [entry(index).cell for index in range(60)]
    taken = [cell for cell in cells if cell]
    assert max(map(taken.count, taken)) == CELL_PLACES
    assert set(taken) == {*SMALL_PRISON.cells("block-a"), *SMALL_PRISON.cells("block-b")}
    assert cells[-1] == ""
