"""What a terminal makes of the engine's findings, with an engine that says what the test wants."""

from __future__ import annotations

from dataclasses import dataclass, fields
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from edge.identification import RollIdentifier
from edge.ports import Capture, Finding, RollFacts
from edge.roll_copy import RollCopy
from matching import Advice, ImageError, Quality, Template
from matching.gallery import Candidate, Identification
from matching.gallery import Outcome as Found
from wire.happenings import Outcome
from wire.settings import PassageRules
from wire.versions import NOTHING

IMAGE = np.zeros((288, 256), np.uint8)
FINE = Quality(80, Advice.OK, 110.0, 40.0, hint=Advice.TOO_DRY)


def template(certain: int) -> Template:
    """One of this many minutiae that are certainly there."""
    columns = {name: np.zeros(certain, np.uint8) for name in ("angle", "kind")}
    places = np.arange(certain, dtype=np.int16)
    return Template(
        x=places, y=places, quality=np.full(certain, 100, np.uint8), width=256, height=288, **columns
    )


@dataclass
class Engine:
    quality: Quality
    found: Template | None
    extractions: int = 0
    alike: float = 1.0

    def assess(self, image: NDArray[Any], dpi: float = 500) -> Quality:
        return self.quality

    def compare(self, probe: Template, candidate: Template) -> float:
        return self.alike

    def extract(self, image: NDArray[Any], dpi: float = 500) -> Template:
        self.extractions += 1
        if self.found is None:
            raise ImageError("The image is too small.")
        return self.found


def nobody() -> Identification:
    return _answer(Found.NO_MATCH, None, 1.2)


def somebody() -> Identification:
    return _answer(Found.MATCH, "P-1", 9.0)


def _answer(outcome: Found, key: str | None, score: float) -> Identification:
    values = {"outcome": outcome, "key": key, "score": score, "runner_up": 0.8, "searched": 30}
    return Identification(**{field.name: values.get(field.name, 6.0) for field in fields(Identification)})


class Roll:
    """A roll copy on which every search has the same answer."""

    def __init__(self, answer: Identification) -> None:
        likely = [Candidate("P-1", answer.score), Candidate("P-gone", 1.1), Candidate("P-2", 0.8)]
        gallery = SimpleNamespace(
            identify=lambda probe, **rates: answer, candidates=lambda probe, count: likely[:count]
        )
        zones = {"P-1": frozenset({"yard"}), "P-2": frozenset({"yard"})}
        self._content = SimpleNamespace(gallery=gallery, zones=zones, expected=frozenset({"P-1"}))

    def content(self) -> Any:
        return self._content

    def facts(self, content: Any) -> RollFacts:
        return RollFacts(NOTHING, 0, content.zones)


def find(
    engine: Engine, answer: Identification, policy: str = "when_unsure", first: Finding | None = None
) -> Finding:
    rules = PassageRules(
        tries=3,
        retry_s=10.0,
        lamp_s=1.5,
        expected_fmr=1e-5,
        site_fmr=1e-6,
        second_finger=policy,  # type: ignore[arg-type]
    )
    capture = Capture(IMAGE, 500, 0.0)
    return RollIdentifier(engine, cast(RollCopy, Roll(answer)), rules).identify(capture, first)[0]


@pytest.mark.parametrize("advice", [Advice.WIPE_GLASS, Advice.PLACE_FINGER, Advice.TOO_FEW_RIDGES])
def test_what_may_be_the_trace_of_the_person_before_is_never_searched_for(advice: Advice) -> None:
    engine = Engine(Quality(9, advice, 60.0, 8.0), template(30))
    found = find(engine, somebody())
    assert (found.outcome, found.advice, found.quality) == (Outcome.POOR_QUALITY, advice.value, 9)
    assert engine.extractions == 0


@pytest.mark.parametrize("advice", [Advice.MOVE_LEFT, Advice.CENTRE_FINGER, Advice.TOO_WET])
def test_a_misplaced_finger_that_matches_need_not_come_again(advice: Advice) -> None:
    found = find(Engine(Quality(9, advice, 60.0, 8.0), template(30)), somebody())
    assert (found.outcome, found.person, found.advice) == (Outcome.MATCH, "P-1", "")


def test_a_misplaced_finger_that_nobody_has_is_no_stranger_but_misplaced() -> None:
    found = find(Engine(Quality(9, Advice.MOVE_LEFT, 60.0, 8.0), template(30)), nobody())
    assert (found.outcome, found.advice, found.quality) == (Outcome.POOR_QUALITY, "move finger left", 9)


@pytest.mark.parametrize(
    ("score", "policy", "unsure"),
    [
        (6.5, "when_unsure", True),
        (7.0, "when_unsure", False),
        (6.5, "never", False),
        (6.5, "always_at_site_search", False),  # expected here: not a search of the site
    ],
)
def test_a_match_is_unsure_by_the_gates_policy(score: float, policy: str, unsure: bool) -> None:
    found = find(Engine(FINE, template(20)), _answer(Found.MATCH, "P-1", score), policy)
    assert (found.outcome, found.person, found.unsure) == (Outcome.MATCH, "P-1", unsure)


def test_a_match_of_somebody_not_expected_here_is_unsure_where_the_policy_says_so() -> None:
    elsewhere = _answer(Found.MATCH, "P-2", 12.0)
    assert find(Engine(FINE, template(20)), elsewhere, "always_at_site_search").unsure
    assert not find(Engine(FINE, template(20)), elsewhere, "when_unsure").unsure


def test_whoever_is_not_on_the_roll_any_more_is_no_candidate() -> None:
    found = find(Engine(FINE, template(20)), nobody())
    assert [likely.person for likely in found.candidates] == ["P-1", "P-2"]
    assert "probe" not in repr(found)


def test_another_finger_confirms_whom_the_first_one_named() -> None:
    engine = Engine(FINE, template(20))
    first = find(engine, _answer(Found.MATCH, "P-1", 6.5))
    second = find(engine, _answer(Found.NO_MATCH, None, 4.0), first=first)
    assert (second.outcome, second.person, second.unsure) == (Outcome.MATCH, "P-1", False)
    assert second.second_finger
    assert second.score > first.score


def test_an_image_the_engine_cannot_use_is_of_poor_quality() -> None:
    found = find(Engine(FINE, None), somebody())
    assert (found.outcome, found.advice, found.person) == (Outcome.POOR_QUALITY, "image", None)


def test_the_journal_gets_the_quality_of_the_minutiae() -> None:
    assert find(Engine(FINE, template(20)), somebody()).quality == 50


def test_nobody_found_with_few_minutiae_says_what_would_help() -> None:
    found = find(Engine(FINE, template(2)), nobody())
    assert (found.outcome, found.advice, found.quality) == (Outcome.NO_MATCH, "too dry", 5)


def test_nobody_found_on_a_good_image_is_nobodys_fault() -> None:
    assert find(Engine(FINE, template(20)), nobody()).advice == ""


def test_a_match_needs_no_advice_however_poor_the_image() -> None:
    found = find(Engine(FINE, template(2)), somebody())
    assert (found.outcome, found.person, found.advice) == (Outcome.MATCH, "P-1", "")
