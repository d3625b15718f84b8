"""What referrals are in words: how they stand, how they ended, why an officer is sure."""

from __future__ import annotations

from typing import Final

from hub.movements.referral_rules import Outcome, Status, What
from hub.sentences import Sentence

STATUSES: Final = {
    Status.WAITING.value: Sentence("waiting"),
    Status.ESCALATED.value: Sentence("with the shift supervisor too"),
    Status.ALARM.value: Sentence("alarm: nobody has answered"),
    Status.CLOSED.value: Sentence("answered"),
    Status.PAST.value: Sentence("over before the hub heard of it"),
}

OUTCOMES: Final = {
    Outcome.ATTESTED.value: Sentence("An officer vouched for the person"),
    Outcome.TURNED_BACK.value: Sentence("An officer turned the person back"),
    Outcome.GONE.value: Sentence("Nobody stood there any more"),
    Outcome.LAPSED.value: Sentence("Nobody answered it"),
}

CHANGES: Final = {
    What.OPENED.value: Sentence("Opened"),
    What.PAST.value: Sentence("Over before the hub heard of it"),
    What.GIVEN.value: Sentence("Given to"),
    What.TAKEN.value: Sentence("Taken over by"),
    What.ESCALATED.value: Sentence("Sent to the shift supervisor"),
    What.ALARM.value: Sentence("Alarm in the control room"),
    What.ANSWERED.value: Sentence("Answered by"),
    What.ANSWERED_AGAIN.value: Sentence("Answered again by"),
}

REASONS: Final = (
    Sentence("I know the person"),
    Sentence("The photo shows the person"),
    Sentence("Identity card checked"),
    Sentence("The finger is injured or worn"),
    Sentence("The person may not pass here"),
    Sentence("Not the person they say"),
)
"""To choose from; own words go beside them. They are kept as they read in English."""
