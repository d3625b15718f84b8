"""How passes are spoken of."""

from __future__ import annotations

from typing import Final

from hub.movements.passes.rules import Escort, PassState, Reason
from hub.sentences import Sentence

REASONS: Final = {
    Reason.WORK: Sentence("Work"),
    Reason.CLINIC: Sentence("Clinic"),
    Reason.COURT: Sentence("Court"),
    Reason.VISITS: Sentence("Visits"),
    Reason.SCHOOL: Sentence("School"),
    Reason.CHAPEL: Sentence("Chapel"),
    Reason.EXERCISE: Sentence("Exercise"),
    Reason.RECEPTION: Sentence("Reception"),
    Reason.OTHER: Sentence("Other"),
}
STATES: Final = {
    PassState.DUE: Sentence("Due"),
    PassState.DEPARTED: Sentence("On the way"),
    PassState.ARRIVED: Sentence("There"),
    PassState.RETURNED: Sentence("Back"),
    PassState.OVERDUE: Sentence("Overdue"),
    PassState.UNACCOUNTED: Sentence("Unaccounted for"),
    PassState.CANCELLED: Sentence("Cancelled"),
    PassState.NOT_USED: Sentence("Not used"),
}
ESCORTS: Final = {
    Escort.NONE: Sentence("Alone"),
    Escort.OFFICER: Sentence("With an officer"),
    Escort.GROUP: Sentence("In a group, officer first"),
}
STEPS: Final = {
    "MADE": Sentence("Planned"),
    "DEPARTED": Sentence("Left"),
    "ARRIVED": Sentence("Came there"),
    "LEFT": Sentence("Left for the way back"),
    "RETURNED": Sentence("Came back"),
    "OVERDUE": Sentence("Overdue"),
    "UNACCOUNTED": Sentence("Unaccounted for"),
    "FOUND": Sentence("No longer missed"),
    "NOT_USED": Sentence("Not used"),
    "CANCELLED": Sentence("Cancelled"),
    "CHANGED": Sentence("Changed"),
    "SIGNED": Sentence("Signed by a second officer"),
}
WEEKDAYS: Final = (
    Sentence("Mon"),
    Sentence("Tue"),
    Sentence("Wed"),
    Sentence("Thu"),
    Sentence("Fri"),
    Sentence("Sat"),
    Sentence("Sun"),
)
