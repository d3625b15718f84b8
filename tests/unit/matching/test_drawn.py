"""Drawn templates: nobody's, always the same for a seed, and of one finger alike."""

import subprocess
import sys
from itertools import combinations

import numpy as np
import pytest

import matching
from matching.synthesis import draw_finger
from matching.synthesis.likeness import drawn, likeness
from matching.template import Template


def test_the_same_seeds_give_the_same_template_in_another_process() -> None:
    code = (
        "from matching.synthesis import draw_finger; import hashlib;"
        "print(hashlib.sha256(draw_finger(5).impression(3).to_iso()).hexdigest())"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    import hashlib

    assert said.strip() == hashlib.sha256(draw_finger(5).impression(3).to_iso()).hexdigest()


def test_another_touch_is_another_template() -> None:
    finger = draw_finger(1)
    assert len({finger.impression(touch) for touch in range(5)}) == 5


def test_touches_of_one_finger_match_and_those_of_others_do_not() -> None:
    fingers = list(drawn(24, 2))
    genuine = [matching.compare(*touches) for touches in fingers]
    impostor = [matching.compare(a[0], b[0]) for a, b in combinations(fingers, 2)]
    assert np.median(genuine) > 8
    # 276 pairs: one in ten thousand such sets has one above 6.
    assert max(impostor) < 6


def test_minutiae_are_as_many_and_as_far_apart_as_a_real_print_s() -> None:
    touches = [touch for finger in drawn(40, 1) for touch in finger]
    assert 28 <= np.median([len(touch) for touch in touches]) <= 46
    nearest = np.concatenate([_nearest(touch) for touch in touches])
    assert 15 <= np.median(nearest) <= 26
    assert (nearest < 6).mean() < 0.02


def test_minutiae_lie_along_the_flow_and_point_either_way() -> None:
    finger = draw_finger(3)
    rows, columns = (
        np.rint((at + middle) / 8).astype(int) for at, middle in ((finger.y, 204), (finger.x, 176))
    )
    turned = (finger.direction - finger.flow[rows.clip(0, 51), columns.clip(0, 43)]) % (2 * np.pi)
    up, down = np.isclose(turned, np.pi, atol=1e-4), np.isclose(turned % (2 * np.pi), 0, atol=1e-4)
    assert (up | down).all()
    assert 0.2 < up.mean() < 0.8


def test_a_larger_glass_shows_more() -> None:
    finger = draw_finger(2)
    small, large = finger.impression(0, width=160, height=160), finger.impression(0, width=400, height=500)
    assert len(small) < len(large)
    assert (large.width, large.height) == (400, 500)


def test_negative_seeds_are_refused() -> None:
    with pytest.raises(ValueError, match="a seed must be 0 or more, not -1"):
        draw_finger(-1)
    with pytest.raises(ValueError, match="a seed must be 0 or more, not -1"):
        draw_finger(1).impression(-1)


def test_likeness_counts_pairs_and_needs_two_fingers() -> None:
    found = likeness(list(drawn(3, 3)))
    assert (len(found.genuine), len(found.impostor), len(found.minutiae)) == (9, 6, 9)
    assert found.genuine.min() > found.impostor.max()
    assert found.as_dict()["genuine"] == 9
    with pytest.raises(ValueError, match="two fingers"):
        likeness(list(drawn(1, 2)))


def _nearest(touch: Template) -> np.ndarray:
    places = touch.x.astype(float) + 1j * touch.y
    apart = np.abs(places[:, None] - places[None])
    np.fill_diagonal(apart, np.inf)
    return apart.min(axis=1)
