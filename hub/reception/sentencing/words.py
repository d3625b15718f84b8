"""Words of the pages of release dates."""

from __future__ import annotations

from typing import Final

from hub.custody.sentencing.case import Outcome
from hub.custody.sentencing.dates import Certainty
from hub.sentences import Sentence

CERTAINTIES: Final = {
    Certainty.VERIFIED: Sentence("Verified by two officers"),
    Certainty.UNVERIFIED: Sentence("Unverified"),
    Certainty.NOT_LATER_THAN: Sentence("Not later than"),
    Certainty.NO_DATE: Sentence("No date"),
}
MARKS: Final = {
    Certainty.VERIFIED: "",
    Certainty.UNVERIFIED: "late",
    Certainty.NOT_LATER_THAN: "late",
    Certainty.NO_DATE: "none",
}
"""How the chip of a certainty looks."""
OUTCOMES: Final = {
    Outcome.RELEASE: Sentence("Release"),
    Outcome.NOT_LATER_THAN: Sentence("Not later than"),
    Outcome.NO_DATE: Sentence("No date"),
}

WEEKDAYS: Final = (
    Sentence("Monday"),
    Sentence("Tuesday"),
    Sentence("Wednesday"),
    Sentence("Thursday"),
    Sentence("Friday"),
    Sentence("Saturday"),
    Sentence("Sunday"),
)
"""As `date.weekday` counts them."""
