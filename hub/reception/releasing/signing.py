"""The signed record of a release: what it says, and the hub's Ed25519 signature over it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from msgspec import Meta
from sqlalchemy.orm import Session

from hub.biometrics.vault import Vault
from hub.custody.records import Booking, Person
from hub.custody.stays import Release
from hub.reception.releasing.records import ReleaseRecord
from hub.reception.releasing.standing import Line
from hub.roll.actions import current_version
from wire.keys import SigningKey, public_bytes, signing_key, verifying_key

PURPOSE: Final = "release records"
_ENCODER: Final = msgspec.json.Encoder(order="deterministic")


class Condition(msgspec.Struct, frozen=True):
    """A line of the interlock as it stood."""

    item: str
    met: bool
    evidence: list[str]


class Record(msgspec.Struct, frozen=True):
    """What is signed. `entered_afterwards` says that it was done on paper, and when it was entered."""

    person: str
    name: str
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
    version: Annotated[int, Meta(ge=1)] = 1

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
        name=f"{person.surname.upper()}, {person.given}",
        booking=booking.number,
        admitted_at=booking.admitted_at,
        released_at=value.released_at,
        reason=value.reason.value,
        reference=value.reference,
        first_officer=value.by,
        second_officer=value.second,
        identity=value.identity,
        conditions=[Condition(line.item, line.met, [str(one) for one in line.evidence]) for line in lines],
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


def read_record(row: ReleaseRecord) -> Record:
    """What the row says."""
    return msgspec.json.decode(row.content, type=Record)


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
