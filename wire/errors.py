"""Why a message was refused, in a form that can be counted."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """The reason a message was kept aside; each has its own counter on the receiving side."""

    MALFORMED = "malformed"
    OVERSIZE = "oversize"
    WRONG_VERSION = "wrong_version"
    WRONG_KIND = "wrong_kind"
    WRONG_SENDER = "wrong_sender"
    WRONG_RECEIVER = "wrong_receiver"
    UNKNOWN_TERMINAL = "unknown_terminal"
    CUT_OFF = "cut_off"
    FORGED = "forged"
    BROKEN_CHAIN = "broken_chain"
    BACKWARDS = "backwards"
    UNSEALABLE = "unsealable"


class WireError(Exception):
    """A message that must not be acted on.

    `reason` is for machines and counters, the text for people. Neither carries any part of the message.
    """

    def __init__(self, reason: Refusal, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.sentence = sentence
