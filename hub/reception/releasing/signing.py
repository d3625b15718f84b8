"""The signed record of a release: what it says, and the hub's Ed25519 signature over it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from msgspec import Meta
from sqlalchemy.orm import Session

from hub.biometrics.vault import Vault
from hub.custody.facts.reading import current, one
from hub.custody.facts.records import Fact
from hub.custody.identity import IDENTITY
from hub.custody.records import Booking, Person
from hub.custody.stays import Release
from hub.reception.releasing.records import ReleaseRecord
from hub.reception.releasing.standing import Line
from hub.roll.actions import current_version
from hub.sentences import Sentence
from hub.web.kept_sentences import read_sentence, write_sentence
from wire.keys import SigningKey, public_bytes, signing_key, verifying_key

PURPOSE: Final = "release records"
_ENCODER: Final = msgspec.json.Encoder(order="deterministic")


class Condition(msgspec.Struct, frozen=True):
    """A line of the interlock as it stood. `said` is the evidence once more, to be read in any language; older records
    have it in English alone.
    """

    item: str
    met: bool
    evidence: list[str]
    said: list[str] = []

    @property
    def sentences(self) -> list[Sentence]:
        """The evidence as sentences."""
        if self.said:
            return [read_sentence(raw) for raw in self.said]
        return [Sentence("%(words)s", {"words": words}) for words in self.evidence]


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What is signed. `entered_afterwards` says that it was done on paper, and when it was entered.

    The name stands in the file and not here, so that it goes when the file does: `name_proof` proves it as long as the
    release's own fact is there. In records of version 1 it is `name`.
    """

    person: str
    name: str = ""
    name_proof: str = ""
    booking: str
    admitted_at: datetime
    released_at: datetime
    reason: str
    reference: str
    first_officer: str
    second_officer: str
    identity: str
    conditions: list[Condition]
    paper: str
    handed_to: str
    entered_afterwards: bool
    recorded_at: datetime
    version: Annotated[int, Meta(ge=1)] = 2

    def __repr__(self) -> str:
        return f"Record({self.booking})"


def sign_record(
    session: Session,
    vault: Vault,
    person: Person,
    booking: Booking,
    value: Release,
    lines: Sequence[Line],
    *,
    fact_id: int,
    at: datetime,
) -> ReleaseRecord:
    """Write and sign the record, in the transaction of the release itself."""
    record = Record(
        person=person.number,
        name_proof=_proof(session, fact_id, f"{person.surname.upper()}, {person.given}"),
        booking=booking.number,
        admitted_at=booking.admitted_at,
        released_at=value.released_at,
        reason=value.reason.value,
        reference=value.reference,
        first_officer=value.by,
        second_officer=value.second,
        identity=value.identity,
        conditions=[_stood(line) for line in lines],
        paper=value.paper,
        handed_to=value.handed_to,
        entered_afterwards=bool(value.paper),
        recorded_at=at,
    )
    content, key = _ENCODER.encode(record), _key(vault)
    version = current_version(session)
    row = ReleaseRecord(
        booking_id=booking.id,
        person_id=person.id,
        fact_id=fact_id,
        content=content.decode(),
        signature=key.sign(content),
        public_key=public_bytes(key.public_key()),
        signed_at=at,
        epoch=version.epoch,
        counter=version.counter,
    )
    session.add(row)
    session.flush()
    return row


def _stood(line: Line) -> Condition:
    said = [write_sentence(one) for one in line.evidence]
    return Condition(line.item, line.met, [str(one) for one in line.evidence], said)


def read_record(row: ReleaseRecord) -> Record:
    """What the row says."""
    return msgspec.json.decode(row.content, type=Record)


@dataclass(frozen=True)
class Named:
    """Who a record is about. `name` is empty once the file was deleted; `proved` says that the signature covers it."""

    name: str
    proved: bool


def named_in(session: Session, row: ReleaseRecord) -> Named:
    """The name that the record was signed for, as the file has it."""
    record = read_record(row)
    if record.name:
        return Named(record.name, proved=True)
    held = one(current(session, IDENTITY, person_id=row.person_id, known_at=row.signed_at))
    person = session.get_one(Person, row.person_id)
    surname, given = (
        (person.surname, person.given) if held is None else (held.value.surname, held.value.given)
    )
    if not surname:
        return Named("", proved=False)
    name = f"{surname.upper()}, {given}"
    return Named(name, proved=_proof(session, row.fact_id, name) == record.name_proof)


def _proof(session: Session, fact_id: int, name: str) -> str:
    """Ties a name to a release by the secret of its fact: without that nobody can try names until one fits."""
    fact = session.get(Fact, fact_id)
    if fact is None or fact.salt is None:
        return ""
    return hashlib.sha256(f"{fact.salt} release of {name}".encode()).hexdigest()


def is_genuine(vault: Vault, row: ReleaseRecord) -> bool:
    """Whether this hub signed exactly this."""
    if row.public_key != public_bytes(_key(vault).public_key()):
        return False
    try:
        verifying_key(row.public_key).verify(row.signature, row.content.encode())
    except InvalidSignature:
        return False
    return True


def _key(vault: Vault) -> SigningKey:
    return signing_key(vault.derive(PURPOSE))
