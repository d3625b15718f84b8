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
    PassState.DUE: Sentence("Due to go"),
    PassState.DEPARTED: Sentence("On the way"),
    PassState.ARRIVED: Sentence("Arrived"),
    PassState.RETURNED: Sentence("Came back"),
    PassState.OVERDUE: Sentence("Is overdue"),
    PassState.UNACCOUNTED: Sentence("Unaccounted for"),
    PassState.CANCELLED: Sentence("Pass cancelled"),
    PassState.NOT_USED: Sentence("Not used"),
}
ESCORTS: Final = {
    Escort.NONE: Sentence("Alone"),
    Escort.OFFICER: Sentence("With an officer"),
    Escort.GROUP: Sentence("In a group, officer first"),
}
STEPS: Final = {
    "MADE": Sentence("Was planned"),
    "DEPARTED": Sentence("Set out"),
    "ARRIVED": Sentence("Arrived"),
    "LEFT": Sentence("Set out for the way back"),
    "RETURNED": Sentence("Came back"),
    "OVERDUE": Sentence("Is overdue"),
    "UNACCOUNTED": Sentence("Unaccounted for"),
    "FOUND": Sentence("No longer missed"),
    "NOT_USED": Sentence("Not used"),
    "CANCELLED": Sentence("Pass cancelled"),
    "CHANGED": Sentence("Times or place changed"),
    "SIGNED": Sentence("Signed by a second officer"),
}

CLASHES: Final = {
    "not_held": Sentence("not in custody"),
    "closed": Sentence("the place is closed"),
    "away": Sentence("is out of the prison"),
    "away_then": Sentence("is to be out of the prison"),
    "two_at_once": Sentence("another move at the same time"),
    "confined": Sentence("kept apart from others"),
    "keep_apart": Sentence("somebody from whom they are kept apart goes there"),
    "keep_apart_way": Sentence("may meet somebody from whom they are kept apart"),
    "over_maximum": Sentence("the place would be over its maximum"),
    "full": Sentence("the place would be full"),
    "curfew": Sentence("falls into a curfew"),
    "escort": Sentence("an officer has to go along"),
    "no_home": Sentence("nobody knows where they live"),
    "same_zone": Sentence("is at home there"),
}
"""By the code of a clash, for lists that keep no more than that."""


def clash_words(code: str) -> Sentence:
    """A clash in a few words."""
    return CLASHES.get(code, Sentence("something speaks against it"))
