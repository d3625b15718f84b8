"""Cylinders as bytes: the same again, or refused."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import TemplateError
from matching.comparison import NO_CYLINDERS, Cylinders, build_cylinders, compare_cylinders, parameters
from matching.fast_form import freeze, thaw

from .made_minutiae import finger, touch

FROZEN = freeze(build_cylinders(finger(1)))


def same(one: Cylinders, other: Cylinders) -> bool:
    return all(
        np.array_equal(getattr(one, field.name), getattr(other, field.name))
        and np.asarray(getattr(one, field.name)).dtype == np.asarray(getattr(other, field.name)).dtype
        for field in fields(Cylinders)
    )


@pytest.mark.parametrize("cylinders", [build_cylinders(finger(1)), NO_CYLINDERS])
def test_thawed_cylinders_are_the_same(cylinders: Cylinders) -> None:
    again = thaw(freeze(cylinders))
    assert same(again, cylinders)
    assert not again.rows.flags.writeable
    probe = build_cylinders(touch(finger(1), 5))
    assert compare_cylinders(probe, again) == compare_cylinders(probe, cylinders)


def test_those_of_another_version_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parameters, "VERSION", parameters.VERSION + 1)
    with pytest.raises(TemplateError, match="Another version"):
        thaw(FROZEN)
    assert thaw(freeze(build_cylinders(finger(1))))


@given(st.integers(0, len(FROZEN) - 1), st.integers(1, 255))
@settings(max_examples=60, deadline=None)
def test_a_changed_byte_is_noticed(at: int, change: int) -> None:
    damaged = bytearray(FROZEN)
    damaged[at] ^= change
    with pytest.raises(TemplateError):
        thaw(bytes(damaged))


@pytest.mark.parametrize("frozen", [b"", FROZEN[:9], FROZEN[:-1], FROZEN + b"\0", bytes(200)])
def test_what_is_no_frozen_print_is_refused(frozen: bytes) -> None:
    with pytest.raises(TemplateError, match="derive them"):
        thaw(frozen)
