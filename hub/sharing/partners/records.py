"""Tables of other agencies' programs. No secret stands in them: keys are theirs, tokens are kept as digests."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.database import Base, Id, UtcDateTime

NO_END = text("ended_at IS NULL")


class PartnerClient(Base):
    """One program of one agency. It is cut off for good by `ended_at`; another one gets another name."""

    __tablename__ = "partner_clients"

    id: Mapped[Id]
    client_id: Mapped[str] = mapped_column(String(64), unique=True)
    agency: Mapped[str] = mapped_column(String(32), index=True)
    """Code of the agency."""
    about: Mapped[str] = mapped_column(String(200))
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    registered_by: Mapped[str] = mapped_column(String(64))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str] = mapped_column(String(64), default="")
    reason: Mapped[str] = mapped_column(String(200), default="")

    certificates: Mapped[list[PartnerCertificate]] = relationship(
        back_populates="client", order_by="PartnerCertificate.id.desc()"
    )


class PartnerCertificate(Base):
    """A certificate of a client, made by the agencies' authority for a key that the hub never saw."""

    __tablename__ = "partner_certificates"

    id: Mapped[Id]
    client_id: Mapped[int] = mapped_column(ForeignKey("partner_clients.id"), index=True)
    thumbprint: Mapped[str] = mapped_column(String(43), unique=True)
    """SHA-256 of the certificate, base64url without padding, as RFC 8705 writes it."""
    serial: Mapped[str] = mapped_column(String(40))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    issued_by: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[str] = mapped_column(String(64), default="")
    reason: Mapped[str] = mapped_column(String(200), default="")
    fingerprint: Mapped[str] = mapped_column(String(64), default="", server_default="", index=True)
    """SHA-256 of the public key in hexadecimal, "" for certificates older than this column."""
    pem: Mapped[str] = mapped_column(Text, default="", server_default="")
    """The certificate and its authority's behind it, to be fetched at the page; "" as above. No secret."""

    client: Mapped[PartnerClient] = relationship(back_populates="certificates")


class CertificateRequest(Base):
    """What an agency handed in to have a key certified: one of a client under way at a time, and those that are over.

    A private key that was handed in is a row too, over at once, with nothing but the fingerprint of its public half.
    """

    __tablename__ = "partner_requests"
    __table_args__ = (
        Index(
            "ix_partner_requests_one", "client_id", unique=True, sqlite_where=NO_END, postgresql_where=NO_END
        ),
    )

    id: Mapped[Id]
    client_id: Mapped[int] = mapped_column(ForeignKey("partner_clients.id"))
    pem: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(String(300))
    """As the request says, for eyes alone."""
    key: Mapped[str] = mapped_column(String(20))
    fingerprint: Mapped[str] = mapped_column(String(64), index=True)
    """SHA-256 of the public key in hexadecimal, as it is read aloud."""
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[str] = mapped_column(String(64))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When somebody had compared the fingerprint with the agency: from then on it is certified."""
    confirmed_by: Mapped[str] = mapped_column(String(64), default="")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_as: Mapped[str] = mapped_column(String(32), default="")
    """"certified", "withdrawn", "burnt", or the code of why it could not be certified."""
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("partner_certificates.id"))

    client: Mapped[PartnerClient] = relationship()


class AccessToken(Base):
    """A token as its SHA-256. It is bound to the certificate it was asked with, and dies with it."""

    __tablename__ = "partner_tokens"

    id: Mapped[Id]
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("partner_certificates.id"), index=True)
    scope: Mapped[str] = mapped_column(Text)
    """Names of exchanges with spaces between."""
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class KeptAnswer(Base):
    """What a POST was answered under its Idempotency-Key, so that sending it again does nothing twice."""

    __tablename__ = "partner_answers"
    __table_args__ = (UniqueConstraint("client_id", "key"),)

    id: Mapped[Id]
    client_id: Mapped[int] = mapped_column(ForeignKey("partner_clients.id"))
    key: Mapped[str] = mapped_column(String(255))
    asked: Mapped[str] = mapped_column(String(64))
    """SHA-256 of address and body."""
    status: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(80))
    location: Mapped[str] = mapped_column(String(200))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Webhook(Base):
    """Where an agency is told of events. One row without end for each agency at most; earlier ones stay as history."""

    __tablename__ = "partner_webhooks"
    __table_args__ = (
        Index("ix_partner_webhooks_one", "agency", unique=True, sqlite_where=NO_END, postgresql_where=NO_END),
    )

    id: Mapped[Id]
    agency: Mapped[str] = mapped_column(String(32))
    url: Mapped[str] = mapped_column(String(500))
    batch: Mapped[bool]
    ca_pem: Mapped[str] = mapped_column(Text)
    """The authority that the receiver's certificate must be by, "" with a pin."""
    pin: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the receiver's certificate in hexadecimal, "" with an authority."""
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    set_by: Mapped[str] = mapped_column(String(64))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str] = mapped_column(String(64), default="")
