"""The agent's side of the officer's page, put together: referrals, officers, their word, and the socket."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from edge.agent import Agent
from edge.attestation.attesting import Attesting
from edge.attestation.forms import Home, Nothing
from edge.attestation.guard import PinGuard
from edge.attestation.home import clock_is_sure, hub_is_heard, warnings_of
from edge.attestation.letting import LettingThrough
from edge.attestation.officers import Officers
from edge.attestation.referrals import Referrals
from edge.attestation.verbs import OfficerVerbs, remember
from edge.configuration.front import front_of
from edge.decision import GUARDED
from edge.desk.server import DeskSocket, Verb
from edge.gate import Gate
from edge.hub_link import HubLink
from edge.journal import Journal
from edge.log import Log
from edge.moves import MovesDesk
from edge.ports import Clock
from edge.provisioning import Folder
from edge.recording import JournalRecorder, latest
from edge.roll_copy import RollCopy
from edge.settings import Settings
from edge.threads import Threads
from edge.unit.desk import UnitDesk
from wire.provisioning import CheckpointSettings
from wire.versions import Version

LOOK_BACK = 2_000
"""Entries read at a start for referrals that still wait and PINs that were wrong: an hour of a busy gate."""

MoreVerbs = Callable[[Officers], Mapping[str, Verb]]


class PageDesk:
    """Made before the agent, which asks `calling`; `start` opens the socket. Nothing here can hold up a finger."""

    def __init__(
        self,
        folder: Folder,
        settings: Settings,
        place: CheckpointSettings,
        roll: RollCopy,
        gate: Gate,
        journal: Journal,
        recorder: JournalRecorder,
        clock: Clock,
        log: Log,
        unit: UnitDesk,
        moves: MovesDesk,
    ) -> None:
        self._folder = folder
        self._settings = settings
        self._place = place
        self._roll = roll
        self._gate = gate
        self._journal = journal
        self._recorder = recorder
        self._clock = clock
        self._log = log
        self._referrals = Referrals()
        guard = PinGuard()
        told = latest(journal, LOOK_BACK)
        remember(told, self._referrals, guard, clock.read(), time.monotonic())
        recorder.tell(self._referrals.note)
        self._moves = moves
        self.officers = self._officers = Officers(
            lambda: roll.content().officers,
            recorder,
            place.checkpoint,
            now=time.monotonic,
            new_token=lambda: secrets.token_urlsafe(32),
            guard=guard,
            asks_finger=self._asks_finger,
        )
        self._unit = unit.verbs(self._officers)
        self._socket: DeskSocket | None = None
        self._letting: LettingThrough | None = None
        self._agent: Agent | None = None
        self._link: HubLink | None = None
        self._rules: Callable[[], tuple[Version | None, int | None]] = lambda: (None, None)

    def calling(self) -> bool:
        """Whether the resting light should send somebody to the officer. Asked at each turn of the glass.

        JournalWriteError when somebody whom the hub let through cannot be recorded.
        """
        if self._letting is not None:
            self._letting.look()
        for reference in self._gate.answered():
            self._referrals.close(reference)
        return self._referrals.is_calling(self._clock.read())

    def start(
        self,
        threads: Threads,
        agent: Agent,
        link: HubLink | None,
        rules: Callable[[], tuple[Version | None, int | None]],
        more: MoreVerbs | None = None,
    ) -> None:
        """Opens the socket. `rules` gives version and age of the configuration, `more` verbs of other desks."""
        self._agent, self._link, self._rules = agent, link, rules
        attesting = Attesting(
            self._place,
            self._roll,
            self._referrals,
            self._recorder,
            self._clock,
            self._gate.front,
            agent.answer,
            self._gate.in_force,
            self._officers.confirm if self._wants_second() else None,
            self._moves.forbids,
        )
        self._letting = LettingThrough(
            self._place,
            self._settings.gate.kind,
            self._roll,
            self._referrals,
            self._recorder,
            self._clock,
            self._gate.front,
            agent.answer,
            self._gate.let_through,
            self._gate.in_force,
            self._gate.used,
        )
        officer = OfficerVerbs(
            self._roll,
            self._referrals,
            self._officers,
            attesting,
            self._clock,
            self._home,
            lambda person: self._moves.forbids(person) is None,
            self._unit.showing.any_blind,
        )
        verbs = {
            **officer.verbs(),
            **self._unit.verbs(),
            **self._moves.verbs(self._officers, self._recorder),
            "inmate": Verb(Nothing, lambda _asked: self._gate.front.picture()),
            **(more(self._officers) if more is not None else {}),
        }
        socket = self._socket = DeskSocket(_socket_path(self._folder), verbs, self._log.of("desk"))
        beat = threads.beat("desk", self._settings.health.hung_s)
        threads.start("desk", lambda: socket.run(beat), beat)

    def _asks_finger(self, login: str) -> bool:
        """A sensor that does not work keeps nobody from the page."""
        works = self._agent is not None and front_of(self._agent.condition).works
        wanted = self._settings.page.officer_finger == "when_enrolled"
        return wanted and works and self._moves.fingers.has(login)

    def _wants_second(self) -> bool:
        chosen = self._settings.page.second_officer
        return chosen == "always" or (chosen == "guarded" and self._settings.gate.kind in GUARDED)

    def stop(self) -> None:
        if self._socket is not None:
            self._socket.stop()

    def _home(self) -> Home:
        now = self._clock.read()
        content, standing = self._roll.content(), self._journal.standing()
        condition = self._agent.condition if self._agent is not None else None
        health = self._link.health.read() if self._link is not None else None
        version, rules_age_s = self._rules()
        waiting = self._referrals.open(now)
        orders = self._gate.in_force()
        kinds = [("EVACUATE", orders.evacuate), ("LOCKDOWN", orders.lockdown)]
        home = Home(
            terminal=self._settings.terminal,
            model=self._settings.model,
            checkpoint=self._place.checkpoint,
            from_zone=self._place.from_zone,
            to_zone=self._place.to_zone,
            connected=None if health is None else hub_is_heard(health),
            sensor=condition.sensor if condition is not None else "",
            in_service=condition is not None and condition.in_service,
            roll_version=str(content.version),
            roll_age_s=self._roll.age_s(),
            rules_version=None if version is None else str(version),
            rules_age_s=rules_age_s,
            people=None if self._unit.showing.any_blind() else len(content.people),
            officers=len(content.officers),
            queue=standing.last - standing.committed,
            clock_sure=clock_is_sure(now.confidence),
            door=health.door if health is not None else None,
            orders=[kind for kind, holds in kinds if holds] + ["LET_THROUGH"] * bool(orders.let_through),
            referrals=len(waiting),
            waiting_s=int(now.seconds_since(waiting[0].opened)) if waiting else None,
            second_officer=self._wants_second(),
        )
        wants = self._settings.page.officers
        return msgspec.structs.replace(
            home, warnings=warnings_of(home, health, self._settings.passage, wants_officers=wants)
        )


def _socket_path(folder: Folder) -> Path:
    """In the run folder that systemd gives the agent, which every boot finds empty; else beside the data."""
    run = os.environ.get("RUNTIME_DIRECTORY")
    return Path(run) / folder.desk.name if run else folder.desk
