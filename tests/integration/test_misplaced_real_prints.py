"""Real fingers laid beside the middle of the glass: found at once, and never taken for somebody else."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import matching
from edge.identification import RollIdentifier
from edge.ports import Capture, RollFacts
from edge.roll_copy import RollCopy
from matching.prints import dpi_of
from wire.happenings import Outcome
from wire.settings import PassageRules
from wire.versions import NOTHING

SET = "fcj2020_half"
MISPLACED = ("101-7_3", "115-4_5")
OTHERS = ("103-4",)
RULES = PassageRules(tries=3, retry_s=10.0, lamp_s=1.5, expected_fmr=1e-5, site_fmr=1e-6)


class Roll:
    """A roll copy of these people, who may all enter."""

    def __init__(self, prints: dict[str, list[matching.Template]]) -> None:
        gallery = matching.Gallery()
        for who, found in prints.items():
            for one in found:
                gallery.enrol(who, one)
        zones = {who: frozenset({"yard"}) for who in prints}
        self._content = SimpleNamespace(gallery=gallery, zones=zones, expected=frozenset(zones))

    def content(self) -> Any:
        return self._content

    def facts(self, content: Any) -> RollFacts:
        return RollFacts(NOTHING, 0, content.zones)


@pytest.fixture(scope="module")
def enrolled(real_prints: Path) -> dict[str, list[matching.Template]]:
    """Two impressions of each finger, none of them those that are tried."""
    fingers = [name.rsplit("_", 1)[0] for name in MISPLACED] + list(OTHERS)
    chosen = {
        finger: [
            path for path in sorted((real_prints / SET).glob(f"{finger}_*")) if path.stem not in MISPLACED
        ]
        for finger in fingers
    }
    return {
        finger: [matching.extract(read(path), dpi_of(real_prints / SET)) for path in paths[:2]]
        for finger, paths in chosen.items()
    }


def read(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as image:
        return np.array(image.convert("L"))


@pytest.mark.parametrize("name", MISPLACED)
def test_a_misplaced_finger_is_found_at_once_and_is_nobody_elses(
    real_prints: Path, enrolled: dict[str, list[matching.Template]], name: str
) -> None:
    folder, finger = real_prints / SET, name.rsplit("_", 1)[0]
    capture = Capture(read(folder / f"{name}.png"), dpi_of(folder), 0.0)
    assert not matching.assess(capture.image, capture.dpi).usable  # the gate alone would ask again

    def identify(people: dict[str, list[matching.Template]]) -> tuple[Outcome, str | None]:
        found, _roll = RollIdentifier(matching, cast(RollCopy, Roll(people)), RULES).identify(capture)
        return found.outcome, found.person

    assert identify(enrolled) == (Outcome.MATCH, finger)
    without = {who: found for who, found in enrolled.items() if who != finger}
    assert identify(without) == (Outcome.POOR_QUALITY, None)
