"""Two have a pass to the clinic; one goes there and comes back, the other dawdles until the hub asks after them."""

from __future__ import annotations

from datetime import datetime

from simulation.day.site import CLINIC, LEFT
from simulation.day.stage import Stage, now
from simulation.day.truth import Loitering


def clinic(stage: Stage) -> None:
    late, patient = stage.cast.late, stage.cast.patient
    going = [late, patient]
    stage.control.plan_moves([stage.number(one) for one in going], CLINIC, "CLINIC", now())
    stage.gates_know(going, CLINIC)
    number = stage.number(late)
    pass_number = stage.word.open_passes([number])[number].number
    left_at = now()
    stage.go_through([late], late.home + LEFT)
    # Found when the chapter of it is played; until then the far end of time.
    stage.played.loitering = Loitering(
        number, pass_number, left_at, datetime.max.replace(tzinfo=left_at.tzinfo)
    )
    stage.go_through([patient], patient.home + LEFT, CLINIC, patient.home)


def overdue(stage: Stage) -> None:
    """The hub says who is missing on the way, an officer finds them, and they go where they were to go."""
    was = stage.played.loitering
    assert was is not None

    def rang() -> bool | None:
        said = stage.word.alarms(was.left_at)
        return any(one.code == "pass_overdue" and was.person in one.people for one in said) or None

    rings = stage.wait_if(rang)
    stage.played.loitering = Loitering(was.person, was.pass_number, was.left_at, now())
    stage.told(
        f"pass {was.pass_number} of {was.person} is overdue" if rings else f"nobody asks after {was.person}"
    )
    stage.go_through([stage.cast.late], CLINIC, stage.cast.late.home)
