"""An officer at the hub answered for somebody whom no finger names: the lock is released once, by that word alone.

No finger stands for it: one that is nobody's would let any stranger take the way, and be on record as the person's.
"""

from __future__ import annotations

from collections.abc import Callable

from edge.attestation.referrals import Referrals
from edge.decision import GUARDED, InForce
from edge.inmate.moments import Front, Moment, Sign
from edge.ports import Clock, Light, Recorder
from edge.roll_copy import RollCopy
from wire.happenings import Attestation, Decision
from wire.orders import Order
from wire.provisioning import CheckpointSettings
from wire.settings import GateKind


class LettingThrough:
    """`orders` gives those not used up yet, `in_force` what else holds; `used` hears of each that was acted by."""

    def __init__(
        self,
        place: CheckpointSettings,
        gate: GateKind,
        roll: RollCopy,
        referrals: Referrals,
        recorder: Recorder,
        clock: Clock,
        front: Front,
        light: Callable[[Light], object],
        orders: Callable[[], list[Order]],
        in_force: Callable[[], InForce],
        used: Callable[[int], object],
    ) -> None:
        self._place = place
        self._gate = gate
        self._roll = roll
        self._referrals = referrals
        self._recorder = recorder
        self._clock = clock
        self._front = front
        self._light = light
        self._orders = orders
        self._in_force = in_force
        self._used = used

    def look(self) -> None:
        """Called by the agent's thread at each turn of the glass. JournalWriteError when the journal takes no entry.

        Then nothing opens, nor at a gate that is never opened without a finger or an officer who stands there, nor
        while an order for everybody is in force.
        """
        if self._gate in GUARDED:
            return
        for order in self._orders():
            everybody = self._in_force()
            if not (everybody.evacuate or everybody.lockdown) and self._is_unread(order):
                self._let(order)

    def _is_unread(self, order: Order) -> bool:
        """Whoever was recognised passes by their finger, which says that it is they."""
        if order.referral is None or order.person is None:
            return False
        referral = self._referrals.find(order.referral, self._clock.read())
        return referral is not None and referral.passage.person != order.person

    def _let(self, order: Order) -> None:
        facts = self._roll.facts(self._roll.content())
        self._recorder.record(
            Attestation(
                checkpoint=self._place.checkpoint,
                from_zone=self._place.from_zone,
                to_zone=self._place.to_zone,
                decision=Decision.ADMIT,
                person=order.person,
                officer=order.by,
                reason=order.reason or "Answered at the hub",
                referral=order.referral,
                standing=order.person in facts.attested,
                roll_version=facts.version,
                roll_age_s=facts.age_s,
            )
        )
        self._used(order.number)
        self._front.show(Moment(Sign.GO, language=facts.languages.get(order.person or "", "")))
        self._front.grant()
        self._light(Light.ADMIT)
