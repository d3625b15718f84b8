from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matching.comparison import build_cylinders, compare, relaxation
from matching.comparison.overlap import agreeing_share
from matching.comparison.similarity import similarities
from matching.template import Template

from .made_minutiae import HEIGHT, WIDTH, finger, template, touch


def share(first: Template, second: Template) -> float:
    """What the closer look finds, whatever the pairs are worth."""
    one, other = build_cylinders(first).rows, build_cylinders(second).rows
    alike = np.empty((len(one), len(other)), dtype=np.float32)
    similarities(one, other, alike)
    lines, columns = relaxation._pair_greedily(alike)
    agreement = relaxation._agreement(
        one, other, lines, columns, relaxation.DISTANCE_AGREEMENT, relaxation.ANGLE_AGREEMENT
    )
    kept = relaxation._relax(alike[lines, columns], agreement)
    return agreeing_share(one, other, alike, lines, columns, kept)


def pressed(of: Template, by: float) -> Template:
    """Skin dragged to the right at the top, more and more, and stretched: up to `by` times 128 pixels."""
    x, y = of.x - WIDTH / 2, of.y - HEIGHT / 2
    return template(
        np.rint(WIDTH / 2 + x * (1 + by) - by * 128 * (y / HEIGHT * 2) ** 2),
        np.rint(HEIGHT / 2 + y),
        of.angle,
    )


class TestShare:
    @pytest.mark.parametrize("seed", range(4))
    def test_nearly_all_minutiae_of_a_print_find_themselves(self, seed: int):
        assert share(finger(seed), finger(seed)) > 0.85

    @pytest.mark.parametrize("turn", [-40, 0, 25])
    def test_another_touch_finds_most(self, turn: int):
        assert share(finger(1), touch(finger(1), 3, turn_units=turn, shift=(10, -15))) > 0.5

    def test_another_finger_finds_few(self):
        shares = [share(finger(seed), finger(seed + 100)) for seed in range(12)]
        assert np.mean(shares) < 0.15
        assert max(shares) < 0.3

    @pytest.mark.parametrize("by", [0.06, 0.1])
    def test_a_finger_pressed_sideways_still_finds_most(self, by: float):
        assert share(finger(5), pressed(finger(5), by)) > 0.6

    def test_minutiae_that_should_be_there_and_are_not_speak_against_it(self):
        of, random = finger(2), np.random.default_rng(0)
        kept = random.random(len(of)) < 0.5
        others = finger(77)
        half = template(
            np.append(of.x[kept], others.x[~kept]),
            np.append(of.y[kept], others.y[~kept]),
            np.append(of.angle[kept], others.angle[~kept]),
        )
        assert share(of, half) < 0.7 * share(of, of)

    def test_doubtful_minutiae_count_for_less(self):
        of, false = finger(2), finger(55).best(12)
        x, y, angle = (np.append(getattr(of, name), getattr(false, name)) for name in ("x", "y", "angle"))
        more = template(x, y, angle)
        doubtful = replace(more, quality=np.append(of.quality, np.full(12, 5)).astype(np.uint8))
        assert share(of, doubtful) > share(of, more) + 0.02

    def test_quality_that_nobody_told_is_taken_as_usual(self):
        of = finger(3)
        silent = replace(of, quality=np.zeros(len(of), dtype=np.uint8))
        assert share(silent, silent) == pytest.approx(share(of, of), abs=0.02)


def test_a_pressed_finger_scores_as_its_own():
    assert compare(finger(5), pressed(finger(5), 0.08)) > 6
