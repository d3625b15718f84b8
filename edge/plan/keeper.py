"""The plan that this gate acts by: taken from the hub, kept on the card, and asked at each finger.

Where people are comes in a channel of its own, many times a minute, and is held in memory alone: after a restart it
would be too old to decide by.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Protocol

from edge.clock import Reading
from edge.downlink import Downlink
from edge.log import Log
from edge.plan.entered import Entered
from edge.plan.held import HeldPlan, held_plan
from edge.plan.planned import Planned
from edge.plan.presence import Whereabouts, seen_of
from edge.ports import Clock
from edge.protection import RollKeys
from edge.refusals import Refusals
from edge.roll_content import Receipt
from edge.sealed_copy import SealedCopy
from wire.codec import decode
from wire.errors import Refusal, WireError
from wire.keys import OpeningKey
from wire.plan import (
    KIND,
    PRESENCE_KIND,
    Plan,
    PlanUpdate,
    Presence,
    PresenceUpdate,
    plan_context,
    presence_context,
)
from wire.provisioning import CheckpointSettings
from wire.sealing import unseal
from wire.topics import Channel

TURN_S: Final = 1.0
MOST_WAITING: Final = 64


class Pulse(Protocol):
    """A thread's sign of life."""

    def __call__(self) -> None: ...


@dataclass(frozen=True)
class _Heard:
    """The hub's last word of where people are, and when it came."""

    where: Whereabouts
    update: PresenceUpdate
    came: Reading


class PlanKeeper:
    """`load`, then `run` as the body of a thread; everything else may be called from any.

    `taken` gives those whom an officer takes through now, `changed` hears when the plan that is held did.
    """

    def __init__(
        self,
        path: Path,
        keys: RollKeys,
        place: CheckpointSettings,
        downlink: Downlink,
        refusals: Refusals,
        clock: Clock,
        log: Log,
        *,
        terminal: str,
        opening: OpeningKey,
        session: Callable[[], int | None],
        presence_old_s: float,
        aside_name: Callable[[], str],
    ) -> None:
        self._place = place
        self._downlink = downlink
        self._refusals = refusals
        self._clock = clock
        self._log = log
        self._terminal = terminal
        self._opening = opening
        self._session = session
        self._presence_old_s = presence_old_s
        self._aside_name = aside_name
        self._copy = SealedCopy(
            path,
            keys,
            Plan,
            terminal=terminal,
            opening=opening,
            context=lambda version: plan_context(terminal, version),
            session=session,
            clock=clock,
            log=log,
        )
        self.entered = Entered(place.to_zone)
        self._plan: HeldPlan | None = None
        self._heard: _Heard | None = None
        self._arrived: queue.Queue[tuple[Channel, bytes] | None] = queue.Queue(MOST_WAITING)
        self._lock = threading.Lock()
        self.taken: Callable[[], frozenset[str]] = frozenset
        self.changed: Callable[[], None] = _nobody

    def load(self, aside_name: str) -> None:
        """Brings back what was held; a file that is not ours or not whole is set aside, and the hub sends it again."""
        self._copy.load(aside_name)
        self._take_up()

    def planned(self) -> Planned | None:
        """What is known of moves now; None before the first plan."""
        plan = self._plan
        if plan is None:
            return None
        now, own_reset = self._clock.read(), self.entered.reset_at()
        if own_reset is not None and (plan.reset_at is None or own_reset > plan.reset_at):
            plan = replace(plan, reset_at=own_reset)
        return Planned(
            plan=plan,
            where=self._where(now),
            from_zone=self._place.from_zone,
            at=now.wall_time,
            age_s=self._copy.age_s(),
            taken=self.taken(),
        )

    def expected(self) -> frozenset[str]:
        """Who may come here by a pass, beside those who always may."""
        plan = self._plan
        return frozenset() if plan is None else plan.opens_soon(self._clock.read().wall_time)

    def state(self) -> Mapping[str, Any]:
        """For `HubLink.also_tell`."""
        return {"plan_version": self._copy.version()}

    def handlers(self) -> dict[Channel, Callable[[bytes], None]]:
        """For the hub link."""
        return {
            Channel.PLAN: lambda raw: self._post(Channel.PLAN, raw),
            Channel.PRESENCE: lambda raw: self._post(Channel.PRESENCE, raw),
        }

    def stop(self) -> None:
        self._arrived.put(None)

    def run(self, pulse: Pulse) -> None:
        """Returns after `stop`."""
        while True:
            pulse()
            try:
                message = self._arrived.get(timeout=TURN_S)
            except queue.Empty:
                self._look_for_key()
                continue
            if message is None:
                return
            self.take(*message)

    def take(self, channel: Channel, raw: bytes) -> None:
        """Acts by one message; one that must not be acted on is counted and changes nothing."""
        try:
            if channel is Channel.PLAN:
                self._take_plan(raw)
            else:
                self._take_presence(raw)
        except WireError as error:
            self._refusals.count(error.reason)

    def _look_for_key(self) -> None:
        """What lies locked on the card may be opened since the hub gave its half of the key."""
        self._copy.unlock(self._aside_name())
        if self._plan is None:
            self._take_up()

    def _post(self, channel: Channel, raw: bytes) -> None:
        try:
            self._arrived.put_nowait((channel, raw))
        except queue.Full:
            self._refusals.count("mailbox_full")

    def _take_plan(self, raw: bytes) -> None:
        update = self._downlink.read(raw, KIND, PlanUpdate)
        if update is None:
            return
        receipt = self._copy.receive(update.version, update.said_at, update.session, update.sealed)
        if receipt is Receipt.APPLIED:
            self._take_up()
            self._log.info("plan_taken", version=str(update.version))
        if receipt in (Receipt.APPLIED, Receipt.STALE):
            self.changed()  # stale: the hub believes we hold something else, our state tells it what

    def _take_up(self) -> None:
        content, version = self._copy.content(), self._copy.version()
        if content is None or version is None:
            return
        plan = held_plan(content, version, self._place.from_zone, self._place.to_zone)
        if plan.hours_unknown:
            self._log.error(
                "site_zone_unknown", say="The site's time zone is not on this machine: install tzdata."
            )
        self._plan = plan

    def _take_presence(self, raw: bytes) -> None:
        update = self._downlink.read(raw, PRESENCE_KIND, PresenceUpdate)
        if update is None:
            return
        with self._lock:
            if self._is_stale(update):
                raise WireError(Refusal.BACKWARDS, "This was said before what is known already.")
            context = presence_context(self._terminal, update.said_at)
            presence = decode(unseal(update.sealed, self._opening, context), Presence)
            where = Whereabouts(
                self._place.to_zone,
                seen_of(presence),
                {one.zone: one.people for one in presence.counts},
                update.said_at,
            )
            self._heard = _Heard(where, update, self._clock.read())

    def _is_stale(self, update: PresenceUpdate) -> bool:
        """What was said to us before we connected, or not after what was heard last, proves nothing about now."""
        if update.session is not None and update.session != self._session():
            return True
        held = self._heard
        return (
            held is not None
            and held.update.session == update.session
            and (update.said_at <= held.update.said_at)
        )

    def _where(self, now: Reading) -> Whereabouts:
        heard = self._heard
        where = Whereabouts(self._place.to_zone) if heard is None else heard.where
        fresh = heard is not None and now.seconds_since(heard.came) <= self._presence_old_s
        recent = now.wall_time - timedelta(seconds=self._presence_old_s)
        return replace(where, fresh=fresh, entered=self.entered.people(), recent_from=recent)


def _nobody() -> None:
    """Nobody listens before the parts are put together."""
