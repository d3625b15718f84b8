"""Tables of requests by finger and for fingers. Steps are append-only; what is sealed is deleted in time."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import ForeignKey, LargeBinary, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import BIG, Base, Id


class ForensicRequest(Base):
    """A request of another agency: whose finger this is ("identity"), or for somebody's fingers ("prints").

    `requested_by` is the officer there who answers for it, `reference` their number of the message, `asked_about` the
    number under which they know the person here. `person_id` is that person where there is one; for "identity" it
    stays empty for good: who was found stands in the steps. `until_at` is when it ends by itself.
    """

    __tablename__ = "forensic_requests"
    __table_args__ = (UniqueConstraint("agency", "kind", "message_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    kind: Mapped[str] = mapped_column(String(12))
    agency: Mapped[str] = mapped_column(String(32), index=True)
    client: Mapped[str] = mapped_column(String(64))
    message_id: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str] = mapped_column(String(40))
    requested_by: Mapped[str] = mapped_column(String(80))
    legal_basis: Mapped[str] = mapped_column(String(200))
    case_number: Mapped[str] = mapped_column(String(80))
    asked_about: Mapped[str] = mapped_column(String(80))
    positions: Mapped[str] = mapped_column(String(40))
    form: Mapped[str] = mapped_column(String(12))
    dpi: Mapped[int | None]
    approvals: Mapped[int]
    received_at: Mapped[datetime] = mapped_column(index=True)
    until_at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)


class ForensicStep(Base):
    """What was done about a request, by whom. `subject` is the number of a person or stay. Append-only."""

    __tablename__ = "forensic_steps"

    id: Mapped[Id]
    request_id: Mapped[int] = mapped_column(ForeignKey("forensic_requests.id"), index=True)
    what: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(16), server_default="")
    words: Mapped[str] = mapped_column(String(300), server_default="")


class ForensicWords(Base):
    """What an officer wrote to the agency at a step, which can name people; deleted in time. The step has its hash."""

    __tablename__ = "forensic_words"

    step_id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    request_id: Mapped[int] = mapped_column(ForeignKey("forensic_requests.id"), index=True)
    words: Mapped[str] = mapped_column(String(300))
    written_at: Mapped[datetime] = mapped_column(index=True)


class ForensicProbe(Base):
    """The finger that came with a request, sealed; deleted with the answer. `is_image`: a PNG, else a record."""

    __tablename__ = "forensic_probes"

    request_id: Mapped[int] = mapped_column(ForeignKey("forensic_requests.id"), primary_key=True)
    is_image: Mapped[bool]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class ForensicCandidate(Base):
    """Somebody in custody whose finger is like the one that was sent; `rank` 1 is most alike. Deleted too."""

    __tablename__ = "forensic_candidates"
    __table_args__ = (UniqueConstraint("request_id", "rank"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("forensic_requests.id"), index=True)
    rank: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    finger_id: Mapped[int]
    position: Mapped[int]


class ForensicParcel(Base):
    """The fingers that were approved, sealed until the other agency has them or their time is over."""

    __tablename__ = "forensic_parcels"

    request_id: Mapped[int] = mapped_column(ForeignKey("forensic_requests.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]


protect(cast(Table, ForensicStep.__table__))
