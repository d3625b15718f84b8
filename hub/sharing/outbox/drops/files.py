"""A file for an agency as bytes, and the signed manifest that says what is in it and how it may be held."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.sharing.catalogue import EXCHANGES
from hub.sharing.outbox.drop_records import DropFile, DropSetting
from hub.sharing.outbox.drops.tables import write_lines, write_table
from hub.sharing.outbox.events import zulu
from hub.sharing.outbox.signing import Signer

HEAD: Final = ("id", "type", "time", "sequence", "disclosure", "agreement", "retentionDays")
"""What each line begins with, before the fields that are agreed."""


@dataclass(frozen=True)
class OutFile:
    """A file and its manifest, ready to be put down; `deliveries` are those that stand in it."""

    name: str
    table: bytes = field(repr=False)
    manifest: bytes = field(repr=False)
    deliveries: tuple[int, ...] = ()


@dataclass(frozen=True)
class Content:
    """Lines of one exchange: a table, or else JSON with a document in each line. `agreements` are their terms."""

    exchange: str
    as_table: bool
    lines: Sequence[Mapping[str, Any]] = field(repr=False)
    agreements: Mapping[str, Any]

    @property
    def ending(self) -> str:
        return "csv" if self.as_table else "jsonl"

    def raw(self) -> bytes:
        """A table has the columns of the fields that have a value in any of its lines."""
        if not self.as_table:
            return write_lines(self.lines)
        names = EXCHANGES[self.exchange].names
        return write_table(
            [*HEAD, *(name for name in names if any(name in line for line in self.lines))], self.lines
        )


def make_file(
    session: Session,
    setting: DropSetting,
    content: Content,
    deliveries: tuple[int, ...],
    signer: Signer,
    at: datetime,
) -> OutFile:
    """The file under the agency's next number; the session keeps that it was made."""
    number = _next_number(session, setting.agency)
    name = f"{setting.agency}-{number:06d}-{content.exchange}.{content.ending}"
    raw = content.raw()
    digest = hashlib.sha256(raw).hexdigest()
    row = DropFile(
        setting_id=setting.id,
        agency=setting.agency,
        direction="out",
        number=number,
        name=name,
        exchange=content.exchange,
        sha256=digest,
        at=at,
        taken=len(content.lines),
        refused=0,
        code="",
    )
    session.add(row)
    session.flush()
    told = {
        "file": name,
        "number": number,
        "exchange": content.exchange,
        "rows": len(content.lines),
        "agreements": content.agreements,
        "sha256": digest,
        "madeAt": zulu(at),
        "keyId": signer.key_id,
    }
    return OutFile(name, raw, signed(told, signer), deliveries)


def signed(told: Mapping[str, Any], signer: Signer) -> bytes:
    """The manifest with an Ed25519 signature over the JSON of its other members, sorted and without spaces."""
    raw = json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
    signature = base64.b64encode(signer.key.sign(raw)).decode()
    return json.dumps({**told, "signature": signature}, indent=2, sort_keys=True).encode() + b"\n"


def _next_number(session: Session, agency: str) -> int:
    last = select(func.max(DropFile.number)).where(DropFile.agency == agency, DropFile.direction == "out")
    return 1 + (session.scalar(last) or 0)
