"""People whom an officer has to look at: opened by a passage that referred them, closed by an officer's word."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass

from edge.clock import Reading
from edge.plan.rules import LIFTED_BY_OFFICER
from wire.happenings import Attestation, Decision, EntryReference, Happening, Passage

LAPSE_S = 1_800.0
"""Whoever waited so long went elsewhere; the hub still holds the referral."""

CALL_S = 180.0
"""How long the resting light calls for the officer: by then the hub has raised it with others."""

MOST_OPEN = 50

OF_EVERYBODY = frozenset({"no_roll"})
"""Rules that refer everybody: nobody is called for one person then."""

LET_THROUGH = "let_through"


@dataclass(frozen=True)
class Referral:
    """One that waits. `person` is whom the finger was recognised as, None when it was not."""

    reference: EntryReference
    opened: Reading
    passage: Passage

    @property
    def candidates(self) -> list[str]:
        """Who it may be, likeliest first."""
        found = [self.passage.person] if self.passage.person is not None else []
        return found + [number for number in self.passage.candidates if number not in found]


class Referrals:
    """Those that are open, oldest first. Safe to use from every thread; filled again from the journal at a start."""

    def __init__(self) -> None:
        self._open: dict[EntryReference, Referral] = {}
        self._lock = threading.Lock()

    def note(self, reference: EntryReference, reading: Reading, happening: Happening) -> None:
        """An entry was journalled: a referral opens; an attestation, or going through by the hub's word, closes one.

        Somebody refused by a rule that an officer may lift stands here as well, and calls nobody.
        """
        if isinstance(happening, Passage) and _is_for_officer(happening):
            with self._lock:
                self._open[reference] = Referral(reference, reading, happening)
                while len(self._open) > MOST_OPEN:
                    del self._open[next(iter(self._open))]
        elif isinstance(happening, Attestation) and happening.referral is not None:
            self.close(happening.referral)
        elif isinstance(happening, Passage) and happening.rule == LET_THROUGH:
            self._close_of(happening.person)

    def close(self, reference: EntryReference) -> None:
        """It was answered, here or at the hub."""
        with self._lock:
            self._open.pop(reference, None)

    def _close_of(self, person: str | None) -> None:
        with self._lock:
            for reference, one in list(self._open.items()):
                if person in one.candidates:
                    del self._open[reference]

    def find(self, reference: EntryReference, now: Reading) -> Referral | None:
        return next((one for one in self.open(now) if one.reference == reference), None)

    def open(self, now: Reading) -> list[Referral]:
        """Those that wait for an officer, the longest first."""
        with self._lock:
            for reference in _lapsed(self._open.values(), now):
                del self._open[reference]
            return list(self._open.values())

    def is_calling(self, now: Reading) -> bool:
        """Whether somebody stands there whom the light should send to the officer."""
        return any(
            now.seconds_since(one.opened) < CALL_S
            and one.passage.decision is Decision.REFER
            and one.passage.rule not in OF_EVERYBODY
            for one in self.open(now)
        )


def _is_for_officer(said: Passage) -> bool:
    return said.decision is Decision.REFER or (
        said.decision is Decision.REFUSE and said.person is not None and said.rule in LIFTED_BY_OFFICER
    )


def _lapsed(referrals: Iterable[Referral], now: Reading) -> list[EntryReference]:
    return [one.reference for one in referrals if now.seconds_since(one.opened) >= LAPSE_S]
