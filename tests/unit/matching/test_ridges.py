"""Ridge fields: what is measured on waves of known direction and period, and what the bytes keep of it."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import matching
from matching.errors import TemplateError
from matching.extended import RIDGE_FIELD
from matching.ridges import NO_RIDGES, RidgeField, ridge_field
from matching.ridges.field import MAX_CELLS, PERIOD_STEP_PX
from matching.template import Template


def wave(degrees: float, period_px: float, height: int = 288, width: int = 256, noise: float = 0.0):
    """Straight ridges that run at this angle, counter-clockwise from growing x."""
    y, x = np.mgrid[:height, :width]
    angle = np.deg2rad(degrees)
    grey = 128 + 60 * np.cos(2 * np.pi / period_px * (x * np.sin(angle) + y * np.cos(angle)))
    grey += noise * np.random.default_rng(1).normal(size=grey.shape)
    return grey.clip(0, 255).astype(np.uint8)


def turned_deg(found, expected):
    return np.abs((np.rad2deg(found) - expected + 90) % 180 - 90)


@pytest.mark.parametrize("period_px", [6.0, 7.0, 9.0, 12.0])
@pytest.mark.parametrize("degrees", [0, 33, 135])
def test_direction_and_period_of_a_wave_come_out_of_all_its_cells(degrees, period_px):
    field = ridge_field(wave(degrees, period_px))
    assert field.cells.shape == (18, 16)
    assert field.ridges.all()
    assert turned_deg(field.direction, degrees).max() < 2.0
    assert np.abs(field.period_px / period_px - 1).max() < 0.07
    inner = field.period_px[2:-2, 2:-2]
    assert np.abs(inner - period_px).max() <= max(PERIOD_STEP_PX, 0.05 * period_px), (
        "at the edge less is seen"
    )
    assert field.coherence.min() > 0.8


def test_noise_as_high_as_the_ridges_moves_neither_far():
    field = ridge_field(wave(60, 8.5, noise=60))
    assert field.ridges.mean() > 0.95
    assert np.median(turned_deg(field.direction[field.ridges], 60)) < 3
    assert np.median(np.abs(field.period_px[field.ridges] - 8.5)) <= 2 * PERIOD_STEP_PX


def test_faint_ridges_are_measured_like_strong_ones():
    strong = wave(20, 9)
    faint = (128 + (strong.astype(float) - 128) / 4).astype(np.uint8)
    assert np.abs(ridge_field(faint).period_px - ridge_field(strong).period_px).max() <= PERIOD_STEP_PX


def test_the_small_image_of_a_capacitive_sensor_is_measured_up_to_its_edge():
    field = ridge_field(wave(45, 9, 192, 192))
    assert field.cells.shape == (12, 12)
    assert turned_deg(field.direction, 45).max() < 2


def test_glass_beside_the_finger_is_no_part_of_the_field():
    image = np.full((288, 256), 230, np.uint8)
    image += np.random.default_rng(2).integers(0, 4, image.shape, dtype=np.uint8)
    image[96:240, 64:192] = wave(10, 9, 144, 128)
    field = ridge_field(image)
    assert 3 <= field.left <= 4
    assert 5 <= field.top <= 6
    assert 8 <= field.cells.shape[1] <= 10
    assert 9 <= field.cells.shape[0] <= 11


def test_ridges_beside_glass_of_one_grey_are_measured_without_a_fault():
    image = np.full((480, 640), 255, np.uint8)
    image[100:300, 200:400] = wave(10, 9, 200, 200)
    with np.errstate(all="raise", under="ignore"):
        field = ridge_field(image)
    assert np.count_nonzero(field.cells) > 120
    assert turned_deg(field.direction[3:-3, 3:-3], 10).max() < 2


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_an_even_image_has_no_ridges(grey):
    field = ridge_field(np.full((288, 256), grey, np.uint8))
    assert field == NO_RIDGES
    assert RidgeField.from_bytes(field.to_bytes()) == field


def test_waves_longer_and_shorter_than_ridges_are_no_ridges_of_that_direction():
    slow, fast = wave(0, 60).astype(int) - 128, wave(0, 2.5).astype(int) - 128
    both = (wave(90, 9) // 2 + slow // 4 + fast // 4 + 32).clip(0, 255).astype(np.uint8)
    field = ridge_field(both)
    assert np.median(turned_deg(field.direction[field.ridges], 90)) < 2


def test_an_image_of_a_gate_takes_little_time_and_few_bytes():
    image = wave(30, 9, noise=10)
    ridge_field(image)
    started = time.process_time()
    for _ in range(5):
        field = ridge_field(image)
    assert (time.process_time() - started) / 5 < 0.05, "about 5 ms alone on one core"
    assert len(field.to_bytes()) <= 617


def test_of_more_cells_than_are_kept_the_clearest_stay():
    field = ridge_field(wave(30, 9, 992, 992, noise=20))
    assert 0.9 * MAX_CELLS < np.count_nonzero(field.cells) <= MAX_CELLS
    assert len(field.to_bytes()) <= 2317


@st.composite
def fields(draw):
    rows, columns = draw(st.integers(0, 20)), draw(st.integers(0, 20))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    cells = random.integers(1 << 13, 1 << 16, (rows, columns)) * (random.random((rows, columns)) < 0.7)
    return RidgeField(cells.astype(np.uint16), draw(st.integers(0, 44)), draw(st.integers(0, 44)))


@settings(max_examples=40)
@given(fields())
def test_a_field_comes_back_from_its_bytes(field):
    again = RidgeField.from_bytes(field.to_bytes())
    assert again == field
    assert (again.left, again.top) == (field.left, field.top)
    np.testing.assert_array_equal(again.cells, field.cells)


@settings(max_examples=40)
@given(fields(), st.data())
def test_bytes_that_were_cut_or_padded_are_refused(field, data):
    content = field.to_bytes()
    with pytest.raises(TemplateError):
        RidgeField.from_bytes(content[: data.draw(st.integers(0, len(content) - 1))])
    with pytest.raises(TemplateError):
        RidgeField.from_bytes(content + b"\0")


@settings(max_examples=100)
@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda tail: b"\1" + tail))
def test_arbitrary_bytes_are_a_field_or_are_refused(content):
    try:
        field = RidgeField.from_bytes(content)
    except TemplateError:
        return
    assert field.to_bytes() == content


def test_a_field_reaches_no_further_than_an_image():
    with pytest.raises(TemplateError):
        RidgeField(np.zeros((3, 3), np.uint16), left=62)
    with pytest.raises(TemplateError):
        RidgeField.from_bytes(bytes([1, 60, 0, 10, 0]))
    with pytest.raises(TemplateError):
        RidgeField(np.full((31, 30), 0xFFFF, np.uint16))


def test_a_cell_without_coherence_has_nothing_else():
    with pytest.raises(TemplateError):
        RidgeField(np.array([[7]], np.uint16))
    with pytest.raises(TemplateError):
        RidgeField.from_bytes(bytes([1, 0, 0, 1, 1, 0x80, 7, 7]))


def test_the_printed_form_says_nothing_of_the_finger():
    assert repr(ridge_field(wave(30, 9))) == "<RidgeField of 288 cells>"


class NothingFound:
    """An extractor for an image whose minutiae do not matter."""

    name = "nothing"

    def find(self, image):
        none = np.zeros(0, np.int16)
        return Template(none, none, none, none, none, image.shape[1], image.shape[0])


def test_templates_of_any_extractor_carry_the_field_through_a_record():
    image = wave(75, 8)
    found = matching.extract(image, extractor=NothingFound())
    again = Template.from_iso(found.to_iso())
    content = again.own_block(RIDGE_FIELD)
    assert content is not None
    assert RidgeField.from_bytes(content) == ridge_field(image)


def test_a_template_of_an_image_without_ridges_carries_none():
    found = matching.extract(np.full((288, 256), 255, np.uint8), extractor=NothingFound())
    assert found.extended == b""
