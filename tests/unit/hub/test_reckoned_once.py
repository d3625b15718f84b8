"""What was reckoned before is given again only while nothing that went into it has changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import msgspec
import pytest
from hypothesis import given

from hub.custody.sentencing import basis
from hub.custody.sentencing.basis import Rules, digest_of, work_out, worked_out
from hub.custody.sentencing.case import Case, Sentenced
from hub.custody.sentencing.forms import Imposed, SentenceType, Term
from hub.custody.sentencing.policy import NonWorking, Numbered, Policy

from .test_sentencing_properties import TODAY, TRIES, cases, policies

POLICY = Policy(
    name="p", authority="a", effective_on=date(2000, 1, 1), serve="2/3", non_working=NonWorking.BEFORE
)
RULES = Rules((Numbered(1, POLICY),), frozenset(), TODAY)
TERM = Imposed(type=SentenceType.TERM, imposed_on=date(2021, 3, 1), term=Term(years=3))
CASE = Case((Sentenced(1, 1, TERM),))


def reckoned(monkeypatch: pytest.MonkeyPatch) -> list[Case]:
    """What is reckoned from here on."""
    seen: list[Case] = []
    plain = basis.reckon

    def counting(case, *more, **named):  # type: ignore[no-untyped-def]
        seen.append(case)
        return plain(case, *more, **named)

    monkeypatch.setattr(basis, "reckon", counting)
    monkeypatch.setattr(basis, "_MEMORY", basis._Memory())
    return seen


def test_the_same_again_is_not_reckoned_again(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = reckoned(monkeypatch)
    first = worked_out(CASE, RULES)
    again = worked_out(msgspec.convert(msgspec.to_builtins(CASE), Case), replace(RULES, today=TODAY))
    assert (len(seen), again) == (1, first)


def test_whatever_changes_is_reckoned_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = reckoned(monkeypatch)
    due_on = worked_out(CASE, RULES).reckoned.dates.release_on
    assert due_on is not None
    longer = Case((Sentenced(1, 1, msgspec.structs.replace(TERM, term=Term(years=4))),))
    half = replace(RULES, policies=(Numbered(1, msgspec.structs.replace(POLICY, serve="1/2")),))
    closed = replace(RULES, holidays=frozenset({due_on}))
    tomorrow = replace(RULES, today=date(2040, 1, 2))
    found = [worked_out(longer, RULES), *(worked_out(CASE, rules) for rules in (half, closed, tomorrow))]
    assert len(seen) == 5
    assert [one.reckoned.dates.release_on == due_on for one in found] == [False, False, False, True]
    assert worked_out(CASE, RULES).reckoned.dates.release_on == due_on


def test_no_more_is_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = reckoned(monkeypatch)
    monkeypatch.setattr(basis, "_KEPT", 2)
    for year in (1, 2, 3, 3, 1):
        worked_out(Case((Sentenced(1, 1, msgspec.structs.replace(TERM, term=Term(years=year))),)), RULES)
    assert [one.sentences[0].imposed.term for one in seen] == [Term(years=year) for year in (1, 2, 3, 1)]


@TRIES
@given(case=cases(), policy=policies)
def test_it_is_what_reckoning_gives(case: Case, policy: Policy) -> None:
    rules = Rules((Numbered(1, policy),), frozenset({date(2022, 12, 26)}), TODAY)
    fresh = work_out(case, rules).reckoned
    for _ in range(2):
        found = worked_out(case, rules)
        assert (found.reckoned, found.digest) == (fresh, digest_of(case, fresh, rules))
