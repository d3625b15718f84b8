"""States of a claim in words."""

from __future__ import annotations

from typing import Final

from hub.sentences import Sentence
from wire.claims import ClaimState

STATES: Final = {
    ClaimState.OPENED.value: Sentence("The terminal has not shown its code yet"),
    ClaimState.WAITING.value: Sentence("Waits for somebody to compare the code"),
    ClaimState.APPROVED.value: Sentence("Approved; the hub makes the certificate"),
    ClaimState.GRANTED.value: Sentence("Taken in"),
    ClaimState.REFUSED.value: Sentence("Refused"),
    ClaimState.EXPIRED.value: Sentence("Over: nobody approved it within an hour"),
}
