import pickle

import numpy as np
import pytest

from matching import Template, TemplateError


def make(count: int = 3, **changes: object) -> Template:
    values: dict[str, object] = {
        "x": np.arange(count) % 200,
        "y": np.arange(count) % 150,
        "angle": np.arange(count) % 256,
        "kind": np.arange(count) % 3,
        "quality": np.arange(count) % 101,
        "width": 256,
        "height": 288,
    }
    return Template(**(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [
        {"x": np.array([0, 1, 256])},
        {"y": np.array([0, 1, 288])},
        {"y": np.array([0, -1, 3])},
        {"angle": np.array([0, 256, 3])},
        {"kind": np.array([0, 1, 3])},
        {"quality": np.array([0, 1, 101])},
        {"x": np.array([0.5, 1.5, 2.5])},
        {"x": np.array([1, 2])},
        {"x": np.array([[1, 2, 3]])},
        {"width": 0},
        {"height": 16_385},
        {"finger": 11},
        {"view": 16},
        {"impression": -1},
        {"finger_quality": 101},
        {"device": 0x10000},
        {"extended": bytes(0x10000)},
    ],
)
def test_a_value_out_of_range_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(TemplateError):
        make(**changes)


def test_256_minutiae_are_refused_and_255_are_held() -> None:
    with pytest.raises(TemplateError, match="255"):
        make(256)
    assert len(make(255)) == 255


def test_an_empty_template_is_a_template_and_true() -> None:
    empty = make(0)
    assert len(empty) == 0
    assert empty


def test_minutiae_cannot_be_changed() -> None:
    template = make()
    with pytest.raises(ValueError, match="read-only"):
        template.x[0] = 9
    with pytest.raises(AttributeError):
        template.width = 9  # type: ignore[misc]


def test_it_keeps_no_hold_on_the_arrays_it_was_made_of() -> None:
    x = np.array([5, 6, 7])
    template = make(x=x)
    x[0] = 99
    assert template.x[0] == 5


def test_equality_is_of_all_values() -> None:
    assert make() == make()
    assert hash(make()) == hash(make())
    assert make() != make(finger=3)
    assert make() != make(angle=np.array([9, 9, 9]))
    assert make() != "something else"


def test_best_keeps_the_highest_qualities_in_order() -> None:
    best = make(quality=np.array([20, 90, 50])).best(2)
    assert best.quality.tolist() == [90, 50]
    assert best.x.tolist() == [1, 2]


def test_printed_form_shows_no_minutia() -> None:
    assert repr(make(quality=np.array([77, 77, 77]))) == "<Template of 3 minutiae, 256x288>"


def test_it_can_be_sent_to_another_process() -> None:
    template = make(finger=7, extended=b"\x01\x00\x00\x05\xff")
    assert pickle.loads(pickle.dumps(template)) == template
