"""Four go to the workshop; and two of whom one is there already are to be kept apart from now on."""

from __future__ import annotations

from simulation.day.detected import APART_CODES
from simulation.day.site import BLOCK_A, BLOCK_B, LEFT, WORKSHOP
from simulation.day.stage import Stage, now
from simulation.day.truth import NearMiss

_FORESEEN_S = 20.0
"""For so long the second of the two dawdles in the yard; the gate refuses either way."""


def work(stage: Stage) -> None:
    going = [*stage.cast.workers, stage.cast.apart[1]]
    stage.control.plan_moves([stage.number(one) for one in going], WORKSHOP, "WORK", now())
    stage.gates_know(going, WORKSHOP)
    for block in (BLOCK_A, BLOCK_B):
        stage.go_through([one for one in stage.cast.workers if one.home == block], block + LEFT, WORKSHOP)


def near_miss(stage: Stage) -> None:
    """The second of the two has a pass of this morning to where the first is."""
    first, second = stage.cast.apart
    numbers = stage.number(first), stage.number(second)
    passes = stage.word.open_passes([numbers[1]])
    stage.control.keep_apart(*numbers)
    stage.gates_know([second], WORKSHOP)
    from_at = now()
    stage.go_through([second], second.home + LEFT)
    pair = tuple(sorted(numbers))

    def foreseen() -> bool | None:
        said = stage.word.alarms(from_at)
        return any(one.code in APART_CODES and one.people == pair for one in said) or None

    if stage.wait_if(foreseen, _FORESEEN_S):
        stage.told(f"the control room is told that {numbers[1]} is on the way to where {numbers[0]} is")
    lamp = stage.scan(second, WORKSHOP)
    stage.played.near_miss = NearMiss(*numbers, WORKSHOP, from_at, lamp)
    stage.told(f"the workshop's gate says {lamp} to {numbers[1]}")
    stage.go_through([second], second.home)
    stage.control.cancel_pass(passes[numbers[1]].number, "Kept apart")


def come_home(stage: Stage) -> None:
    """Everybody but one."""
    for block in (BLOCK_A, BLOCK_B):
        going = [one for one in stage.present(WORKSHOP) if one.home == block and one is not stage.cast.hider]
        stage.go_through(going, block)
