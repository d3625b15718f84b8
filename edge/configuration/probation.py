"""Whether a configuration on trial may be kept. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from edge.configuration.front import Front
from edge.configuration.stored import Trial

GRACE_S = 15.0
"""After its probation a configuration has this long, or as long as the probation, to show a terminal that works:
a finger on the glass or a cable touched at the wrong moment is not its doing."""

HUB_GRACE_S = 600.0
"""The hub has at least this long to be heard again: its own absence is not the configuration's doing, but one that
cuts the terminal off from the hub must not stay, for nobody could send another."""


class Judgement(Enum):
    """What is to be done now."""

    WAIT = "wait"
    KEEP = "keep"
    TAKE_BACK = "take_back"


@dataclass(frozen=True)
class Seen:
    """How the terminal stands after `running_s` with the configuration on trial."""

    running_s: float
    front: Front
    hub_heard: bool


def judge(trial: Trial, seen: Seen) -> tuple[Judgement, str]:
    """The judgement, and for TAKE_BACK why."""
    if trial.in_service and not seen.front.in_service:
        return Judgement.TAKE_BACK, "With it the journal takes no entries: nobody could pass."
    if seen.running_s < trial.probation_s:
        return Judgement.WAIT, ""
    late_s = seen.running_s - trial.probation_s
    grace_s = max(GRACE_S, trial.probation_s)
    if trial.sensor_worked and not seen.front.works:
        why = "The sensor does not answer with it, and did before."
        return (Judgement.TAKE_BACK, why) if late_s >= grace_s else (Judgement.WAIT, "")
    if not seen.hub_heard:
        why = "With it the hub cannot be reached, and could before."
        return (Judgement.TAKE_BACK, why) if late_s >= max(HUB_GRACE_S, grace_s) else (Judgement.WAIT, "")
    return Judgement.KEEP, ""
