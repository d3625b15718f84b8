"""Two have visitors; while they are in there the terminal at that gate dies, and stays dead."""

from __future__ import annotations

from simulation.day.detected import DOWN
from simulation.day.site import LEFT, VISITS
from simulation.day.stage import Stage, now
from simulation.day.truth import Death


def visits(stage: Stage) -> None:
    going = stage.cast.visitors
    stage.control.plan_moves([stage.number(one) for one in going], VISITS, "VISITS", now())
    stage.gates_know(going, VISITS)
    for block in sorted({one.home for one in going}):
        stage.go_through([one for one in going if one.home == block], block + LEFT, VISITS)


def power_cut(stage: Stage) -> None:
    stage.wait("the hub has everything of the gate", lambda: stage.prison.owed_by(VISITS) == 0 or None)
    at = now()
    stage.prison.terminals[VISITS].kill()
    stage.house(VISITS).went_dark()
    stage.played.death = Death(VISITS, at)

    def rang() -> bool | None:
        return any(one.code == DOWN and one.terminal == VISITS for one in stage.word.alarms(at)) or None

    rings = stage.wait_if(rang)
    stage.told(
        f"the control room is told that {VISITS} is down" if rings else f"nobody says that {VISITS} is down"
    )
    for block in sorted({one.home for one in stage.cast.visitors}):
        stage.go_through([one for one in stage.cast.visitors if one.home == block], block)
