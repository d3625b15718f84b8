"""A whole picture from the hub, sealed on the card, only ever forward: what the terminal knows when it is alone.

It lies under the same keys as the roll copy. A card that takes nothing costs a restart its memory, never the present.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Generic, TypeVar

import msgspec
from msgspec import Meta

from edge.clock import Reading
from edge.errors import EdgeError
from edge.log import Log
from edge.ports import Clock
from edge.protection import AtRest, RollKeys
from edge.roll_content import Receipt
from edge.storage import write_durably
from wire.codec import Strict, decode, encode
from wire.errors import Refusal, WireError
from wire.journal import When
from wire.keys import OpeningKey
from wire.sealing import lock_at_rest, unlock_at_rest, unseal
from wire.versions import Count, Version

T = TypeVar("T", bound=Strict)

NOTE_EVERY_S = 300.0
"""Seconds between two writings for a confirmation alone: after a restart the copy may look that much older."""


class Stored(Strict, frozen=True):
    """What lies on the card: the content as it came, and when the hub last said that it holds."""

    version: Version
    plain: bytes
    said_at: When
    received: Reading
    confirmed: Reading
    session: Count | None = None


class _Lying(Strict, frozen=True):
    at_rest: Annotated[str, Meta(max_length=40)]
    locked: bytes


class SealedCopy(Generic[T]):
    """Made empty; `load` brings back what was held. One thread receives, any may look.

    `context` gives the words under the seal of a version, `session` the terminal's present one.
    """

    def __init__(
        self,
        path: Path,
        keys: RollKeys,
        form: type[T],
        *,
        terminal: str,
        opening: OpeningKey,
        context: Callable[[Version], str],
        session: Callable[[], int | None],
        clock: Clock,
        log: Log,
    ) -> None:
        self._path = path
        self._keys = keys
        self._form = form
        self._rest = f"copy {path.name} {terminal}"
        self._opening = opening
        self._context = context
        self._session = session
        self._clock = clock
        self._log = log
        self._lock = threading.Lock()
        self._stored: Stored | None = None
        self._content: T | None = None
        self._written: Reading | None = None
        self._lies_locked = False

    def load(self, aside_name: str) -> bool:
        """Brings back the stored copy. False when there is none, or its key is not to be had yet.

        A file that is not ours or not whole is set aside: the hub sends it again.
        """
        with self._lock:
            try:
                found = self._read()
            except OSError as error:
                self._log.error("copy_unread", file=self._path.name, why=error.strerror)
                return False
            except WireError as error:
                self._put_aside(aside_name, error.reason.value)
                return False
            if found is not None:
                self._stored, self._content = found
                self._written = found[0].confirmed
            return found is not None

    def unlock(self, aside_name: str) -> None:
        """The key may have come since: tries again what could not be read, or kept, without it."""
        with self._lock:
            locked, held = self._lies_locked, self._stored
        if not locked:
            return
        if held is None:
            self.load(aside_name)
        else:
            with self._lock:
                self._save(held)

    def content(self) -> T | None:
        """What holds, None before the first."""
        return self._content

    def version(self) -> Version | None:
        """For the state: what is held, on the card or only in memory."""
        stored = self._stored
        return None if stored is None else stored.version

    def said_at(self) -> datetime | None:
        """When the hub last said, by its own clock, that this is how it is."""
        stored = self._stored
        return None if stored is None else stored.said_at

    def received(self) -> Reading | None:
        """When the content came, by our clocks."""
        stored = self._stored
        return None if stored is None else stored.received

    def age_s(self) -> int | None:
        """Seconds since the hub last said that this is how it is; None when it never did."""
        stored = self._stored
        return None if stored is None else int(self._clock.read().seconds_since(stored.confirmed))

    def receive(self, version: Version, said_at: datetime, session: int | None, sealed: bytes) -> Receipt:
        """Takes a new content, or with `sealed` empty the word that `version` still holds.

        WireError BACKWARDS, UNSEALABLE or MALFORMED when it must not be acted on; the copy then stands as it was.
        """
        with self._lock:
            held = self._stored
            if session is not None and session != self._session():
                return Receipt.STALE  # said to us before we connected anew: proves nothing about now
            if held is not None and held.session == session and said_at <= held.said_at:
                return Receipt.STALE
            if not sealed:
                return self._confirm(held, version, said_at, session)
            if held is not None and version < held.version:
                raise WireError(Refusal.BACKWARDS, f"The copy is at {held.version}, newer than what came.")
            plain = unseal(sealed, self._opening, self._context(version))
            content = decode(plain, self._form)
            now = self._clock.read()
            self._content = content
            self._stored = Stored(
                version=version, plain=plain, said_at=said_at, received=now, confirmed=now, session=session
            )
            self._save(self._stored)
            return Receipt.APPLIED

    def _confirm(
        self, held: Stored | None, version: Version, said_at: datetime, session: int | None
    ) -> Receipt:
        if held is None or version != held.version:
            return Receipt.STALE
        now = self._clock.read()
        self._stored = msgspec.structs.replace(held, said_at=said_at, confirmed=now, session=session)
        if self._written is None or now.seconds_since(self._written) >= NOTE_EVERY_S:
            self._save(self._stored)
        return Receipt.CONFIRMED

    def _save(self, stored: Stored) -> None:
        try:
            writing = self._keys.for_writing()
            if writing is None:
                self._lies_locked = True
                return
            kind, key = writing
            lying = _Lying(at_rest=kind.value, locked=lock_at_rest(encode(stored), key, self._rest))
            write_durably(self._path, encode(lying))
            self._written, self._lies_locked = stored.confirmed, False
        except (OSError, EdgeError) as error:
            self._log.error("copy_not_stored", file=self._path.name, kind=type(error).__name__)

    def _read(self) -> tuple[Stored, T] | None:
        if not self._path.exists():
            return None
        lying = _decoded(self._path.read_bytes(), _Lying)
        if lying.at_rest not in AtRest._value2member_map_:
            raise WireError(Refusal.MALFORMED, "The copy lies under a protection that nobody knows.")
        kind = AtRest(lying.at_rest)
        key = self._keys.key(kind)
        if key is None:
            if kind is AtRest.NONE:
                raise WireError(Refusal.UNSEALABLE, "The key of the copy is gone.")
            self._lies_locked = True
            return None
        stored = _decoded(unlock_at_rest(lying.locked, key, self._rest), Stored)
        return stored, _decoded(stored.plain, self._form)

    def _put_aside(self, name: str, why: str) -> None:
        folder = self._path.parent / "set-aside" / name
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._path.replace(folder / self._path.name)
        except OSError as error:
            self._log.error("copy_unread", file=self._path.name, why=why, kept=error.strerror)
            return
        self._log.error("copy_set_aside", file=self._path.name, why=why)


S = TypeVar("S", bound=Strict)


def _decoded(raw: bytes, form: type[S]) -> S:
    """Of any size: what came over the wire was bounded there."""
    try:
        return msgspec.msgpack.decode(raw, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise WireError(Refusal.MALFORMED, "The copy does not have the form of this version.") from None
