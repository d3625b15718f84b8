"""Whoever looks by themselves looks again after a pause, and after the clock was set back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.pace import is_over

from .site_world import NOON

PAUSE = timedelta(seconds=10)


@pytest.mark.parametrize(
    ("since", "over"),
    [(None, True), (0, False), (9.9, False), (10, True), (3600, True), (-1, True), (-3600, True)],
)
def test_a_pause_is_over(since: float | None, over: bool) -> None:
    last = None if since is None else NOON - timedelta(seconds=since)
    assert is_over(last, PAUSE, NOON) is over
