"""An officer's word for somebody: on disk first, then the lock and the lamp. Nothing of it needs the hub."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from edge.attestation.forms import Attested, AttestQuestion
from edge.attestation.referrals import Referral, Referrals
from edge.decision import NO_ORDERS, InForce
from edge.errors import DeskRefusedError
from edge.inmate.moments import BY_PLAN, Front, Moment, Sign
from edge.ports import Clock, Light, Recorder
from edge.roll_copy import RollCopy
from wire.happenings import Attestation, Decision, EntryReference
from wire.provisioning import CheckpointSettings
from wire.roll import RollPerson

LIGHTS = {Decision.ADMIT: (Light.ADMIT, Sign.GO), Decision.REFUSE: (Light.REFUSE, Sign.NOT_HERE)}


Forbids = Callable[[RollPerson], str | None]


@dataclass(frozen=True)
class _Word:
    decision: Decision
    rule: str
    person: RollPerson | None


class Attesting:
    """`light` shows the ring's answer; `front` shows the moment and holds the lock. Any thread may call.

    `in_force` tells of a lockdown, in which fingers let nobody through and open no referral, and of an evacuation, in
    which no rule holds anybody back. `second` proves another officer's PIN; with it nobody is let through here on one
    officer's word, save in an evacuation. `forbids` gives the rule that an officer's word does not lift.
    """

    def __init__(
        self,
        place: CheckpointSettings,
        roll: RollCopy,
        referrals: Referrals,
        recorder: Recorder,
        clock: Clock,
        front: Front,
        light: Callable[[Light], object],
        in_force: Callable[[], InForce] = lambda: NO_ORDERS,
        second: Callable[[str, str], object] | None = None,
        forbids: Forbids | None = None,
    ) -> None:
        self._place = place
        self._roll = roll
        self._referrals = referrals
        self._recorder = recorder
        self._clock = clock
        self._front = front
        self._light = light
        self._in_force = in_force
        self._second = second
        self._forbids = forbids or self._by_roll
        self._answering = threading.Lock()

    def attest(self, officer: str, asked: AttestQuestion) -> Attested:
        """Journals what the officer `officer` says, then opens the gate if the person may pass.

        DeskRefusedError `answered` when the referral does not wait any more, `no_reason`, `unknown` for a person who is
        not on the roll copy, `try_first` without a referral for somebody whose fingers can be read, save in a
        lockdown, a count or an evacuation. EdgeError when the journal takes no entry: then nothing opens.
        """
        reason = asked.reason.strip()
        if not reason:
            raise DeskRefusedError("no_reason", "Say why: choose a reason, or write one.")
        with self._answering:  # two officers, one referral: the second is told
            self._referral(asked.referral)
            word = self._word(asked)
            second = self._seconded(officer, asked, word)
            self._record(officer, asked, word, reason, second)
        self._show(word)
        return Attested(
            decision=word.decision, rule=word.rule, name=word.person.name if word.person is not None else ""
        )

    def _referral(self, reference: EntryReference | None) -> Referral | None:
        if reference is None:
            return None
        found = self._referrals.find(reference, self._clock.read())
        if found is None:
            raise DeskRefusedError(
                "answered", "This was answered already, or waited for too long. Ask the person to try again."
            )
        return found

    def _word(self, asked: AttestQuestion) -> _Word:
        if asked.person is None:
            if asked.referral is None:
                raise DeskRefusedError("unknown", "Choose whom you turn back: nobody is waiting.")
            return _Word(Decision.REFUSE, "turned_back", None)
        person = self._roll.content().people.get(asked.person)
        if person is None:
            raise DeskRefusedError(
                "unknown",
                "This person is not on the terminal's roll. Ask the control room, or turn them back.",
            )
        orders = self._in_force()
        tries_first = not (person.attested or orders.lockdown or orders.hold or orders.evacuate)
        if asked.referral is None and tries_first:
            raise DeskRefusedError("try_first", "Ask them to try their finger first; then they stand here.")
        rule = None if orders.evacuate else self._forbids(person)
        if rule is not None:
            return _Word(Decision.REFUSE, rule, person)
        return _Word(Decision.ADMIT, "attested", person)

    def _by_roll(self, person: RollPerson) -> str | None:
        return None if self._place.to_zone in person.zones else "zone_not_allowed"

    def _seconded(self, officer: str, asked: AttestQuestion, word: _Word) -> str | None:
        """Who else vouches for it; nobody where the rule asks for none, and in an evacuation."""
        if self._second is None or word.decision is not Decision.ADMIT or self._in_force().evacuate:
            return None
        if asked.second is None:
            raise DeskRefusedError(
                "second", "This gate asks for two officers. The second one gives a PIN as well."
            )
        if asked.second == officer:
            raise DeskRefusedError("same_officer", "The second officer is somebody else than you.")
        self._second(asked.second, asked.second_pin)
        return asked.second

    def _record(
        self, officer: str, asked: AttestQuestion, word: _Word, reason: str, second: str | None
    ) -> None:
        facts = self._roll.facts(self._roll.content())
        self._recorder.record(
            Attestation(
                checkpoint=self._place.checkpoint,
                from_zone=self._place.from_zone,
                to_zone=self._place.to_zone,
                decision=word.decision,
                person=asked.person,
                officer=officer,
                reason=reason,
                referral=asked.referral,
                standing=word.person is not None and word.person.attested,
                roll_version=facts.version,
                roll_age_s=facts.age_s,
                second=second,
            )
        )

    def _show(self, word: _Word) -> None:
        light, sign = LIGHTS[word.decision]
        if word.rule in BY_PLAN:
            sign = Sign.WAIT_OFFICER
        self._front.show(Moment(sign, language=word.person.language if word.person is not None else ""))
        if word.decision is Decision.ADMIT:
            self._front.grant()
        self._light(light)
