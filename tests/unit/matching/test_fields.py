"""Ridge fields laid over each other: the same finger moved, stretched and seen in part, and other fingers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from matching.comparison.fields import (
    MAX_DIRECTION_DIFFERENCE,
    MAX_PERIOD_DIFFERENCE,
    MIN_OVERLAP,
    NO_FIELD,
    compare_fields,
    field_of,
    packed,
)
from matching.errors import TemplateError
from matching.extended import RIDGE_FIELD
from matching.ridges import RidgeField, ridge_field
from matching.template import Template

STILL = (1.0, 0.0, 0.0, 0.0)
HEIGHT, WIDTH = 288, 256


def finger(seed: int, motion=STILL, stretch: float = 1.0):
    """Ridges that bend and widen across the finger in a way of its own, seen after a motion of the finger.

    The motion is that of `compare_fields` from the finger at rest to what is seen.
    """
    cosine, sine, shift_x, shift_y = motion
    seen_y, seen_x = np.mgrid[:HEIGHT, :WIDTH]
    x = (cosine * (seen_x - shift_x) + sine * (seen_y - shift_y)) / stretch - WIDTH / 2
    y = (-sine * (seen_x - shift_x) + cosine * (seen_y - shift_y)) / stretch - HEIGHT / 2
    random = np.random.default_rng(seed)
    phase = 2 * np.pi / random.uniform(7.5, 10.5) * (x * math.sin(seed) + y * math.cos(seed))
    for _ in range(6):
        along = random.uniform(0, 2 * np.pi)
        length = random.uniform(120, 220)
        wave = 2 * np.pi / length * (x * np.sin(along) + y * np.cos(along)) + random.uniform(0, 2 * np.pi)
        phase = phase + random.uniform(3, 6) * np.sin(wave)
    return ridge_field((128 + 80 * np.cos(phase)).astype(np.uint8))


def turned(degrees: float, shift_x: float, shift_y: float):
    """Motion: a counter-clockwise turn about the middle of the image, then a shift."""
    cosine, sine = math.cos(math.radians(degrees)), -math.sin(math.radians(degrees))
    middle_x, middle_y = WIDTH / 2, HEIGHT / 2
    return (
        cosine,
        sine,
        middle_x - cosine * middle_x + sine * middle_y + shift_x,
        middle_y - sine * middle_x - cosine * middle_y + shift_y,
    )


def inverse(motion):
    cosine, sine, x, y = motion
    return cosine, -sine, -(cosine * x + sine * y), -(cosine * y - sine * x)


def test_a_field_laid_on_itself_differs_in_nothing():
    row = packed(finger(1))
    overlap, direction, period = compare_fields(row, row, *STILL)
    assert overlap == np.count_nonzero(finger(1).cells)
    assert direction < 1e-6
    assert period < 1e-6


@pytest.mark.parametrize("degrees", [0, -50, 170])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_finger_agrees_under_its_motion_and_another_does_not(seed, degrees):
    motion = turned(degrees, 21, -13)
    still, moved = packed(finger(seed)), packed(finger(seed, motion))
    overlap, direction, period = compare_fields(still, moved, *motion)
    assert overlap > 100
    assert direction < 0.05
    assert period < 0.035
    other = compare_fields(packed(finger(seed + 10)), moved, *motion)
    assert other[1] > 2 * direction
    assert other[2] > 1.5 * period


@pytest.mark.parametrize("degrees", [0, 35])
def test_both_orders_say_the_same(degrees):
    motion = turned(degrees, 30, 8)
    one, other = packed(finger(4)), packed(finger(5, motion))
    there, back = compare_fields(one, other, *motion), compare_fields(other, one, *inverse(motion))
    assert there[0] == back[0]
    assert there == pytest.approx(back, abs=1e-5)


def test_a_wrong_motion_is_found_out():
    motion = turned(20, 10, 5)
    still, moved = packed(finger(6)), packed(finger(6, motion))
    right, wrong = compare_fields(still, moved, *motion), compare_fields(still, moved, *turned(-20, 10, 5))
    assert wrong[1] > 3 * right[1]


def test_another_scale_of_the_same_finger_is_no_difference():
    motion = turned(10, 0, 0)
    still, moved = packed(finger(7)), packed(finger(7, motion, stretch=1.05))
    _, direction, period = compare_fields(still, moved, *motion)
    assert direction < 0.08
    assert period < 0.04


def test_places_are_those_of_the_image_wherever_the_field_begins():
    """A print cut out of an image is the same as the cut image moved back."""
    whole = finger(8)
    part = RidgeField(whole.cells[4:16, 5:14], whole.left + 5, whole.top + 4)
    assert compare_fields(packed(part), packed(whole), *STILL)[1:] == pytest.approx((0, 0), abs=1e-6)
    moved = RidgeField(part.cells, part.left - 5, part.top - 4)
    assert compare_fields(packed(moved), packed(whole), 1.0, 0.0, 80.0, 64.0)[1:] == pytest.approx(
        (0, 0), abs=1e-6
    )


def test_too_little_overlap_says_nothing():
    field = finger(9)
    few = RidgeField(field.cells[:3, :3], field.left, field.top)
    nothing = (MAX_DIRECTION_DIFFERENCE, MAX_PERIOD_DIFFERENCE)
    overlap, *differences = compare_fields(packed(few), packed(field), *STILL)
    assert overlap == 9 < MIN_OVERLAP
    assert tuple(differences) == nothing
    assert compare_fields(packed(field), packed(field), 1.0, 0.0, 900.0, 0.0) == (0, *nothing)
    assert compare_fields(NO_FIELD, packed(field), *STILL) == (0, *nothing)
    assert compare_fields(NO_FIELD, NO_FIELD, *STILL) == (0, *nothing)


def test_all_cells_alike_are_compared_without_a_fault():
    same = packed(RidgeField(np.full((10, 10), 0x4040, np.uint16)))
    turned_by_half = packed(RidgeField(np.full((10, 10), 0x40C0, np.uint16)))
    assert compare_fields(same, turned_by_half, *STILL) == (100, pytest.approx(0, abs=1e-4), pytest.approx(0))


def bare(extended: bytes = b"") -> Template:
    none = np.zeros(0, np.int16)
    return Template(none, none, none, none, none, WIDTH, HEIGHT, extended=extended)


def test_a_template_gives_its_field_or_says_that_it_has_none():
    field = finger(1)
    with_field = bare().with_own_block(RIDGE_FIELD, field.to_bytes())
    np.testing.assert_array_equal(field_of(with_field), packed(field))
    np.testing.assert_array_equal(field_of(bare()), NO_FIELD)
    of_the_future = bare().with_own_block(RIDGE_FIELD, b"\x02" + field.to_bytes()[1:])
    np.testing.assert_array_equal(field_of(of_the_future), NO_FIELD)
    with pytest.raises(TemplateError):
        field_of(bare().with_own_block(RIDGE_FIELD, field.to_bytes()[:-1]))
