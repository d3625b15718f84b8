"""How going out is spoken of."""

from __future__ import annotations

from typing import Any, Final

from hub.custody.absence import WHY
from hub.movements.external.rules import Consent, Going
from hub.sentences import Sentence

CONSENTS: Final = {
    Consent.PENDING: Sentence("Asked for"),
    Consent.APPROVED: Sentence("Approved"),
    Consent.PAUSED: Sentence("Paused"),
    Consent.CANCELLED: Sentence("Taken back"),
    Consent.DENIED: Sentence("Denied"),
    Consent.EXPIRED: Sentence("Expired"),
}
GOINGS: Final = {
    Going.SCHEDULED: Sentence("Is planned"),
    Going.IN_PROGRESS: Sentence("Is out"),
    Going.OVERDUE: Sentence("Is overdue"),
    Going.COMPLETED: Sentence("Came back"),
    Going.CANCELLED: Sentence("Called off"),
}
STEPS: Final = {
    "ASKED": Sentence("Asked for"),
    "APPROVED": Sentence("Approved"),
    "DENIED": Sentence("Denied"),
    "PAUSED": Sentence("Paused"),
    "CANCELLED": Sentence("Taken back"),
    "EXPIRED": Sentence("Expired"),
    "PLANNED": Sentence("Was planned"),
    "CHANGED": Sentence("Times or place changed"),
    "JOINED": Sentence("Travels with others"),
    "ESCORT": Sentence("Said who goes along"),
    "ALONE": Sentence("Does not travel with the others"),
    "SIGNED": Sentence("Signed by a second officer"),
    "LEFT": Sentence("Went out"),
    "NOT_LEFT": Sentence("Has not left in time"),
    "OVERDUE": Sentence("Is overdue"),
    "LOST": Sentence("Unaccounted for"),
    "BACK": Sentence("Came back"),
    "ARRIVED": Sentence("Arrived at the other site"),
    "RELEASED": Sentence("Released while out"),
    "CALLED_OFF": Sentence("Called off"),
}
DECIDE: Final = {
    Consent.APPROVED: Sentence("Approve"),
    Consent.DENIED: Sentence("Deny"),
    Consent.PAUSED: Sentence("Pause"),
    Consent.CANCELLED: Sentence("Take it back"),
}


def words() -> dict[str, Any]:
    """For the pages."""
    return {
        "whys": WHY,
        "states": GOINGS,
        "consent_words": CONSENTS,
        "step_words": STEPS,
        "decide_words": DECIDE,
    }
