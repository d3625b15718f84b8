"""How going out is spoken of."""

from __future__ import annotations

from typing import Final

from hub.movements.external.rules import Consent, Going
from hub.sentences import Sentence

CONSENTS: Final = {
    Consent.PENDING: Sentence("Asked for"),
    Consent.APPROVED: Sentence("Approved"),
    Consent.PAUSED: Sentence("Paused"),
    Consent.CANCELLED: Sentence("Cancelled"),
    Consent.DENIED: Sentence("Denied"),
    Consent.EXPIRED: Sentence("Expired"),
}
GOINGS: Final = {
    Going.SCHEDULED: Sentence("Planned"),
    Going.IN_PROGRESS: Sentence("Out"),
    Going.OVERDUE: Sentence("Overdue"),
    Going.COMPLETED: Sentence("Back"),
    Going.CANCELLED: Sentence("Called off"),
}
STEPS: Final = {
    "ASKED": Sentence("Asked for"),
    "APPROVED": Sentence("Approved"),
    "DENIED": Sentence("Denied"),
    "PAUSED": Sentence("Paused"),
    "CANCELLED": Sentence("Cancelled"),
    "EXPIRED": Sentence("Expired"),
    "PLANNED": Sentence("Planned"),
    "CHANGED": Sentence("Changed"),
    "JOINED": Sentence("Travels with others"),
    "SIGNED": Sentence("Signed by a second officer"),
    "LEFT": Sentence("Left"),
    "NOT_LEFT": Sentence("Has not left in time"),
    "OVERDUE": Sentence("Overdue"),
    "LOST": Sentence("Unaccounted for"),
    "BACK": Sentence("Came back"),
    "ARRIVED": Sentence("Arrived at the other site"),
    "RELEASED": Sentence("Released while out"),
    "CALLED_OFF": Sentence("Called off"),
}
