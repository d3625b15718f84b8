"""What the gate knows of moves, put together for glass, line and page: the plan, escorts, officers' fingers.

Without a grant there is no plan, and nobody is taken through by an officer's finger.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import matching
from edge.attestation.officers import Officers
from edge.basis import Basis, aside_name
from edge.desk.server import Verb
from edge.downlink import Downlink
from edge.escorts import Escorts
from edge.journal import Journal
from edge.moves_verbs import MovesVerbs
from edge.officer_fingers import OfficerFingers
from edge.passage import Taking
from edge.plan.keeper import PlanKeeper
from edge.plan.planned import Planned
from edge.plan.rules import ZONE_NOT_ALLOWED, Entry, judge
from edge.recording import JournalRecorder, latest
from edge.roll_copy import RollCopy
from edge.threads import Threads
from wire.happenings import Decision
from wire.journal import Clock as Confidence
from wire.keys import verifying_key
from wire.roll import RollPerson
from wire.topics import Channel

FILE: Final = "plan.sealed"
LOOK_BACK: Final = 5_000
"""Entries read at a start for whom this gate let in, and for an escort that was cut: a day of a busy gate."""


class MovesDesk:
    """Made before the line to the hub, which it hears; `connect` before the first finger, then `start`."""

    def __init__(self, basis: Basis, journal: Journal, roll: RollCopy) -> None:
        self._basis = basis
        self._journal = journal
        self._roll = roll
        rules = basis.settings.passage
        self._keeper = self._make_keeper(basis)
        self.fingers = OfficerFingers(
            lambda: roll.content().officers, matching.Gallery, matching.compare, fmr=rules.site_fmr
        )
        self.escorts = Escorts(basis.place, self.planned, basis.clock, longest_s=rules.escort_s)
        if self._keeper is not None:
            self._keeper.taken = self.escorts.taken
            self._keeper.load(aside_name())

    def connect(self, recorder: JournalRecorder) -> None:
        """Hears of every entry, of those before this start first, and makes its own."""
        told = list(latest(self._journal, LOOK_BACK))
        if self._keeper is not None:
            for entry in told:
                self._keeper.entered.note(*entry)
            recorder.tell(self._keeper.entered.note)
        self.escorts.remember(told)
        self.escorts.connect(recorder)
        recorder.tell(self.escorts.note)

    def planned(self) -> Planned | None:
        """What is known of moves now; None before the first plan."""
        return None if self._keeper is None else self._keeper.planned()

    def coming(self) -> frozenset[str]:
        """Who may come here by a pass."""
        return frozenset() if self._keeper is None else self._keeper.expected()

    def taking(self, officers: Officers) -> Taking:
        """For the glass: whose finger begins an escort, or signs in at the page."""

        def claims(probe: object) -> bool:
            return officers.claims(lambda login: self.fingers.is_of(login, probe))

        return Taking(self.escorts, self.fingers.named, claims)

    def forbids(self, person: RollPerson) -> str | None:
        """The rule by which not even an officer's word lets somebody through here now; None when it does."""
        planned, place = self.planned(), self._basis.place
        now = self._basis.clock.read()
        entry = Entry(
            person=person.person,
            permitted=place.to_zone in person.zones,
            from_zone=place.from_zone,
            to_zone=place.to_zone,
            at=now.wall_time,
            clock_sure=now.confidence is Confidence.SYNCHRONISED,
            with_officer=True,
        )
        if planned is None:
            return None if entry.permitted else ZONE_NOT_ALLOWED
        found = judge(entry, planned.plan, planned.where)
        return None if found.decision is Decision.ADMIT else found.rule

    def verbs(self, officers: Officers, recorder: JournalRecorder) -> Mapping[str, Verb]:
        """What the page may ask."""
        people = self._roll
        return MovesVerbs(
            self._basis.place, self.escorts, officers, recorder, lambda: people.content().people
        ).verbs()

    def handlers(self) -> dict[Channel, Callable[[bytes], None]]:
        """For `HubLink`."""
        return {} if self._keeper is None else self._keeper.handlers()

    def state(self) -> Mapping[str, Any]:
        """For `HubLink.also_tell`: the receipt."""
        return {} if self._keeper is None else self._keeper.state()

    def start(self, threads: Threads, changed: Callable[[], None]) -> None:
        """`changed` is called when the state has news for the hub."""
        keeper = self._keeper
        if keeper is None:
            return
        keeper.changed = changed
        beat = threads.beat("plan", self._basis.settings.health.hung_s)
        threads.start("plan", lambda: keeper.run(beat), beat)

    def stop(self) -> None:
        if self._keeper is not None:
            self._keeper.stop()

    @staticmethod
    def _make_keeper(basis: Basis) -> PlanKeeper | None:
        if basis.grant is None:
            return None
        settings = basis.settings
        return PlanKeeper(
            basis.folder.root / FILE,
            basis.roll_keys,
            basis.place,
            Downlink(settings.terminal, verifying_key(basis.grant.hub_verifying_key), basis.refusals),
            basis.refusals,
            basis.clock,
            basis.log.of("plan"),
            terminal=settings.terminal,
            opening=basis.keys.opening,
            session=basis.counters.session,
            presence_old_s=settings.passage.presence_old_s,
            aside_name=aside_name,
        )
