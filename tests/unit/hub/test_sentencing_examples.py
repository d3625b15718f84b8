"""The reckoner against dates that were reckoned by hand."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hub.custody.sentencing.case import (
    Adjusted,
    Case,
    Credited,
    Outcome,
    Paid,
    Reckoned,
    Sentenced,
    decode,
    encode,
)
from hub.custody.sentencing.forms import (
    Adjustment,
    AdjustmentType,
    FinePayment,
    Imposed,
    RemandCredit,
    SentenceType,
    Term,
)
from hub.custody.sentencing.policy import Numbered, Policy
from hub.custody.sentencing.reckoner import reckon

TODAY = date(2026, 11, 22)


@cache
def table() -> dict[str, Any]:
    raw = (Path(__file__).parent / "sentencing" / "examples.toml").read_text()
    return tomllib.loads(raw, parse_float=Decimal)


def examples() -> list[Any]:
    return [pytest.param(example, id=example["name"]) for example in table()["example"]]


def term_of(text: str) -> Term:
    parts = {unit: int(count) for count, unit in re.findall(r"(\d+)([ymwd])", text)}
    return Term(parts.get("y", 0), parts.get("m", 0), parts.get("w", 0), parts.get("d", 0))


def policy_of(name: str, place: int) -> Numbered:
    values = {
        "name": name,
        "authority": "invented",
        "effective_on": "2000-01-01",
        **table()["policies"][name],
    }
    for field in ("remission_over", "life_parole"):
        if field in values:
            values[field] = msgspec.to_builtins(term_of(values[field]))
    return Numbered(place, msgspec.convert(values, Policy))


def case_of(example: dict[str, Any]) -> Case:
    sentences = tuple(
        Sentenced(
            number,
            number,
            Imposed(
                type=SentenceType(one.get("type", "term")),
                imposed_on=one["on"],
                starts_on=one.get("starts"),
                term=term_of(one.get("term", "")),
                consecutive_to=one.get("after"),
                fine_cents=int(one.get("fine", 0) * 100),
            ),
            iccs=one.get("iccs", ""),
            offence_on=one.get("offence"),
        )
        for number, one in enumerate(example["sentences"], start=1)
    )
    credits = tuple(
        Credited(
            200 + number,
            RemandCredit(
                days=one.get("days", 0),
                term=term_of(one.get("term", "")),
                sentence=one.get("towards"),
                stated_by_court=one.get("stated_by_court", True),
                already_in_term=one.get("already_in_term", False),
                from_on=one.get("from"),
                until_on=one.get("until"),
            ),
        )
        for number, one in enumerate(example.get("credits", ()))
    )
    payments = tuple(
        Paid(
            100 + number, FinePayment(sentence=one["for"], paid_on=one["on"], cents=int(one["dollars"] * 100))
        )
        for number, one in enumerate(example.get("payments", ()))
    )
    adjustments = tuple(
        Adjusted(
            300 + number,
            Adjustment(
                type=AdjustmentType(one["type"]),
                days=one.get("days", 0),
                from_on=one.get("from"),
                until_on=one.get("until"),
            ),
        )
        for number, one in enumerate(example.get("adjustments", ()))
    )
    return Case(sentences, payments, credits, adjustments)


def answer(example: dict[str, Any]) -> Reckoned:
    rules = [policy_of(name, place) for place, name in enumerate(example.get("policy", ()), start=1)]
    return reckon(case_of(example), rules, example.get("holidays", ()), today=TODAY)


@pytest.mark.parametrize("example", examples())
def test_an_example_comes_out_as_reckoned_by_hand(example: dict[str, Any]) -> None:
    found = answer(example)
    implied = Outcome.RELEASE if "release" in example else Outcome.NOT_LATER_THAN
    dates = found.dates
    assert dates.outcome == example.get("outcome", implied)
    assert dates.release_on == example.get("release")
    assert dates.full_term_on == example.get("full_term")
    assert dates.parole_on == example.get("parole")
    assert dates.licence_until_on == example.get("licence")
    assert [problem.code for problem in found.problems] == example.get("problems", [])
    assert decode(encode(found)) == found
    if dates.best_on is not None:
        assert dates.best_on in {step.on for step in found.steps}, "the date stands in one of the steps"


def test_there_are_enough_and_each_says_how_it_was_reckoned() -> None:
    found = table()["example"]
    assert len(found) >= 60
    assert len({example["name"] for example in found}) == len(found)
    assert all(example["reckoning"].strip() for example in found)
