"""Is this finger enrolled already? A gallery of everyone in the vault, kept up to date with the table."""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

import matching
from hub.biometrics.damaged import opened
from hub.biometrics.records import Finger, PersonKey
from hub.biometrics.vault import PersonLock, Vault
from hub.custody.merging.reading import leads
from hub.database import Sessions, session_scope

SEARCH_FMR: Final = 1e-6
"""False-match rate of the whole search. Stricter than a gate: a wrong hit here holds up an admission."""
ALIKE_SCORE: Final = 6.0
"""Negative log10 of the false-match rate from which somebody is worth a look by a person."""

WORTH_PREPARING: Final = 2_000
"""Fingers from which a first search would keep somebody waiting at the desk for more than some seconds."""

_BATCH = 200
_FEW: Final = 50
_PAUSE_S: Final = 0.001
_THREADS: Final = min(4, os.cpu_count() or 1)


_KEYS: Final = select(func.count(), func.sum(PersonKey.person_id), func.max(PersonKey.created_at))


@dataclass(frozen=True)
class Hit:
    """The person who has the finger; None when it is like that of two people at once."""

    person_id: int | None


class DuplicateSearch:
    """Everyone enrolled, in memory. One for a process; threads take turns to read, and search while others read.

    It reads only what is committed, by a connection of its own: a finger of a transaction that is given up later
    never gets in. Two enrolments at once cannot miss each other, because the one that writes first holds the
    other up (SQLite's single writer; the row of the number series on PostgreSQL).
    """

    def __init__(self, vault: Vault, sessions: Sessions) -> None:
        self._vault = vault
        self._sessions = sessions
        self._turn = threading.Lock()
        self._making = threading.Lock()
        self._gallery: matching.Gallery | None = None
        self._locks: dict[int, tuple[bytes, PersonLock]] = {}
        self._read_up_to = 0
        self._keys_counted: tuple[object, ...] = ()
        self._leads: dict[int, int] = {}
        self._ended = threading.Event()
        self._reader: threading.Thread | None = None

    def __len__(self) -> int:
        return 0 if self._gallery is None else len(self._gallery)

    def refresh(self) -> None:
        """Read what was enrolled since the last search, and forget whoever's key is destroyed; worth doing before a
        transaction is opened."""
        self._forget()
        while self._read_on():
            pass

    def catch_up(self) -> int:
        """Read what was enrolled since the last search; gives how many fingers are not searched yet, 0 for nearly
        always.

        Where thousands are being read beside (`prepare_beside`), nobody waits for them: the search goes through
        those that are there, and the desk that looks for the same finger in two files finds what it missed.
        """
        if self._reader is not None and self._reader.is_alive():
            left = self.still_to_read()
            if left >= WORTH_PREPARING:
                return left
        while self._read_on():
            pass
        return 0

    def prepare_beside(self) -> threading.Thread | None:
        """Read the fingers in a thread of their own, where they are so many that a first search had to wait.

        None where they are few: a hub whose pages are only watched then never loads the engine.
        """
        if self.still_to_read() < WORTH_PREPARING:
            return None
        self._reader = threading.Thread(target=self._prepare, name="fingers", daemon=True)
        self._reader.start()
        return self._reader

    def end(self) -> None:
        """Prepare no further: the process ends."""
        self._ended.set()

    def still_to_read(self) -> int:
        """Fingers of the vault that are not searched yet; some seconds' work for each thousand."""
        with session_scope(self._sessions, writes=False) as session:
            counted = select(func.count(Finger.id)).where(Finger.id > self._read_up_to)
            return session.scalar(counted) or 0

    def find(self, template: matching.Template, *, besides: int | None = None) -> Hit | None:
        """Whose finger this is, None when nobody has it; a hit on the person `besides` is none.

        Files joined as one person's count as one: the person whose number leads is named.
        """
        self.catch_up()
        found = self._loaded().identify(template, fmr=SEARCH_FMR)
        if found.outcome is not matching.Outcome.NO_MATCH and not self._is_there(found.key):
            self._forget()
            found = self._loaded().identify(template, fmr=SEARCH_FMR)
        if found.outcome is matching.Outcome.NO_MATCH:
            return None
        if found.key is None:
            return Hit(None)
        person_id = int(found.key)
        same = besides is not None and person_id == self._leads.get(besides, besides)
        return None if same else Hit(person_id)

    def alike(self, template: matching.Template, most: int = 4) -> list[int]:
        """Persons whose fingers are most like this one, best first: for people who compare files side by side.

        Only those who could be it: more like it than all but one finger in a million of strangers.
        """
        self.catch_up()
        self._forget()
        found = self._loaded().candidates(template, most)
        return [int(one.key) for one in found if one.score >= ALIKE_SCORE]

    def _loaded(self) -> matching.Gallery:
        """Made at the first search: a hub whose pages are only watched never loads the engine."""
        with self._making:
            if self._gallery is None:
                self._gallery = matching.Gallery()
            return self._gallery

    def _prepare(self) -> None:
        while not self._ended.is_set() and self._read_on():
            # Whoever waits for a turn gets one: a lock that is let go and taken again at once is seen free by nobody.
            self._ended.wait(_PAUSE_S)

    def _is_there(self, key: str | None) -> bool:
        """Whether nobody's key was destroyed of those who stand behind a key of the gallery; None may be anybody's."""
        if key is None:
            return False
        lead = int(key)
        family = {lead, *(one for one, its in self._leads.items() if its == lead)} & self._locks.keys()
        with session_scope(self._sessions, writes=False) as session:
            held = session.scalars(select(PersonKey.person_id).where(PersonKey.person_id.in_(family))).all()
        return len(held) == len(family)

    def _forget(self) -> None:
        """Drop the fingers of everybody whose key is destroyed. A search asks for the keys of those it finds alone."""
        with self._turn, session_scope(self._sessions, writes=False) as session:
            self._follow_merges(session, self._loaded(), self._gone(session))

    def _read_on(self) -> bool:
        """Read some; whether there may be more. Others get their turn in between."""
        with self._turn, session_scope(self._sessions, writes=False) as session:
            gallery = self._loaded()
            self._follow_merges(session, gallery, ())
            # Images are ten times as large as templates, and are not searched.
            new = select(Finger).options(defer(Finger.sealed_image)).where(Finger.id > self._read_up_to)
            rows = session.scalars(new.order_by(Finger.id).limit(_BATCH)).all()
            self._add_all(session, gallery, rows)
            if rows:
                self._read_up_to = rows[-1].id
            return len(rows) == _BATCH

    def _gone(self, session: Session) -> set[int]:
        """Whose key is destroyed. Which keys there are is read only when number, sum or the newest differ."""
        counted = tuple(session.execute(_KEYS).one())
        if counted == self._keys_counted:
            return set()
        self._keys_counted = counted
        return self._locks.keys() - set(session.scalars(select(PersonKey.person_id)))

    def _add_all(self, session: Session, gallery: matching.Gallery, fingers: Sequence[Finger]) -> None:
        self._open_keys(session, {finger.person_id for finger in fingers})
        if len(fingers) < _FEW:
            for finger in fingers:
                self._add(gallery, finger)
            return
        # What a template is searched by is reckoned without Python's lock: threads share that work out.
        with ThreadPoolExecutor(_THREADS, "fingers") as threads:
            list(threads.map(lambda finger: self._add(gallery, finger), fingers))

    def _open_keys(self, session: Session, person_ids: Collection[int]) -> None:
        # A key that was destroyed may have been made anew since: what is opened with is what lies there now.
        for key in session.scalars(select(PersonKey).where(PersonKey.person_id.in_(person_ids))):
            held = self._locks.get(key.person_id)
            if held is None or held[0] != key.wrapped:
                self._locks[key.person_id] = (key.wrapped, self._vault.open_key(key))

    def _follow_merges(
        self,
        session: Session,
        gallery: matching.Gallery,
        gone: Collection[int],
    ) -> None:
        """Put fingers under whoever leads now, and forget those of people whose key is destroyed."""
        before, self._leads = self._leads, leads(session)
        changed = {
            one for one in before.keys() | self._leads.keys() if before.get(one) != self._leads.get(one)
        }
        for one in gone:
            del self._locks[one]
        if not changed and not gone:
            return
        touched = {before.get(one, one) for one in {*changed, *gone}} | {
            self._leads.get(one, one) for one in changed
        }
        for key in touched:
            gallery.remove(str(key))
        members = {one for one, lead in self._leads.items() if lead in touched} | touched | changed
        again = select(Finger).options(defer(Finger.sealed_image))
        again = again.where(Finger.person_id.in_(members), Finger.id <= self._read_up_to)
        self._add_all(session, gallery, session.scalars(again.order_by(Finger.id)).all())

    def _add(self, gallery: matching.Gallery, finger: Finger) -> None:
        held = self._locks.get(finger.person_id)
        if held is None:
            return  # the key is destroyed: nobody can read this finger any more
        record = opened(
            held[1], finger.sealed_template, finger.id, "template", finger.position, finger.impression
        )
        if record is not None:
            whose = self._leads.get(finger.person_id, finger.person_id)
            gallery.enrol(str(whose), matching.Template.from_iso(record))
