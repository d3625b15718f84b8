"""The gate of one terminal, put together: the orders in force, the inmate's front, and what is wired to it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from edge.barrier.barrier import Barrier
from edge.barrier.pins import open_wiring, pins_in_use
from edge.decision import NO_ORDERS, Circumstances, InForce
from edge.inmate.front import InmateFront
from edge.inmate.moments import Moment, Sign
from edge.inmate.words import load_languages
from edge.log import Log
from edge.orders import OrdersBook
from edge.orders_file import OrdersFile
from edge.plan.planned import Planned
from edge.ports import Clock, Recorder
from edge.provisioning import Folder
from edge.refusals import Refusals
from edge.settings import Settings
from edge.threads import Threads
from wire.happenings import EntryReference
from wire.journal import Clock as Confidence
from wire.keys import verifying_key
from wire.orders import Order
from wire.provisioning import Grant
from wire.topics import Channel
from wire.versions import Version


@dataclass(frozen=True)
class Telling:
    """Whom the gate tells: the journal, and whoever sends the state when something changed.

    `serves` tells whether fingers are answered now: sensor and journal work.
    """

    recorder: Recorder
    state_changed: Callable[[], None]
    serves: Callable[[], bool] = lambda: True


class Gate:
    """Made before anything else of the agent, because making it puts the lock into its safe state."""

    def __init__(
        self,
        folder: Folder,
        settings: Settings,
        grant: Grant | None,
        refusals: Refusals,
        clock: Clock,
        log: Log,
        *,
        checkpoint: str,
        aside_name: Callable[[], str],
    ) -> None:
        chosen = settings.gate
        self._settings = settings
        self._clock = clock
        self._barrier = Barrier(
            chosen,
            checkpoint,
            partial(open_wiring, chosen),
            wired=bool(pins_in_use(chosen)),
            now=time.monotonic,
            log=log.of("gate"),
        )
        self._barrier.prepare()
        self._orders: OrdersBook | None = None
        if grant is not None:
            hub_key = verifying_key(grant.hub_verifying_key)
            file = OrdersFile(folder.orders, settings.terminal, hub_key)
            self._orders = OrdersBook(file, refusals, clock, log.of("orders"))
            self._orders.load(aside_name())
            self._go_on_evacuating()
        self.front = InmateFront(
            load_languages(), chosen.languages, self._barrier, self.in_force, time.monotonic
        )

    def _go_on_evacuating(self) -> None:
        """An evacuation from before this start does not wait for the engine and the roll."""
        in_force = self.in_force()
        if in_force.evacuate:
            self._barrier.turn(in_force, lambda _sign: None, serves=False)

    def handlers(self) -> dict[Channel, Callable[[bytes], None]]:
        """For `HubLink`."""
        return {} if self._orders is None else {Channel.ORDERS: self._orders.post}

    def in_force(self) -> InForce:
        return NO_ORDERS if self._orders is None else self._orders.in_force()

    def orders_version(self) -> Version | None:
        """For the record of a passage."""
        return None if self._orders is None else self._orders.version()

    def answered(self) -> list[EntryReference]:
        """Referrals that the hub has answered by letting the person through."""
        return [] if self._orders is None else self._orders.answered()

    def let_through(self) -> list[Order]:
        """Orders by which an officer at the hub lets one person through, not used up yet."""
        return [] if self._orders is None else self._orders.let_through()

    def used(self, number: int) -> None:
        """A passage used up the order of that number."""
        if self._orders is not None:
            self._orders.used(number)

    def circumstances(self, rules_age_s: int | None, planned: Planned | None = None) -> Circumstances:
        """What bears on a finger that comes now."""
        return Circumstances(
            gate=self._settings.gate.kind,
            orders=self.in_force(),
            clock_sure=self._clock.read().confidence is Confidence.SYNCHRONISED,
            rules_age_s=rules_age_s,
            planned=planned,
        )

    def state(self) -> Mapping[str, Any]:
        """For `HubLink.also_tell`."""
        return {} if self._orders is None else self._orders.state()

    def health(self) -> Mapping[str, Any]:
        """For `HubLink.also_tell`."""
        told = dict(self._barrier.health())
        gate = self._settings.gate
        if not gate.relay_enabled and gate.contact_pin is None:
            told["door"] = None  # no lock to release and no door to see
        orders = {} if self._orders is None else self._orders.health()
        return {**told, "alarms": [*told["alarms"], *orders.get("alarms", [])]}

    def start(self, threads: Threads, telling: Telling) -> None:
        """Takes the lock in hand, and orders from the hub."""

        def changed() -> None:
            self.front.look_again()
            telling.state_changed()

        def say(sign: Sign) -> None:
            self.front.show(Moment(sign))

        def work() -> None:
            self._barrier.run(telling.recorder, self.in_force, say, beat, telling.serves)

        hung_s = self._settings.health.hung_s
        beat = threads.beat("gate", hung_s)
        threads.start("gate", work, beat)
        orders = self._orders
        if orders is not None:
            orders.connect(telling.recorder, changed)
            orders_beat = threads.beat("orders", hung_s)
            threads.start("orders", lambda: orders.run(orders_beat), orders_beat)

    def stop(self) -> None:
        """Asks the threads to end; the lock is left in its safe state."""
        self._barrier.stop()
        if self._orders is not None:
            self._orders.stop()

    def close(self) -> None:
        """Lets go of the pins, with the lock in its safe state, if the thread has not."""
        self._barrier.close()
