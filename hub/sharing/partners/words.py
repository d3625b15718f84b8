"""Sentences of programs' pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hub.sentences import Sentence
from hub.sharing.partners.requests import BURNT, CERTIFIED, WITHDRAWN

ENDED: Final[Mapping[str, Sentence]] = {
    CERTIFIED: Sentence("certified"),
    WITHDRAWN: Sentence("withdrawn"),
    BURNT: Sentence("private key shown: burnt"),
    "key_of_another": Sentence("not certified: the key of another program"),
    "key_revoked": Sentence("not certified: its key was revoked"),
    "cut_off": Sentence("not certified: the program was cut off"),
}
"""How a request ended, by its code."""
BURNT_IN_USE: Final = Sentence(
    "It is the key of a certificate in use: whoever saw it on its way can call in the agency's name. Revoke that "
    "certificate now."
)
