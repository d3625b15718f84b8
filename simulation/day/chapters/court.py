"""A convoy goes to court past the outer gate: everybody on it is out, held all the while, and missed by nobody."""

from __future__ import annotations

from simulation.day.site import LEFT, OUTSIDE
from simulation.day.stage import Stage, now
from simulation.day.truth import Convoy


def court(stage: Stage) -> None:
    riders = stage.cast.convoy
    numbers = [stage.number(one) for one in riders]
    stage.control.plan_moves(numbers, OUTSIDE, "COURT", now(), one_way=True)
    convoy = stage.control.plan_convoy(numbers, now())
    stage.gates_know(riders, OUTSIDE)
    for block in sorted({one.home for one in riders}):
        stage.go_through([one for one in riders if one.home == block], block + LEFT)
    lamps = stage.go(riders, OUTSIDE)
    stage.played.convoy = Convoy(convoy, tuple(numbers), tuple(lamps[one][-1] for one in numbers))
    stage.wait_if(lambda: set(numbers) <= set(stage.word.outside()) or None)
    stage.heard.out = stage.word.outside()
    stage.told(f"convoy {convoy} is out: {', '.join(numbers)}")


def back(stage: Stage) -> None:
    """In the evening; until then nobody was released, and nobody is now."""
    convoy = stage.played.convoy
    assert convoy is not None
    stage.control.back_from_court(convoy.number, now())
    riders = set(convoy.riders)
    stage.wait("the convoy is in again", lambda: riders.isdisjoint(stage.word.outside()) or None)
    for walker in stage.cast.convoy:
        stage.where[walker.index] = "yard"
    for block in sorted({one.home for one in stage.cast.convoy}):
        stage.go_through([one for one in stage.cast.convoy if one.home == block], block)
