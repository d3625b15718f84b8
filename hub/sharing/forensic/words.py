"""States, steps and outcomes of requests in words."""

from __future__ import annotations

from typing import Final

from hub.sentences import Sentence
from hub.sharing.forensic.rules import Ask, Outcome, State, What

KINDS: Final = {
    Ask.IDENTITY: Sentence("Whose finger is this?"),
    Ask.PRINTS: Sentence("Fingers for the laboratory"),
}
STATES: Final = {
    State.WAITING: Sentence("To approve"),
    State.SECOND: Sentence("Waits for a second officer"),
    State.COMPARING: Sentence("To compare"),
    State.READY: Sentence("Ready for them to fetch"),
    State.ANSWERED: Sentence("Answered"),
    State.TAKEN: Sentence("Received there"),
    State.REFUSED: Sentence("Refused"),
    State.EXPIRED: Sentence("Ended, nobody dealt with it in time"),
}
FORMS: Final = {
    "image": Sentence("an image of a finger"),
    "record": Sentence("minutiae of a finger, without an image"),
    "minutiae": Sentence("minutiae, no images"),
    "images": Sentence("minutiae and images"),
    "reference": Sentence("the custody reference only"),
}
STEPS: Final = {
    What.RECEIVED: Sentence("The agency asked"),
    What.LOOKED: Sentence("Looked at what would leave"),
    What.APPROVED: Sentence("Approved"),
    What.SEARCHED: Sentence("Searched among everybody in custody"),
    What.COMPARED: Sentence("Compared side by side"),
    What.ANSWERED: Sentence("Answered"),
    What.REFUSED: Sentence("Refused"),
    What.FETCHED: Sentence("They fetched it; number of the disclosure"),
    What.TAKEN: Sentence("They confirmed that they have it; the set is destroyed here"),
    What.CLEARED: Sentence("The time was over; what was sealed is destroyed"),
}
OUTCOMES: Final = {
    Outcome.IDENTIFIED: Sentence("In custody here"),
    Outcome.NOT_IDENTIFIED: Sentence("Nobody in custody here has this finger"),
    Outcome.UNREADABLE: Sentence("Not good enough to say: they are asked for another"),
    Outcome.REFUSED: Sentence("Refused"),
}
