"""A finger that a desk sealed is opened for its own task and position alone."""

from __future__ import annotations

import pytest

from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.vault import Vault
from hub.reception.desk.workbench import Workbench
from wire.codec import encode
from wire.enrolment import TakenFinger, Unusable, part_context
from wire.keys import OpeningKey
from wire.sealing import seal

from .site_world import NOON, World

TASK = "a" * 32


@pytest.fixture
def bench(world: World) -> Workbench:
    search = DuplicateSearch(world.vault, world.sessions)
    return Workbench(world.sessions, Vault(b"v" * 32), OpeningKey.generate(), lambda: NOON, search)


def sealed(bench: Workbench, taken: TakenFinger, *, position: int = 2, task: str = TASK) -> bytes:
    """As the terminal named "desk" would seal it for this task and position."""
    return seal(encode(taken), bench.receiving_key.public_key(), part_context("desk", task, position))


def taken(position: int = 2, task: str = TASK, unusable: Unusable | None = Unusable.WORN) -> TakenFinger:
    return TakenFinger(
        task=task, position=position, operator="ada", impressions=[], taken_at=NOON, unusable=unusable
    )


def test_a_finger_of_its_task_and_position_is_opened(bench: Workbench) -> None:
    assert bench.open("desk", TASK, 2, sealed(bench, taken())) == taken()


@pytest.mark.parametrize(
    "inside",
    [taken(position=3), taken(task="b" * 32), taken(unusable=None)],
    ids=["position", "task", "empty"],
)
def test_what_says_something_else_than_its_seal_is_not(bench: Workbench, inside: TakenFinger) -> None:
    assert bench.open("desk", TASK, 2, sealed(bench, inside)) is None


@pytest.mark.parametrize(
    ("terminal", "task", "position"), [("gate", TASK, 2), ("desk", "b" * 32, 2), ("desk", TASK, 3)]
)
def test_a_seal_for_something_else_is_not_opened(
    bench: Workbench, terminal: str, task: str, position: int
) -> None:
    assert bench.open(terminal, task, position, sealed(bench, taken())) is None
    assert bench.open(terminal, task, position, b"") is None
