"""Reading what the hub says: by its key, to us, of the right kind, or refused and counted."""

from __future__ import annotations

from typing import TypeVar

from edge.refusals import Refusals
from wire.codec import Strict, decode
from wire.envelope import HUB, open_envelope
from wire.errors import WireError
from wire.keys import VerifyingKey

T = TypeVar("T", bound=Strict)


class Downlink:
    """Opens envelopes from the hub to this terminal."""

    def __init__(self, terminal: str, hub_key: VerifyingKey, refusals: Refusals) -> None:
        self._terminal = terminal
        self._hub_key = hub_key
        self._refusals = refusals

    def read(self, raw: bytes, kind: str, form: type[T]) -> T | None:
        """What was said, None when it was refused, which is then counted by its reason."""
        try:
            body = open_envelope(raw, kind=kind, sender=HUB, receiver=self._terminal, key=self._hub_key)
            return decode(body, form)
        except WireError as error:
            self._refusals.count(error.reason)
            return None
