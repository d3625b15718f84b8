"""What an agent has because the hub took it in: the line, the hub's configuration, its half of a key, renewals."""

from __future__ import annotations

import time
from collections.abc import Callable

from edge.agent import Agent
from edge.asking import Asking
from edge.basis import Basis, aside_name, new_id, software
from edge.configuration.front import front_of
from edge.configuration.keeper import Around, Configurations
from edge.downlink import Downlink
from edge.enrolment.desk import EnrolmentDesk
from edge.gate import Gate
from edge.hub_link import HubLink
from edge.journal import Journal
from edge.moves import MovesDesk
from edge.ports import Recorder
from edge.roll_copy import RollCopy
from edge.sensor import SensorHealth
from edge.threads import Threads
from edge.unit.desk import UnitDesk
from wire.keys import verifying_key
from wire.provisioning import Grant
from wire.topics import Channel
from wire.versions import Version


class HubSide:
    """Made before the agent, started after it; no absence of the hub ends any of it."""

    def __init__(
        self,
        basis: Basis,
        grant: Grant,
        journal: Journal,
        roll: RollCopy,
        gate: Gate,
        enrolment: EnrolmentDesk | None,
        sensor: Callable[[], SensorHealth],
        unit: UnitDesk,
        moves: MovesDesk,
    ) -> None:
        self._basis = basis
        self._enrolment = enrolment
        self._unit = unit
        self._moves = moves
        self._gate = gate
        hub_key = verifying_key(grant.hub_verifying_key)
        self._configurations = Configurations(
            basis.start,
            Downlink(basis.settings.terminal, hub_key, basis.refusals),
            basis.refusals,
            basis.counters,
            basis.clock,
            now=time.monotonic,
            log=basis.log.of("configuration"),
        )
        self._asking = Asking(
            basis.folder,
            basis.settings,
            basis.keys,
            hub_key,
            basis.roll_file,
            basis.roll_keys,
            roll,
            basis.refusals,
            basis.clock,
            basis.log,
            aside_name=aside_name,
        )
        self.link = self._make_link(grant, journal, roll, gate, sensor)

    def rules_age_s(self) -> int | None:
        return self._configurations.age_s()

    def config_version(self) -> Version | None:
        return self._configurations.version

    def start(
        self, threads: Threads, agent: Agent, recorder: Recorder, start_anew: Callable[[], None]
    ) -> None:
        """Starts the threads; `start_anew` is called when another configuration is to be tried."""
        configurations, hung_s = self._configurations, self._basis.settings.health.hung_s
        self.link.start(threads, agent.condition)
        configurations.connect(
            Around(
                recorder,
                lambda: front_of(agent.condition),
                self.link.tell_now,
                start_anew,
                self._gate.in_force,
            )
        )
        beat = threads.beat("configuration", hung_s)
        threads.start("configuration", lambda: configurations.run(beat), beat)
        if self._enrolment is not None:
            self._enrolment.start(self.link.say, threads, hung_s)
        self._unit.start(threads, self.link.tell_now)
        self._moves.start(threads, self.link.tell_now)
        self._asking.start(self.link, threads)

    def stop(self) -> None:
        """Asks everything but the line to end, which stays for the last word."""
        self._configurations.stop()
        self._asking.stop()
        self._unit.stop()
        self._moves.stop()
        if self._enrolment is not None:
            self._enrolment.stop()

    def _make_link(
        self, grant: Grant, journal: Journal, roll: RollCopy, gate: Gate, sensor: Callable[[], SensorHealth]
    ) -> HubLink:
        basis, configurations = self._basis, self._configurations
        link = HubLink(
            basis.folder,
            basis.settings,
            grant,
            basis.keys,
            journal,
            roll,
            basis.counters,
            basis.refusals,
            basis.clock,
            basis.log,
            software=software(),
            new_id=new_id,
            aside_name=aside_name,
            sensor=sensor,
            restarts=basis.counters.count_start(basis.clock.read().boot_id),
            handlers={
                Channel.CONFIG: configurations.post,
                **self._asking.handlers(),
                **gate.handlers(),
                **self._unit.handlers(),
                **self._moves.handlers(),
                **(self._enrolment.handlers() if self._enrolment is not None else {}),
            },
        )
        link.also_tell(configurations.state, lambda: {"rules_age_s": configurations.age_s()})
        link.also_tell(gate.state, gate.health)
        link.also_tell(self._unit.state)
        link.also_tell(self._moves.state)
        return link
