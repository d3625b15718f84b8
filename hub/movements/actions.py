"""What happens to movements and positions, one verb a function; the caller has the transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from hub.errors import HubError
from hub.movements.lines import Line
from hub.movements.passages import Passage
from hub.movements.records import Checkpoint, FeedKind, Movement, Zone
from hub.movements.referral_records import Attestation
from hub.movements.referrals import open_referrals
from hub.movements.rules import ADMIT, proven_zone
from hub.movements.whereabouts.proofs import Key, NewProof, Source
from hub.movements.whereabouts.prove import take
from hub.rows import insert_rows
from wire.provisioning import CheckpointSettings

LET_THROUGH = "let_through"
INSIDE = ("INTERNAL", "IN")
SAME_CROSSING = timedelta(minutes=5)
"""A passage let through on a word at the hub comes this soon after it; the order itself ends earlier."""


def apply_passages(
    session: Session,
    passages: Sequence[Passage],
    *,
    at: datetime,
    meant: Mapping[tuple[str, bytes, int], tuple[str, str]] = MappingProxyType({}),
) -> list[Line]:
    """Record passages heard of at `at`: a movement for each admission, a proof of place for each known person, a
    referral for each that an officer has to answer. The feed lines, one for each, are returned; after them those that
    tell of contradictions.

    `meant` gives type and direction of movements that are more than a way inside, by the key of their passage. Any
    order of arrival ends the same.
    """
    told = _vouched_for_at_hub(session, passages)
    proofs = [proof_of(passage) for passage in passages]
    proving = take(session, [one for one in proofs if one is not None], at)
    latest = iter(proving.latest)
    movements: list[dict[str, object]] = []
    lines: list[Line] = []
    for passage, proof in zip(passages, proofs, strict=True):
        moved = proof is None or next(latest)
        person = passage.person
        if person is not None and passage.decision == ADMIT and not _is_told(passage, person.id, told):
            key = (passage.proof.terminal, passage.proof.journal_id, passage.proof.sequence)
            movements.append(_movement(passage, person.id, at, meant.get(key, INSIDE)))
        lines.append(Line(at, FeedKind.PASSAGE, _payload(passage, late=passage.late or not moved)))
    insert_rows(session, Movement, movements)
    open_referrals(session, passages, at=at)
    return lines + proving.lines


def find_checkpoint(session: Session, code: str) -> CheckpointSettings:
    """Checkpoint of a code with its two zones, as a terminal gets it; HubError when there is none."""
    from_zone, to_zone = aliased(Zone), aliased(Zone)
    row = session.execute(
        select(Checkpoint.code, from_zone.code, to_zone.code)
        .join(from_zone, from_zone.id == Checkpoint.from_zone_id)
        .join(to_zone, to_zone.id == Checkpoint.to_zone_id)
        .where(Checkpoint.code == code)
    ).one_or_none()
    if row is None:
        raise HubError(
            "unknown_checkpoint",
            f"There is no checkpoint {code}. Import the site first: pims-hub site import",
        )
    return CheckpointSettings(checkpoint=row[0], from_zone=row[1], to_zone=row[2])


def proof_of(passage: Passage) -> NewProof | None:
    """What a passage proves of its person; None where it proves nothing."""
    zone_id = proven_zone(passage.decision, passage.from_zone.id, passage.to_zone.id)
    if passage.person is None or zone_id is None:
        return None
    proof, admitted = passage.proof, passage.decision == ADMIT
    return NewProof(
        person_id=passage.person.id,
        zone_id=zone_id,
        source=_source(passage),
        at=proof.at,
        key=Key(proof.terminal, proof.journal_id, proof.sequence),
        earliest_at=proof.earliest_at,
        latest_at=proof.latest_at,
        sure=proof.clock_sure,
        link=proof.link,
        other_zone_id=passage.from_zone.id if admitted else passage.to_zone.id,
        checkpoint=passage.checkpoint,
        decision=passage.decision,
        rule=passage.rule,
        by=passage.officer or "",
        late=passage.late,
        by_entry=passage.by_entry,
    )


def _source(passage: Passage) -> Source:
    if passage.on_paper:
        return Source.PAPER
    return Source.SCAN if passage.officer is None else Source.ATTESTED


def _is_told(passage: Passage, person_id: int, told: frozenset[tuple[str, int]]) -> bool:
    return passage.rule == LET_THROUGH and (passage.proof.terminal, person_id) in told


def _vouched_for_at_hub(session: Session, passages: Sequence[Passage]) -> frozenset[tuple[str, int]]:
    """(terminal, person) of those let through on an officer's word given at the hub: one crossing, one movement."""
    through = [p for p in passages if p.rule == LET_THROUGH and p.person is not None]
    if not through:
        return frozenset()
    since = min(p.proof.at for p in through) - SAME_CROSSING
    rows = session.execute(
        select(Attestation.terminal, Attestation.person_id).where(
            Attestation.person_id.in_([p.person.id for p in through if p.person is not None]),
            Attestation.sequence.is_(None),
            Attestation.decision == ADMIT,
            Attestation.occurred_at >= since,
        )
    )
    return frozenset((terminal, person_id) for terminal, person_id in rows if person_id is not None)


def _movement(passage: Passage, person_id: int, at: datetime, meant: tuple[str, str]) -> dict[str, object]:
    proof = passage.proof
    return {
        "person_id": person_id,
        "type": meant[0],
        "direction": meant[1],
        "reason": passage.rule,
        "from_zone_id": passage.from_zone.id,
        "to_zone_id": passage.to_zone.id,
        "occurred_at": proof.at,
        "clock_sure": proof.clock_sure,
        "recorded_at": at,
        "terminal": proof.terminal,
        "journal_id": proof.journal_id,
        "sequence": proof.sequence,
        "link": proof.link,
        "method": _source(passage).value.upper(),
    }


def _payload(passage: Passage, *, late: bool) -> dict[str, object]:
    proof, person = passage.proof, passage.person
    return {
        "terminal": proof.terminal,
        "journal": proof.journal_id.hex(),
        "sequence": proof.sequence,
        "at": proof.at.isoformat(),
        "clock_sure": proof.clock_sure,
        "checkpoint": passage.checkpoint,
        "decision": passage.decision,
        "rule": passage.rule,
        "person": None if person is None else person.number,
        "name": None if person is None else person.name,
        "from_zone": passage.from_zone.code,
        "to_zone": passage.to_zone.code,
        "late": late,
        "historical": passage.late,
        "score": passage.score,
        "quality": passage.quality,
        "officer": passage.officer,
        "pass": passage.pass_number,
        "against": passage.against,
        "flags": list(passage.flags),
    }
