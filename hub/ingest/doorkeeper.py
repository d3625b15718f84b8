"""Who is speaking: a delivery becomes a verified batch or state, or a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub.terminals.actions import TerminalKeys, find_keys
from wire.codec import MAX_MESSAGE_BYTES, decode
from wire.envelope import HUB, open_envelope
from wire.errors import Refusal, WireError
from wire.journal import Batch, Linked, open_batch
from wire.keys import verifying_key
from wire.state import KIND as STATE
from wire.state import State
from wire.topics import Channel, parse


@dataclass(frozen=True)
class Delivery:
    """A message as the broker handed it over. `retained` says that the broker had kept it for us."""

    topic: str
    raw: bytes
    received_at: datetime
    retained: bool = False


@dataclass(frozen=True)
class VerifiedBatch:
    """Entries that a known terminal signed."""

    keys: TerminalKeys
    batch: Batch
    entries: list[Linked]
    received_at: datetime


@dataclass(frozen=True)
class VerifiedState:
    """A state that a known terminal signed."""

    keys: TerminalKeys
    state: State
    received_at: datetime
    retained: bool


@dataclass(frozen=True)
class VerifiedWord:
    """A message on a channel of its own, signed by a known terminal; `body` is encoded in the channel's form."""

    keys: TerminalKeys
    channel: Channel
    body: bytes
    received_at: datetime


ANSWERED = frozenset({Channel.ECHO, Channel.RENEWAL, Channel.RELEASE, Channel.ENROLMENT})
"""Channels whose messages are answered by whoever start-up named for them."""


class Doorkeeper:
    """Checks deliveries against the keys in the database, looked up once a transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, TerminalKeys | None] = {}

    def open(self, delivery: Delivery) -> VerifiedBatch | VerifiedState | VerifiedWord:
        """What a terminal said; WireError with the reason when it cannot be trusted or read."""
        address = parse(delivery.topic)
        if address is None:
            raise WireError(Refusal.WRONG_KIND, "The topic is not one that terminals publish to.")
        if len(delivery.raw) > MAX_MESSAGE_BYTES:
            raise WireError(Refusal.OVERSIZE, "The message is larger than any that is read.")
        keys = self._keys(address.terminal)
        key = verifying_key(keys.verifying_key)
        if address.channel is Channel.JOURNAL:
            batch, entries = open_batch(delivery.raw, sender=keys.name, key=key)
            return VerifiedBatch(keys, batch, entries, delivery.received_at)
        if address.channel is Channel.STATE:
            body = open_envelope(delivery.raw, kind=STATE, sender=keys.name, receiver=HUB, key=key)
            return VerifiedState(keys, decode(body, State), delivery.received_at, delivery.retained)
        if address.channel in ANSWERED:
            kind = address.channel.value
            body = open_envelope(delivery.raw, kind=kind, sender=keys.name, receiver=HUB, key=key)
            return VerifiedWord(keys, address.channel, body, delivery.received_at)
        raise WireError(Refusal.WRONG_KIND, "The topic leads to terminals, not from them.")

    def _keys(self, name: str) -> TerminalKeys:
        if name not in self._known:
            self._known[name] = find_keys(self._session, name)
        keys = self._known[name]
        if keys is None:
            raise WireError(Refusal.UNKNOWN_TERMINAL, "No terminal of that name was ever granted.")
        if not keys.active:
            raise WireError(Refusal.CUT_OFF, "The terminal was cut off.")
        return keys
