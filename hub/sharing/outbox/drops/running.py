"""One turn of the drops: files that are due are written and pushed, and files that lie there are taken in."""

from __future__ import annotations

import logging
import random
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from hub.database import Sessions, session_scope
from hub.sharing.agreements.reading import agreements_in_force
from hub.sharing.outbox.answers import Answer, Outcome
from hub.sharing.outbox.channels import agencies_with_webhook
from hub.sharing.outbox.drop_records import DropSetting
from hub.sharing.outbox.drop_settings import drops_in_force
from hub.sharing.outbox.drops.files import OutFile
from hub.sharing.outbox.drops.places import OUT, Place, PlaceError, place_of
from hub.sharing.outbox.drops.taking import Receive, take_in
from hub.sharing.outbox.drops.writing import take_back, write_due
from hub.sharing.outbox.frequency import waits_for_turn
from hub.sharing.outbox.lease import anything_due, claim, release
from hub.sharing.outbox.sending import give_up
from hub.sharing.outbox.signing import Signer

_OUTCOMES: Final = {
    "not_the_one": Outcome.NOT_THE_ONE,
    "turned_away": Outcome.TURNED_AWAY,
    "unreachable": Outcome.UNREACHABLE,
    "folder": Outcome.NO_ADDRESS,
}
_log: Final = logging.getLogger(__name__)


@dataclass
class Drops:
    """Every agency's drop. `root` is the hub's own folder of drops, `keys` that of its keys."""

    sessions: Sessions
    root: Path
    keys: Path
    signer: Callable[[], Signer]
    receive: Receive
    token: str = field(default_factory=lambda: str(uuid.uuid4()))

    def turn(self, now: datetime) -> None:
        """Look after each drop once; one that cannot be reached keeps no other waiting."""
        with session_scope(self.sessions, writes=False) as session:
            settings = list(drops_in_force(session))
            told = agencies_with_webhook(session)
        for setting in settings:
            place = place_of(setting, self.root, self.keys)
            if setting.agency not in told:
                self._write(setting, place, now)
            self._take(setting, place, now)

    def _write(self, setting: DropSetting, place: Place, now: datetime) -> None:
        agency = setting.agency
        with session_scope(self.sessions, writes=False) as session:
            if not anything_due(session, agency, now):
                return
        with session_scope(self.sessions) as session:
            if not claim(session, agency, self.token, now):
                return
            agreed = agreements_in_force(session, now, agency)
            give_up(session, agency, now, waits_for_turn(agreed, files=True))
        answer = self._written(setting, place, now)
        with session_scope(self.sessions) as session:
            release(session, agency, self.token, now, answer, random.random)

    def _written(self, setting: DropSetting, place: Place, now: datetime) -> Answer | None:
        try:
            with session_scope(self.sessions) as session:
                files = write_due(session, setting, self.signer(), now)
                broken = _put_down(place, files)
                if broken is not None:
                    _log.warning("drop of %s: %s", setting.agency, broken.error.code)
                    outcome = _OUTCOMES[broken.error.code]
                    take_back(session, files[broken.whole :], outcome, now)
                    return Answer(outcome)
        except PlaceError as error:
            _log.warning("drop of %s: %s", setting.agency, error.code)
            return Answer(_OUTCOMES[error.code])
        return Answer(Outcome.IN_FILE, 0) if files else None

    def _take(self, setting: DropSetting, place: Place, now: datetime) -> None:
        try:
            for name in place.waiting():
                held = take_in(self.sessions, setting, place, name, self.receive, now)
                _log.info("drop of %s: %s rows taken, %s refused", setting.agency, held.taken, held.refused)
        except PlaceError as error:
            _log.warning("drop of %s: %s", setting.agency, error.code)


@dataclass(frozen=True)
class _Broken:
    """The place failed after something was put down; `whole` files are complete."""

    whole: int
    error: PlaceError


def _put_down(place: Place, files: Sequence[OutFile]) -> _Broken | None:
    """Each table before its manifest: whoever sees the manifest has the whole of it.

    A crash before the commit leaves both to be written again under the same number. PlaceError where nothing was put
    down; what lies there, be it without its manifest, has left and stays in the log.
    """
    laid = 0
    for whole, one in enumerate(files):
        manifest = one.name.rpartition(".")[0] + ".json"
        try:
            for name, raw in ((one.name, one.table), (manifest, one.manifest)):
                place.put(OUT, name, raw)
                laid += 1
        except PlaceError as error:
            if not laid:
                raise
            return _Broken(whole, error)
    return None
