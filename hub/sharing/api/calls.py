"""One call of an agency's program as an operation sees it, and what the operation answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.sharing.gate import Rules


@dataclass(frozen=True)
class Client:
    """The program that calls: of which agency, by which certificate, with which scopes in its token.

    `thumbprint` is the SHA-256 of the certificate as RFC 8705 writes it (base64url without padding). `scopes` is empty
    until a token was shown.
    """

    agency: str
    client_id: str
    thumbprint: str
    scopes: frozenset[str]
    address: str

    @property
    def actor(self) -> Actor:
        """The client as trail and disclosures name it."""
        return Actor(f"agency:{self.agency}/{self.client_id}", self.address)


class WriterNeededError(Exception):
    """The call goes on as a writer. Most polls have nothing to tell, and hold up nobody."""


@dataclass(frozen=True)
class Call:
    """`session` is the one transaction of the call: committed when it is answered, rolled back when it raises.

    `sent` is the body as it came.
    """

    client: Client
    at: datetime
    session: Session
    writes: bool = True
    sent: bytes = field(default=b"", repr=False)

    def must_write(self) -> None:
        """Say that something has to be written: a call that was only reading is begun anew as a writer."""
        if not self.writes:
            raise WriterNeededError

    @cached_property
    def rules(self) -> Rules:
        """The agreements as they stand in this call: nothing in it changes them."""
        return Rules(self.session, self.at)

    @property
    def actor(self) -> Actor:
        return self.client.actor


@dataclass(frozen=True)
class Answer:
    """What an operation gives: a document to be written as JSON, or `raw` bytes of `media_type`.

    `status` 0 stands for the first one declared. `etag` is any text that changes with what the client would see;
    without it the answer's bytes are taken, which differ at each call where a disclosure number stands in them.
    """

    document: Any = None
    status: int = 0
    etag: str = ""
    location: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    media_type: str = "application/json"


@dataclass(frozen=True)
class Unwritten:
    """An answer that a call which only read has ready and may not give yet.

    `write` writes down that it is given, in a transaction of its own that ends before anything is answered, and gives
    it. WriterNeededError where it is to be read anew.
    """

    write: Callable[[Session], Answer]
