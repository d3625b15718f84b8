"""The flow of synthetic fingers: classes as frequent as in people, and singular points that are really there."""

import numpy as np
import pytest

from matching.synthesis import parameters
from matching.synthesis.fields import smooth_field
from matching.synthesis.growth import period_map
from matching.synthesis.impression import Conditions, draw_conditions, to_pad
from matching.synthesis.pad import Pad
from matching.synthesis.pattern import (
    SHARES,
    PatternClass,
    draw_class,
    draw_singularities,
    orientation_field,
)

POINTS = {
    PatternClass.ARCH: (0, 0),
    PatternClass.TENTED_ARCH: (1, 1),
    PatternClass.LEFT_LOOP: (1, 1),
    PatternClass.RIGHT_LOOP: (1, 1),
    PatternClass.WHORL: (2, 2),
    PatternClass.TWIN_LOOP: (2, 2),
}


def poincare(theta: np.ndarray, row: int, col: int, radius: int) -> float:
    """Turns of the flow on a walk around a place: +1/2 at a core, -1/2 at a delta (y upwards)."""
    around = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    walk = [theta[round(row - radius * np.sin(a)), round(col + radius * np.cos(a))] for a in around]
    steps = np.diff([*walk, walk[0]])
    return float(np.sum((steps + np.pi / 2) % np.pi - np.pi / 2) / (2 * np.pi))


def test_shares_make_a_whole() -> None:
    assert sum(SHARES.values()) == pytest.approx(1.0)


def test_classes_are_as_frequent_as_in_people() -> None:
    rng = np.random.default_rng(0)
    drawn = [draw_class(rng) for _ in range(20_000)]
    for pattern, share in SHARES.items():
        assert drawn.count(pattern) / len(drawn) == pytest.approx(share, abs=0.012)


@pytest.mark.parametrize("pattern", list(PatternClass))
@pytest.mark.parametrize("seed", range(8))
def test_flow_turns_where_the_singular_points_are(pattern: PatternClass, seed: int) -> None:
    rng = np.random.default_rng(seed)
    singularities = draw_singularities(rng, pattern)
    assert (len(singularities.cores), len(singularities.deltas)) == POINTS[pattern]
    theta = orientation_field(rng, singularities)
    assert theta.shape == parameters.FIELD_SHAPE
    assert theta.min() >= 0
    assert theta.max() <= np.pi
    for expected, points in ((-0.5, singularities.deltas), (0.5, singularities.cores)):
        for x, y in points:
            others = {*singularities.cores, *singularities.deltas} - {(x, y)}
            apart = min(np.hypot(x - ox, y - oy) for ox, oy in others)
            radius = int(min(8, apart / 2 / 2 - 1))
            row, col = (parameters.CENTRE_Y_PX - y) / 2, (parameters.CENTRE_X_PX + x) / 2
            if radius >= 3:
                assert poincare(theta, round(row), round(col), radius) == pytest.approx(expected)


@pytest.mark.parametrize(("pattern", "side"), [(PatternClass.LEFT_LOOP, 1), (PatternClass.RIGHT_LOOP, -1)])
def test_a_loop_has_its_delta_on_the_side_it_does_not_open_to(pattern: PatternClass, side: int) -> None:
    for seed in range(20):
        points = draw_singularities(np.random.default_rng(seed), pattern)
        assert (points.deltas[0][0] - points.cores[0][0]) * side > 0
        assert points.deltas[0][1] < points.cores[0][1]


def test_ridge_period_map_stays_within_skin() -> None:
    means = []
    for seed in range(30):
        period = period_map(np.random.default_rng(seed))
        assert period.min() >= parameters.PERIOD_LOW_PX
        assert period.max() <= parameters.PERIOD_HIGH_PX
        means.append(period.mean())
    assert 8.3 < np.mean(means) < 9.7
    assert np.std(means) > 0.2


def test_smooth_fields_are_smooth_and_of_unit_deviation() -> None:
    fields = [smooth_field(np.random.default_rng(seed), (120, 90), 20.0) for seed in range(60)]
    assert np.sqrt(np.mean(np.square(fields))) == pytest.approx(1.0, abs=0.1)
    assert max(np.abs(np.diff(field, axis=axis)).max() for field in fields for axis in (0, 1)) < 0.4


def test_severity_widens_every_condition() -> None:
    def spread(severity: float) -> dict[str, float]:
        drawn = [draw_conditions(np.random.default_rng(seed), severity) for seed in range(40)]
        return {name: float(np.std([d[name] for d in drawn])) for name in drawn[0] if "towards" not in name}

    calm, usual, rough = spread(0.0), spread(0.4), spread(1.0)
    for name in calm:
        assert calm[name] < usual[name] < rough[name]


def test_rotation_is_counter_clockwise_and_skin_slips_only_at_the_rim() -> None:
    pad = Pad(half_width_px=110.0, tip_px=140.0, heel_px=196.0)
    still = Conditions((0.0, 0.0), 90.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    left = np.array([[-100.0]], np.float32), np.array([[0.0]], np.float32)
    x, y = to_pad(still, pad, *left)
    assert (float(x[0, 0]), float(y[0, 0])) == pytest.approx((0.0, -100.0), abs=1e-3)

    dragged = Conditions((0.0, 0.0), 0.0, 10.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    points = np.array([[0.0, 30.0, 100.0, 200.0]], np.float32)
    x, y = to_pad(dragged, pad, points, np.zeros_like(points))
    slip = (x - points)[0]
    assert slip[:2] == pytest.approx([0.0, 0.0], abs=1e-4)
    assert 3 < slip[2] < 9
    assert slip[3] == pytest.approx(10.0, abs=1e-3)
