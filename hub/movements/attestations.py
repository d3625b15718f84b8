"""What an officer says of a person: recorded, the referral answered, the movement made, new fingers asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.movements import feed
from hub.movements.actions import proof_of
from hub.movements.crossing import cross
from hub.movements.passages import Passage, Place, Somebody
from hub.movements.re_enrolment import Why, open_task
from hub.movements.records import FeedKind
from hub.movements.referral_records import Attestation, Referral
from hub.movements.referral_rules import Outcome, What, asks_for_fingers
from hub.movements.referrals import note
from hub.movements.rules import ADMIT, Decision, Proof
from hub.movements.whereabouts.prove import take

VOUCHED: Final = "attested"
TURNED_BACK: Final = "turned_back"
"""Rules of attested passages."""


@dataclass(frozen=True)
class Vouched:
    """An officer's word. `proof` is the terminal's own entry, or for a word given at the hub that of the referral.

    `late` tells that the hub hears of it long after it was given.
    """

    proof: Proof
    checkpoint: str
    from_zone: Place
    to_zone: Place
    decision: Decision
    person: Somebody | None
    officer: str
    reason: str
    referral: Referral | None
    standing: bool = False
    late: bool = False
    at_terminal: bool = True
    second: str | None = None
    """The other officer who gave a PIN for it, where the gate asks for two."""

    @property
    def words(self) -> str:
        """The reason as the referral's own story tells it, with whoever else vouched."""
        return self.reason if self.second is None else f"{self.reason[:120]} (+ {self.second})"


def find_referral(session: Session, terminal: str, journal_id: bytes, sequence: int) -> Referral | None:
    """The referral that a journal entry opened, locked; None when there is none."""
    wanted = select(Referral).where(
        Referral.terminal == terminal, Referral.journal_id == journal_id, Referral.sequence == sequence
    )
    return session.scalars(wanted.order_by(Referral.id).limit(1).with_for_update()).one_or_none()


def attest(session: Session, word: Vouched, *, at: datetime) -> list[feed.Line]:
    """Record an officer's word heard of at `at`; its feed lines.

    A referral that was answered in the same way before moves nobody twice; answered differently, both stay on
    record and the control room is told.
    """
    referral = word.referral
    before = _first_answer(session, referral)
    session.add(_row(word, at))
    session.flush()
    if before is not None:
        assert referral is not None
        same = _same(before, word)
        if not (
            same and before.officer == word.officer
        ):  # else the terminal tells that it acted by the hub's
            note(session, referral, What.ANSWERED_AGAIN, at, login=word.officer, text=word.words)
        if same:
            # Nobody moves twice for it; as a proof of the place it counts like any other.
            proof = proof_of(_passage(word))
            return [] if proof is None else take(session, [proof], at).lines
    elif referral is not None:
        referral.outcome = (Outcome.ATTESTED if word.decision == ADMIT else Outcome.TURNED_BACK).value
        referral.answered_at = at
        note(session, referral, What.ANSWERED, at, login=word.officer, text=word.words)
    lines = cross(session, [_passage(word)], at=at)
    if before is not None:
        lines.append(_differs(word, at))
    _ask_for_fingers(session, word, at)
    return lines


def _first_answer(session: Session, referral: Referral | None) -> Attestation | None:
    if referral is None or referral.outcome is None:
        return None
    wanted = select(Attestation).where(Attestation.referral_id == referral.id)
    return session.scalars(wanted.order_by(Attestation.id).limit(1)).one_or_none()


def _same(before: Attestation, word: Vouched) -> bool:
    person_id = None if word.person is None else word.person.id
    return (before.decision, before.person_id) == (word.decision, person_id)


def _row(word: Vouched, at: datetime) -> Attestation:
    return Attestation(
        referral_id=None if word.referral is None else word.referral.id,
        person_id=None if word.person is None else word.person.id,
        decision=word.decision,
        checkpoint=word.checkpoint,
        from_zone_id=word.from_zone.id,
        to_zone_id=word.to_zone.id,
        officer=word.officer,
        second=word.second,
        reason=word.reason[:200],
        standing=word.standing,
        terminal=word.proof.terminal,
        journal_id=word.proof.journal_id if word.at_terminal else None,
        sequence=word.proof.sequence if word.at_terminal else None,
        occurred_at=word.proof.at,
        recorded_at=at,
    )


def _passage(word: Vouched) -> Passage:
    return Passage(
        proof=word.proof,
        checkpoint=word.checkpoint,
        from_zone=word.from_zone,
        to_zone=word.to_zone,
        decision=word.decision,
        rule=VOUCHED if word.decision == ADMIT else TURNED_BACK,
        person=word.person,
        late=word.late,
        officer=word.officer,
        by_entry=word.at_terminal,
    )


def _differs(word: Vouched, at: datetime) -> feed.Line:
    told = {"what": "answers_differ", "terminal": word.proof.terminal, "checkpoint": word.checkpoint}
    return feed.Line(at, FeedKind.ALARM, {**told, "at": at.isoformat()})


def _ask_for_fingers(session: Session, word: Vouched, at: datetime) -> None:
    if word.person is None or word.decision != ADMIT or word.referral is None:
        return
    matched = word.referral.person_id == word.person.id
    if asks_for_fingers(word.referral.rule, word.standing, matched):
        open_task(session, word.person.id, Why.ATTESTED, at=at, by=word.officer)
