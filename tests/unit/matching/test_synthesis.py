"""Synthetic fingers: the same for the same seed, different for another, like skin, and clear about bad input."""

from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import pytest

from matching.synthesis import Finger, PatternClass, make_finger, person_fingers


@pytest.fixture(scope="module")
def finger() -> Finger:
    return make_finger(11)


def likeness(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(a.ravel().astype(float), b.ravel().astype(float))[0, 1])


def darkness(finger: Finger, name: str, value: float) -> float:
    condition: dict[str, Any] = {name: value}
    return float(255 - finger.impression(2, **condition)[60:220, 70:190].mean())


@pytest.mark.parametrize(
    "arguments",
    [
        {"severity": 1.5},
        {"severity": -0.1},
        {"severity": float("nan")},
        {"grey_levels": 7},
        {"width": 10},
        {"height": 5000},
        {"pressure": 1.2},
        {"moisture": -3.0},
        {"wear": -0.5},
        {"rotation_deg": 400.0},
        {"distortion_px": -1.0},
        {"displacement_px": (0.0, 1e6)},
        {"displacement_px": (float("nan"), 0.0)},
    ],
)
def test_impression_refuses_what_no_reader_or_finger_does(finger: Finger, arguments: dict[str, Any]) -> None:
    name = next(iter(arguments))
    with pytest.raises(ValueError, match="must be") as refusal:
        finger.impression(1, **arguments)
    assert {"width": "side", "height": "side"}.get(name, name) in str(refusal.value)


def test_negative_seeds_are_refused(finger: Finger) -> None:
    for make in (make_finger, finger.impression, person_fingers):
        with pytest.raises(ValueError, match="a seed must be 0 or more, not -1"):
            make(-1)


@pytest.mark.parametrize("n", [0, 11])
def test_people_have_one_to_ten_fingers(n: int) -> None:
    with pytest.raises(ValueError, match="1 to 10 fingers"):
        person_fingers(3, n)


def test_the_same_seeds_give_the_same_finger_and_the_same_touch(finger: Finger) -> None:
    again = make_finger(11)
    assert again.pattern is finger.pattern
    assert again.singularities == finger.singularities
    np.testing.assert_array_equal(again.ridges, finger.ridges)
    np.testing.assert_array_equal(again.impression(5), finger.impression(5))


def test_touching_in_another_order_changes_nothing(finger: Finger) -> None:
    first = finger.impression(1)
    finger.impression(2)
    np.testing.assert_array_equal(finger.impression(1), first)


def test_each_touch_and_each_finger_differ(finger: Finger) -> None:
    assert not np.array_equal(finger.impression(1), finger.impression(2))
    others = [make_finger(seed, finger.pattern).ridges for seed in range(20, 26)]
    assert max(abs(likeness(finger.ridges, other)) for other in others) < 0.3


def test_a_finger_cannot_be_changed(finger: Finger) -> None:
    with pytest.raises(FrozenInstanceError):
        finger.seed = 3  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        finger.ridges[0, 0] = 0


def test_fingers_of_people_are_all_different() -> None:
    fingers = [one for person in range(2) for one in person_fingers(person, 3)]
    assert len({one.seed for one in fingers}) == 6
    assert len({one.ridges.tobytes() for one in fingers}) == 6


@pytest.mark.parametrize(("width", "height"), [(256, 288), (192, 192), (640, 480)])
def test_shape_and_depth(finger: Finger, width: int, height: int) -> None:
    image = finger.impression(1, width=width, height=height)
    assert image.shape == (height, width)
    assert image.dtype == np.uint8


def test_sixteen_grey_levels_are_what_a_four_bit_reader_gives(finger: Finger) -> None:
    image = finger.impression(1, grey_levels=16)
    assert set(np.unique(image)) <= set(range(0, 256, 17))
    assert len(np.unique(image)) >= 10
    fine = finger.impression(1)
    assert np.abs(image.astype(int) - fine.astype(int)).max() <= 9


def test_ridges_are_dark_and_glass_is_bright(finger: Finger) -> None:
    image = finger.impression(1, severity=0.0)
    middle = image[100:180, 90:170]
    assert np.percentile(middle, 25) < 110
    assert np.percentile(middle, 90) > 200
    assert np.median(image[:12, :12]) > 235


def test_a_finger_beside_the_glass_leaves_it_bare(finger: Finger) -> None:
    image = finger.impression(1, displacement_px=(400.0, 0.0))
    assert np.median(image) > 235
    assert np.mean(image < 180) < 0.01


@pytest.mark.parametrize("seed", range(5))
def test_ridge_period_is_that_of_skin(seed: int) -> None:
    ridges = make_finger(seed).ridges[40:-40, 40:-40]
    window = np.outer(np.hanning(ridges.shape[0]), np.hanning(ridges.shape[1]))
    power = np.abs(np.fft.fftshift(np.fft.fft2(ridges * window))) ** 2
    fy, fx = (np.fft.fftshift(np.fft.fftfreq(side)) for side in ridges.shape)
    frequency = np.hypot(fy[:, None], fx[None, :])
    in_band = (frequency > 1 / 14) & (frequency < 1 / 6)
    mean_period = power[in_band].sum() / (power * frequency)[in_band].sum()
    assert 7.3 < mean_period < 11.0
    assert power[in_band].sum() > 0.85 * power.sum()


def test_displacement_moves_the_print_right_and_down(finger: Finger) -> None:
    still: dict[str, Any] = {"severity": 0.0, "rotation_deg": 0.0, "distortion_px": 0.0}
    here = finger.impression(3, displacement_px=(0.0, 0.0), **still)
    there = finger.impression(3, displacement_px=(12.0, 7.0), **still)
    assert likeness(there[67:227, 72:212], here[60:220, 60:200]) > 0.8
    assert abs(likeness(there[60:220, 60:200], here[60:220, 60:200])) < 0.6


def test_more_pressure_and_more_moisture_darken(finger: Finger) -> None:
    for name in ("pressure", "moisture"):
        means = [darkness(finger, name, value) for value in (-0.9, 0.0, 0.9)]
        assert means[0] < means[1] - 10 < means[2] - 20


def test_wear_and_severity_take_away_from_what_two_touches_share(finger: Finger) -> None:
    fixed: dict[str, Any] = {"displacement_px": (0.0, 0.0), "rotation_deg": 0.0}

    def shared(**how: Any) -> float:
        pairs = [
            (finger.impression(2 * k, **fixed, **how), finger.impression(2 * k + 1, **fixed, **how))
            for k in range(6)
        ]
        return float(np.mean([likeness(a[90:190, 80:180], b[90:190, 80:180]) for a, b in pairs]))

    by_wear = [shared(wear=wear, severity=0.1) for wear in (0.0, 0.5, 1.0)]
    assert by_wear[0] > by_wear[1] + 0.05 > by_wear[2] + 0.1
    by_severity = [shared(severity=severity) for severity in (0.0, 0.4, 1.0)]
    assert by_severity[0] > by_severity[1] + 0.05 > by_severity[2] + 0.1


def test_every_class_can_be_asked_for() -> None:
    for pattern in PatternClass:
        assert make_finger(4, pattern).pattern is pattern
