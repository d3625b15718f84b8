"""The officer's unit put together: what the agent, the line to the hub and the page each get of it."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from edge.attestation.officers import Officers
from edge.basis import Basis, aside_name
from edge.decision import InForce
from edge.downlink import Downlink
from edge.journal import Journal
from edge.recording import JournalRecorder, latest
from edge.roll_content import Receipt
from edge.roll_copy import RollCopy
from edge.sealed_copy import SealedCopy
from edge.threads import Beat, Threads
from edge.unit.doings import Doings
from edge.unit.picture import EMPTY, Known
from edge.unit.scanning import CountStation, Identifying
from edge.unit.verbs import UnitVerbs
from wire.errors import WireError
from wire.keys import verifying_key
from wire.topics import Channel
from wire.unit import KIND, UnitPicture, UnitUpdate, seal_context

FILE: Final = "unit.sealed"
LOOK_BACK: Final = 5_000
"""Entries read at a start for what was counted, declared and taken over: a day of a busy gate."""

TURN_S: Final = 5.0
"""Longest wait between two looks at whether the key of a locked copy has come."""

MOST_WAITING: Final = 64


class UnitDesk:
    """Made before the line to the hub, which it hears; `connect` before its verbs are asked, then `start`."""

    def __init__(
        self,
        basis: Basis,
        journal: Journal,
        roll: RollCopy,
        identifier: Identifying,
        in_force: Callable[[], InForce],
    ) -> None:
        self._basis = basis
        self._journal = journal
        self._recorder: JournalRecorder | None = None
        self._roll = roll
        self._copy = SealedCopy(
            basis.folder.root / FILE,
            basis.roll_keys,
            UnitPicture,
            terminal=basis.settings.terminal,
            opening=basis.keys.opening,
            context=lambda version: seal_context(basis.settings.terminal, version),
            session=basis.counters.session,
            clock=basis.clock,
            log=basis.log.of("unit"),
        )
        self._copy.load(aside_name())
        self._doings = Doings()
        self._doings.remember(latest(journal, LOOK_BACK))
        self._arrived: queue.Queue[bytes | None] = queue.Queue(MOST_WAITING)
        self._changed: Callable[[], None] = _nobody
        self.station = CountStation(identifier, self.known, in_force, time.monotonic)

    def connect(self, recorder: JournalRecorder) -> None:
        """Hears of every entry from now on, and makes its own."""
        self._recorder = recorder
        recorder.tell(self._doings.note)

    def known(self) -> Known:
        """Everything that is known here of the unit now."""
        copy = self._copy
        return Known(
            picture=copy.content() or EMPTY,
            said_at=copy.said_at(),
            age_s=copy.age_s(),
            now=self._basis.clock.read(),
            doings=self._doings,
            faces=self._roll.content().people,
        )

    def verbs(self, officers: Officers) -> UnitVerbs:
        """What the page may ask; made once, after `connect`."""
        assert self._recorder is not None
        return UnitVerbs(
            self._basis.place.checkpoint,
            self.known,
            officers,
            self._recorder,
            self._basis.clock,
            lambda: self._journal.standing().committed,
            self.station,
        )

    def handlers(self) -> dict[Channel, Callable[[bytes], None]]:
        """For `HubLink`."""
        return {Channel.UNIT: self._post}

    def state(self) -> Mapping[str, Any]:
        """For `HubLink.also_tell`: the receipt."""
        return {"unit_version": self._copy.version()}

    def start(self, threads: Threads, changed: Callable[[], None]) -> None:
        """`changed` is called when the state has news for the hub."""
        self._changed = changed
        beat = threads.beat("unit", self._basis.settings.health.hung_s)
        threads.start("unit", lambda: self._run(beat), beat)

    def stop(self) -> None:
        self._arrived.put(None)

    def _post(self, raw: bytes) -> None:
        """Never waits: a picture that does not fit is followed by the next."""
        try:
            self._arrived.put_nowait(raw)
        except queue.Full:
            self._basis.refusals.count("mailbox_full")

    def _run(self, beat: Beat) -> None:
        grant = self._basis.grant
        assert grant is not None
        downlink = Downlink(
            self._basis.settings.terminal, verifying_key(grant.hub_verifying_key), self._basis.refusals
        )
        while True:
            beat()
            try:
                raw = self._arrived.get(timeout=TURN_S)
            except queue.Empty:
                self._copy.unlock(aside_name())
                continue
            if raw is None:
                return
            update = downlink.read(raw, KIND, UnitUpdate)
            if update is not None:
                self._take(update)

    def _take(self, update: UnitUpdate) -> None:
        try:
            receipt = self._copy.receive(update.version, update.said_at, update.session, update.sealed)
        except WireError as error:
            self._basis.refusals.count(error.reason)
            return
        if receipt in (Receipt.APPLIED, Receipt.STALE):
            self._changed()  # stale: the hub believes that we hold something else
        if receipt is Receipt.APPLIED:
            self._settle(update)

    def _settle(self, update: UnitUpdate) -> None:
        picture = self._copy.content() or EMPTY
        proven = {
            one.person: (update.said_at - one.proven_at).total_seconds()
            for one in picture.people
            if one.proven_at is not None
        }
        self._doings.settle(self._journal.standing().committed, self._basis.clock.read(), proven)


def _nobody() -> None:
    """Nobody listens before the parts are put together."""
