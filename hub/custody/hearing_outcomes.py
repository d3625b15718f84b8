"""What can come of a date before a court."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from hub.sentences import Sentence


class HearingOutcome(StrEnum):
    """The court's word of the day, or why there was none."""

    REMANDED = "remanded"
    ADJOURNED = "adjourned"
    BAIL_GRANTED = "bail_granted"
    CONVICTED = "convicted"
    SENTENCED = "sentenced"
    ACQUITTED = "acquitted"
    DISCHARGED = "discharged"
    WITHDRAWN = "withdrawn"
    NOT_PRODUCED = "not_produced"


HEARING_OUTCOMES: Final = {
    HearingOutcome.REMANDED: Sentence("Remanded to the next date"),
    HearingOutcome.ADJOURNED: Sentence("Adjourned, the authority to hold goes on"),
    HearingOutcome.BAIL_GRANTED: Sentence("Bail granted"),
    HearingOutcome.CONVICTED: Sentence("Convicted, not yet sentenced"),
    HearingOutcome.SENTENCED: Sentence("Sentenced"),
    HearingOutcome.ACQUITTED: Sentence("Acquitted"),
    HearingOutcome.DISCHARGED: Sentence("Discharged"),
    HearingOutcome.WITHDRAWN: Sentence("Charges withdrawn"),
    HearingOutcome.NOT_PRODUCED: Sentence("Not brought before the court"),
}

RELEASES: Final = frozenset(
    {
        HearingOutcome.BAIL_GRANTED,
        HearingOutcome.ACQUITTED,
        HearingOutcome.DISCHARGED,
        HearingOutcome.WITHDRAWN,
    }
)
"""Outcomes with which a court may order that somebody is to go."""

DECIDES: Final = frozenset(
    {
        HearingOutcome.CONVICTED,
        HearingOutcome.SENTENCED,
        HearingOutcome.ACQUITTED,
        HearingOutcome.DISCHARGED,
        HearingOutcome.WITHDRAWN,
    }
)
"""Outcomes that end a charge."""
