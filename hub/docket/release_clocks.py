"""Dates of release of many people at once, as the reckoner of sentences knows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from hub.custody.facts.bulk import Piles
from hub.custody.sentencing.basis import Rules
from hub.custody.sentencing.case import Case, Weight
from hub.custody.sentencing.dates import Certainty, Signed, judge, newest_signed
from hub.custody.sentencing.forms import SENTENCE
from hub.custody.sentencing.reading import KINDS, case_of_kinds
from hub.docket.snapshot import ReleaseClock, Sureness
from hub.docket.surroundings import Surroundings
from hub.docket.troubles import Trouble, attempt
from hub.sentences import Sentence

_SURENESS: Final = {
    Certainty.VERIFIED: Sureness.VERIFIED,
    Certainty.UNVERIFIED: Sureness.UNVERIFIED,
    Certainty.NOT_LATER_THAN: Sureness.NOT_LATER_THAN,
    Certainty.NO_DATE: Sureness.WITHOUT_DATE,
}
_DATE: Final = Sentence("Date of release")


def release_clocks(
    session: Session, around: Surroundings, piles: Mapping[int, Piles]
) -> dict[int, ReleaseClock | Trouble]:
    """By stay, from what was read of each. One without a sentence is left out; one that cannot be reckoned says why."""
    clocks: dict[int, ReleaseClock | Trouble] = {}
    cases: dict[int, Case] = {}
    for stay, read in piles.items():
        if SENTENCE.name not in read:
            continue
        match attempt(_DATE, _case, read):
            case Trouble() as trouble:
                clocks[stay] = trouble
            case Case() as found:
                cases[stay] = found
    if not cases:
        return clocks  # on remand, as most are: signatures need not be read
    signed = newest_signed(session, cases)
    for stay, found in cases.items():
        clocks[stay] = attempt(_DATE, _clock, stay, found, around.rules, signed.get(stay))
    return clocks


def _case(piles: Piles) -> Case | None:
    return case_of_kinds({name: piles[name].rows for name in KINDS if name in piles})


def _clock(stay: int, case: Case, rules: Rules, signed: Signed | None) -> ReleaseClock:
    known = judge(stay, case, rules, signed)
    sureness = _SURENESS[known.certainty]
    blocked = [problem.code for problem in known.problems if problem.weight is not Weight.LOOK]
    if sureness is Sureness.WITHOUT_DATE and blocked:
        sureness = Sureness.NOT_RECKONED
    return ReleaseClock(
        sureness, known.on, known.parole_on, f"{known.reckoning_id} {sorted(map(str, blocked))}"
    )
