"""Headcounts in words."""

from __future__ import annotations

from typing import Final

from hub.headcount.states import State
from hub.headcount.values import What
from hub.sentences import Sentence
from wire.happenings import CountKind, CountMethod, OutCountStep

KINDS: Final = {
    CountKind.FORMAL: Sentence("Formal count"),
    CountKind.STANDING: Sentence("Standing count"),
    CountKind.INFORMAL: Sentence("Informal count"),
    CountKind.CENSUS: Sentence("Census count"),
    CountKind.EMERGENCY: Sentence("Emergency count"),
}

MEANINGS: Final = {
    CountKind.FORMAL: Sentence("Announced. Movement stops, each unit counts blind, two officers sign."),
    CountKind.STANDING: Sentence("As a formal count, and everybody stands to be seen alive."),
    CountKind.INFORMAL: Sentence(
        "At once and without stopping movement: a look whether the number is right."
    ),
    CountKind.CENSUS: Sentence("At once, by name, where people are: work and school go on."),
    CountKind.EMERGENCY: Sentence("At once. Movement stops, everybody is counted by name."),
}

STATES: Final = {
    State.ANNOUNCED: Sentence("announced"),
    State.FROZEN: Sentence("movement stopped"),
    State.COUNTING: Sentence("units count"),
    State.RECONCILING: Sentence("all slips are in"),
    State.RECOUNT: Sentence("recount by name"),
    State.VACANT_BEDS: Sentence("empty beds are counted"),
    State.BIOMETRIC: Sentence("count by finger"),
    State.EMERGENCY: Sentence("emergency count"),
    State.CLEARED: Sentence("cleared"),
    State.REVISED: Sentence("revised after it was cleared"),
    State.CANCELLED: Sentence("cancelled"),
}

RUNGS: Final = {
    State.RECOUNT: Sentence("Recount by name"),
    State.VACANT_BEDS: Sentence("Count the empty beds"),
    State.BIOMETRIC: Sentence("Count everybody by finger"),
    State.EMERGENCY: Sentence("Call the emergency count"),
}

METHODS: Final = {
    CountMethod.NUMBER: Sentence("number"),
    CountMethod.BY_NAME: Sentence("by name"),
    CountMethod.BY_SCAN: Sentence("by finger"),
    CountMethod.VACANT_BEDS: Sentence("empty beds"),
}

WHATS: Final = {
    What.ABSENT: Sentence("expected here, and is elsewhere"),
    What.PRESENT: Sentence("here, and in order"),
    What.SET_ASIDE: Sentence("counted here by mistake"),
}

OUT_STEPS: Final = {
    OutCountStep.DECLARED: Sentence("declared"),
    OutCountStep.ACCEPTED: Sentence("accepted"),
    OutCountStep.WITHDRAWN: Sentence("taken back"),
}

STEPS: Final = {
    **{state.value: words for state, words in STATES.items()},
    "SLIP": Sentence("slip"),
    "SLIP_LATE": Sentence("slip that came late"),
    "OUT_DECLARED": Sentence("declared elsewhere"),
    "OUT_ACCEPTED": Sentence("accepted elsewhere"),
    "OUT_WITHDRAWN": Sentence("out-count taken back"),
    "EXPLAINED": Sentence("explanation stated"),
    "ACCEPTED": Sentence("explanation accepted"),
    "TAKEN_BACK": Sentence("explanation taken back"),
    "NOT_FROZEN": Sentence("movement was not stopped in time"),
    "UNANNOUNCED": Sentence("counted by the unit, announced by nobody"),
}
