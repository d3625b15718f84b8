"""Enrolling a whole manifest: fingers are prepared side by side, people go in one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from hub.accounts.audit import OPERATOR
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.enrolment import PreparedFinger, prepare_finger, warm_up
from hub.biometrics.photo_making import PreparedPhoto, prepare_photo
from hub.biometrics.photos import add_photo
from hub.biometrics.vault import Vault
from hub.custody.rules import OrderFacts, PersonFacts, clean_name
from hub.database import Sessions, session_scope
from hub.errors import HubError
from hub.reception.admission import Admission, Admitted, FaultyError, admit
from hub.reception.manifest import Manifest, PersonEntry, read_file
from hub.reception.manifest_facts import what_more
from hub.web.formats import SITE_ZONE

WORKERS: Final = 2
AHEAD: Final = 4
"""People whose fingers are prepared before their turn; it bounds the images in memory."""


@dataclass(frozen=True)
class _Prepared:
    """What the files of an entry hold, judged."""

    fingers: tuple[PreparedFinger, ...]
    photo: PreparedPhoto | None

    def __repr__(self) -> str:
        return "_Prepared()"


@dataclass(frozen=True)
class Enrolled:
    """What became of entry `index`: the numbers, or the sentence that refused it."""

    index: int
    admitted: Admitted | None
    refused: str = ""


def enrol_all(
    manifest: Manifest,
    folder: Path,
    *,
    sessions: Sessions,
    vault: Vault,
    clock: Callable[[], datetime],
) -> Iterator[Enrolled]:
    """Admit everyone of the manifest, each in a transaction of their own, in its order."""
    warm_up()
    search = DuplicateSearch(vault, sessions)
    search.refresh()
    with ThreadPoolExecutor(WORKERS, "enrol") as pool:
        for index, (entry, prepared) in enumerate(_prepared(manifest, folder, pool)):
            yield _enrol(index, entry, prepared, sessions, vault, search, clock())


def _prepared(
    manifest: Manifest, folder: Path, pool: ThreadPoolExecutor
) -> Iterator[tuple[PersonEntry, Future[_Prepared]]]:
    waiting: list[tuple[PersonEntry, Future[_Prepared]]] = []
    for entry in manifest.people:
        waiting.append((entry, pool.submit(_prepare, entry, folder, manifest.dpi)))
        if len(waiting) > AHEAD:
            yield waiting.pop(0)
    yield from waiting


def _prepare(entry: PersonEntry, folder: Path, dpi: float) -> _Prepared:
    fingers = _fingers(entry, folder, dpi)
    photo = None if entry.photo is None else prepare_photo(read_file(folder, entry.photo))
    return _Prepared(fingers, photo)


def _fingers(entry: PersonEntry, folder: Path, dpi: float) -> tuple[PreparedFinger, ...]:
    return tuple(
        prepare_finger(
            finger.position,
            [read_file(folder, name) for name in finger.images],
            dpi=dpi,
            can_be_retaken=False,
        )
        for finger in entry.fingers
    )


def _enrol(
    index: int,
    entry: PersonEntry,
    prepared: Future[_Prepared],
    sessions: Sessions,
    vault: Vault,
    search: DuplicateSearch,
    now: datetime,
) -> Enrolled:
    try:
        found = prepared.result()
        admission = _admission(entry, found.fingers, now)
        with session_scope(sessions) as session:
            admitted = admit(session, vault, search, admission, actor=OPERATOR, at=now)
            if found.photo is not None:
                by = OPERATOR.login
                add_photo(session, vault, admitted.person_id, found.photo, taken_at=now, at=now, by=by)
            return Enrolled(index, admitted)
    except FaultyError as error:
        faults = "; ".join(f"{field}: {fault}" for field, fault in error.faults.items())
        return Enrolled(index, None, faults)
    except HubError as error:
        return Enrolled(index, None, error.sentence)


def _admission(entry: PersonEntry, fingers: tuple[PreparedFinger, ...], now: datetime) -> Admission:
    order = OrderFacts(
        kind=entry.order_kind,
        reference=entry.order_reference,
        issued_on=entry.order_issued_on or now.astimezone(SITE_ZONE).date(),
        expires_on=entry.order_expires_on,
    )
    person = PersonFacts(clean_name(entry.surname), clean_name(entry.given), entry.born_on, entry.sex)
    zones = frozenset(entry.zones)
    return Admission(person, order, entry.home_zone, zones, fingers, more=what_more(entry, order, now))
