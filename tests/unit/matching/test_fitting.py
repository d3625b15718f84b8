from __future__ import annotations

import math

import numpy as np
import pytest

from matching.comparison.calibration import Calibration
from matching.fitting import observed, parameters
from matching.fitting.impostors import Impostors, impostors, part_of
from matching.fitting.table import fit_table

from .made_minutiae import finger, touch


def made(pairs: int, decade: float, seed: int = 0) -> Impostors:
    """Raw scores that fall by a power of ten in each `decade`, over extents of all rows."""
    random = np.random.default_rng(seed)
    extent_px2 = np.exp(random.uniform(math.log(400), math.log(60_000), pairs))
    raw = -np.log10(random.uniform(size=pairs)) * decade
    return Impostors("made", raw, extent_px2, np.arange(pairs) % 2 == 0)


class TestTable:
    def test_finds_how_scores_fall_off(self):
        table = fit_table([made(200_000, 0.01)])
        assert np.allclose(table[:, 1], 0.01 * math.log10(2), rtol=0.1)
        assert np.allclose(table[:, 2], 0.02, rtol=0.1)
        assert np.allclose(table[:, 3], 0.01, rtol=0.2)
        assert (np.diff(table[:, 0]) > 0).all()

    def test_the_worst_sensor_counts(self):
        alone = fit_table([made(100_000, 0.02)])
        assert (fit_table([made(100_000, 0.02), made(100_000, 0.01, seed=1)])[:, 1:] >= alone[:, 1:]).all()

    def test_rates_are_kept(self):
        each = made(200_000, 0.01)
        counts = observed.observed(each, Calibration(fit_table([each])))
        for score, reached in counts["whole"]["reach"].items():
            low, high = np.array([0.5, 2.0]) * 10 ** -float(score) * 100_000 + np.array([-4, 4])
            assert low <= reached <= high

    def test_too_few_pairs_are_refused(self):
        with pytest.raises(ValueError, match="Too few prints"):
            fit_table([made(500, 0.01)])


def test_supports_what_three_pairs_can_reach():
    assert observed.supported([made(60_000, 0.01)]) == pytest.approx(4.0)


def test_whole_prints_and_parts_of_different_fingers(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(parameters, "PART_PAIRS", 80)
    fingers = [str(seed) for seed in range(4) for _ in range(2)]
    templates = [touch(finger(seed), seed * 10 + again) for seed in range(4) for again in range(2)]
    found = impostors("made", fingers, templates, seed=1)
    assert found.whole.sum() == 24
    assert (~found.whole).sum() == 12, "two parts, each with the six prints of other fingers"
    assert found.raw.min() >= 0
    assert np.median(found.extent_px2[found.whole]) > np.median(found.extent_px2[~found.whole])


def test_a_part_is_some_of_the_print():
    whole = finger(3)
    for seed in range(20):
        part = part_of(whole, np.random.default_rng(seed))
        assert 3 <= len(part) <= 40
        assert set(zip(part.x, part.y, part.angle, strict=True)) <= set(
            zip(whole.x, whole.y, whole.angle, strict=True)
        )
