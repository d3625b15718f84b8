"""The people this terminal knows: received in numbered, sealed chunks, applied all at once, only ever forward."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from edge.clock import Reading
from edge.counters import Counters
from edge.errors import EdgeError, RollLockedError
from edge.log import Log
from edge.ports import Clock, RollFacts
from edge.roll_content import Content, Receipt, Searchable, content_of, stored_of
from edge.roll_file import FORM, RollFile, StoredRoll
from matching import Template, TemplateError
from wire.codec import decode
from wire.errors import Refusal, WireError
from wire.keys import OpeningKey
from wire.roll import RollChanges, RollPerson, RollUpdate, seal_context
from wire.sealing import unseal
from wire.versions import NOTHING, Version

__all__ = ["Content", "Receipt", "RollCopy"]

_EMPTY = StoredRoll(form=FORM, version=NOTHING, people=[])
NOTE_EVERY_S = 300.0
"""Seconds between two noted confirmations: after a restart the copy may look that much older, and the card lasts."""


class RollCopy:
    """Made empty; `load` brings back what the terminal held. One thread receives, any may look."""

    def __init__(
        self,
        file: RollFile,
        new_gallery: Callable[[], Searchable],
        *,
        terminal: str,
        to_zone: str,
        opening_key: OpeningKey,
        counters: Counters,
        clock: Clock,
        log: Log,
    ) -> None:
        self._file = file
        self._new_gallery = new_gallery
        self._terminal = terminal
        self._to_zone = to_zone
        self._key = opening_key
        self._counters = counters
        self._clock = clock
        self._log = log
        self._receiving = threading.Lock()
        self._content = self._content_of(_EMPTY, new_gallery(), {})
        self._confirmed: Reading | None = None
        self._noted: Reading | None = None
        self._heard_at = counters.roll_said_at()
        self._heard_in: int | None = None
        self._locked = False
        self._protection = ""
        self._chunks: dict[int, RollUpdate] = {}

    def load(self, aside_name: str) -> bool:
        """Brings back the stored copy, and writes it anew when another protection was chosen since.

        False when there is none: its file was unusable and is set aside, or its key is not to be had yet.
        """
        with self._receiving:
            return self._load(aside_name)

    def unlock(self, aside_name: str) -> None:
        """The hub gave the key: brings back the stored copy, or stores the one that came from the hub meanwhile."""
        with self._receiving:
            if self._content.version == NOTHING:
                self._load(aside_name)
            else:
                self._save(stored_of(self._content))
            self._locked = False

    @property
    def is_locked(self) -> bool:
        """Whether there is a copy here whose key is not to be had."""
        return self._locked

    def tell(self) -> Mapping[str, Any]:
        """What `wire.state.State` says of it."""
        try:
            self._protection = self._file.lies_under().value
        except (OSError, EdgeError):  # a card that cannot be read now: what was known last
            self._log.warning("protection_not_read")
        return {"protection": self._protection, "roll_scope": self._content.scope}

    def content(self) -> Content:
        """The copy as it stands; what is returned does not change, save for its gallery."""
        return self._content

    def facts(self, content: Content) -> RollFacts:
        """What a decision needs of `content`, with its age as of now."""
        return RollFacts(content.version, self.age_s(), content.zones, content.attested, content.languages)

    def age_s(self) -> int | None:
        """Seconds since the hub last confirmed the copy, None when it never did."""
        confirmed = self._confirmed
        return None if confirmed is None else int(self._clock.read().seconds_since(confirmed))

    def receive(self, update: RollUpdate) -> Receipt:
        """Takes one chunk; the last missing one applies them all.

        WireError BACKWARDS, UNSEALABLE or MALFORMED when it must not be acted on; the copy then stands as it was.
        """
        with self._receiving:
            current, same_scope = self._content.version, update.scope == self._content.scope
            if update.base == update.to and not update.sealed:
                return self._confirm(update) if update.to == current and same_scope else Receipt.STALE
            if update.to < current:
                raise WireError(Refusal.BACKWARDS, f"The roll copy is at {current}, newer than what came.")
            if self._is_old(update) or (update.to == current and same_scope):
                return Receipt.STALE
            if update.base not in (NOTHING, current):
                return Receipt.STALE
            if update.part > update.parts:
                raise WireError(Refusal.MALFORMED, "The chunk's number is past the number of chunks.")
            self._collect(update)
            if len(self._chunks) < update.parts:
                return Receipt.WAITING
            chunks, self._chunks = self._chunks, {}
            changes = [self._open(chunks[part]) for part in sorted(chunks)]
            self._apply(update, changes)
            return Receipt.APPLIED

    def _load(self, aside_name: str) -> bool:
        try:
            stored = self._file.load()
        except OSError as error:
            self._log.error("roll_copy_unread", why=error.strerror)
            return False
        except WireError as error:
            self._put_aside(aside_name, error.reason.value)
            return False
        except RollLockedError as error:
            self._locked = True
            self._log.warning("roll_copy_locked", say=error.sentence)
            return False
        gallery = self._new_gallery()
        self._enrol(gallery, stored.people)
        self._content = self._content_of(stored, gallery, {who.person: who for who in stored.people})
        self._confirmed = self._noted = self._counters.confirmed()
        self._settle(stored)
        return True

    def _put_aside(self, name: str, why: str) -> None:
        """A card that takes nothing keeps no gate from starting: the hub sends the roll again."""
        try:
            self._log.error("roll_copy_set_aside", why=why, to=self._file.set_aside(name).name)
        except OSError as error:
            self._log.error("roll_copy_unread", why=why, kept=error.strerror)

    def _settle(self, stored: StoredRoll) -> None:
        try:
            if self._file.settle(stored):
                self._log.info("roll_copy_protected", at_rest=self._file.lies_under().value)
        except OSError as error:
            self._log.error("roll_not_stored", why=error.strerror, version=str(stored.version))

    def _is_old(self, update: RollUpdate) -> bool:
        """What was said in another session, or not after what was heard last, may be a copy of an old message."""
        if update.session is None:
            return self._heard_at is not None and update.said_at <= self._heard_at
        return update.session != self._counters.session()

    def _collect(self, update: RollUpdate) -> None:
        """Chunks of another difference than those held make these useless: the hub has moved on."""
        one = next(iter(self._chunks.values()), update)
        if _way(one) != _way(update):
            self._chunks = {}
        self._chunks[update.part] = update

    def _open(self, update: RollUpdate) -> RollChanges:
        context = seal_context(self._terminal, update.to, update.part)
        return decode(unseal(update.sealed, self._key, context), RollChanges)

    def _confirm(self, update: RollUpdate) -> Receipt:
        again = self._heard_in == update.session or update.session is None
        if self._is_old(update) or (
            again and self._heard_at is not None and update.said_at <= self._heard_at
        ):
            return Receipt.STALE  # said once before: proves nothing about now
        self._note(update)
        return Receipt.CONFIRMED

    def _note(self, update: RollUpdate) -> None:
        self._heard_at, self._heard_in = update.said_at, update.session
        self._confirmed = now = self._clock.read()
        if self._noted is None or now.seconds_since(self._noted) >= NOTE_EVERY_S:
            self._noted = now
            try:
                self._counters.note_confirmed(now, update.said_at)
            except OSError as error:
                self._log.warning("confirmation_not_noted", why=error.strerror)

    def _apply(self, update: RollUpdate, changes: list[RollChanges]) -> None:
        old = self._content
        whole = update.base == NOTHING
        people = {} if whole else dict(old.people)
        for change in changes:
            for person in change.removals:
                people.pop(person, None)
            people.update((who.person, who) for who in change.upserts)
        named = [change.officers for change in changes if change.officers is not None]
        told = [officer for some in named for officer in some]
        officers = told if named else ([] if whole else list(old.officers))
        stored = StoredRoll(
            form=FORM, version=update.to, people=list(people.values()), officers=officers, scope=update.scope
        )
        self._save(stored)
        gallery = self._new_gallery() if whole else old.gallery
        held = {} if whole else old.people
        self._change(gallery, held, people)
        self._content = self._content_of(stored, gallery, people)
        self._note(update)
        self._log.info("roll_applied", version=str(update.to), people=len(people))

    def _save(self, stored: StoredRoll) -> None:
        """Who left must not be let in because a disk is full: then the copy holds in memory, and comes again."""
        try:
            self._file.save(stored)
        except OSError as error:
            self._log.error("roll_not_stored", why=error.strerror, version=str(stored.version))
        except RollLockedError as error:
            self._log.warning("roll_not_stored", why=error.code, version=str(stored.version))

    def _change(
        self, gallery: Searchable, held: Mapping[str, RollPerson], wanted: Mapping[str, RollPerson]
    ) -> None:
        for person in held.keys() - wanted.keys():
            if held[person].fingers:
                gallery.remove(person)
        renewed = [
            who
            for who in wanted.values()
            if who.person not in held or held[who.person].fingers != who.fingers
        ]
        for who in renewed:
            if who.person in held and held[who.person].fingers:
                gallery.remove(who.person)
        self._enrol(gallery, renewed)

    def _enrol(self, gallery: Searchable, people: Iterable[RollPerson]) -> None:
        """A template that cannot be read costs its owner one finger here, and nobody else anything."""
        unreadable = 0
        for who in people:
            for finger in who.fingers:
                try:
                    gallery.enrol(who.person, Template.from_iso(finger.template))
                except TemplateError:
                    unreadable += 1
        if unreadable:
            self._log.error("templates_unreadable", count=unreadable)

    def _content_of(self, stored: StoredRoll, gallery: Searchable, people: dict[str, RollPerson]) -> Content:
        return content_of(stored, gallery, people, self._to_zone)


def _way(update: RollUpdate) -> tuple[Version, Version, int, str]:
    return update.base, update.to, update.parts, update.scope
