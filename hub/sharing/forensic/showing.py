"""Fingers as the pages show them: what was sent, what is enrolled, and nothing that the request is not about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from hub.biometrics.handing_out import Grid, HandedFinger, Point, one_to_hand_out
from hub.biometrics.probes import probe_of_image, shown_points
from hub.biometrics.vault import Vault
from hub.custody.merging.reading import family_of
from hub.custody.records import Person
from hub.sharing.forensic.answering import candidates_of
from hub.sharing.forensic.records import ForensicCandidate, ForensicProbe, ForensicRequest
from hub.sharing.forensic.rules import Ask, What
from hub.sharing.forensic.sealing import ParcelSeal
from hub.sharing.forensic.steps import steps_of


@dataclass(frozen=True)
class Side:
    """One finger of a pair: its minutiae on their grid, and whether there is an image to show."""

    grid: Grid
    points: tuple[Point, ...] = field(repr=False)
    has_image: bool


@dataclass(frozen=True)
class Pair:
    """The finger that was sent and that of a candidate."""

    sent: Side
    held: Side
    finger_id: int
    position: int
    person: Person


@dataclass(frozen=True)
class Beside:
    """A candidate in the list of one request; `looked` names the officers who compared the pair."""

    rank: int
    position: int
    person: Person
    looked: tuple[str, ...]


def pair(
    session: Session, vault: Vault, seal: ParcelSeal, row: ForensicRequest, candidate: ForensicCandidate
) -> Pair | None:
    """Both fingers; None when the candidate's is gone since the search."""
    held = one_to_hand_out(session, vault, candidate.finger_id)
    probe = session.get(ForensicProbe, row.id)
    if held is None or probe is None:
        return None
    raw = seal.unlock(probe.sealed, f"probe {row.id}")
    record = raw if row.dpi is None else probe_of_image(raw, row.dpi).record
    return Pair(
        Side(*shown_points(record), has_image=probe.is_image),
        Side(held.grid, held.points, has_image=True),
        held.finger_id,
        held.position,
        session.get_one(Person, candidate.person_id),
    )


def beside(session: Session, row: ForensicRequest) -> Sequence[Beside]:
    """Candidates with who looked at them, most alike first."""
    steps = [one for one in steps_of(session, row.id) if one.what == What.COMPARED]
    found = []
    for one in candidates_of(session, row):
        person = session.get_one(Person, one.person_id)
        looked = dict.fromkeys(step.by for step in steps if step.subject == person.number)
        found.append(Beside(one.rank, one.position, person, tuple(looked)))
    return found


def sent_image(session: Session, seal: ParcelSeal, row: ForensicRequest) -> bytes | None:
    """The PNG that came with the request; None when a record came, or it is deleted."""
    held = session.get(ForensicProbe, row.id)
    if held is None or not held.is_image:
        return None
    return seal.unlock(held.sealed, f"probe {row.id}")


def sent_points(session: Session, seal: ParcelSeal, row: ForensicRequest) -> bytes | None:
    """The record that came with the request; None when an image came, or it is deleted."""
    held = session.get(ForensicProbe, row.id)
    if held is None or held.is_image:
        return None
    return seal.unlock(held.sealed, f"probe {row.id}")


def enrolled_finger(
    session: Session, vault: Vault, row: ForensicRequest, finger_id: int
) -> HandedFinger | None:
    """An enrolled finger of a candidate or of the person who is asked about; None for any other."""
    held = one_to_hand_out(session, vault, finger_id)
    if held is None:
        return None
    if row.kind == Ask.IDENTITY:
        mine = any(one.finger_id == finger_id for one in candidates_of(session, row))
    else:
        mine = row.person_id is not None and held.person_id in family_of(session, row.person_id)
    return held if mine else None
