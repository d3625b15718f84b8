"""What waits for an agency with a drop, as one table for each exchange, with a signed list of what is in it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hub.sharing.agreements.reading import InForce, agreements_in_force
from hub.sharing.catalogue import EXCHANGES, About, Way
from hub.sharing.gate import Ask, NotAgreedError, share_many
from hub.sharing.outbox.answers import Outcome
from hub.sharing.outbox.asking import ACTOR
from hub.sharing.outbox.drop_records import DropFile, DropSetting
from hub.sharing.outbox.drops.tables import write_table
from hub.sharing.outbox.events import zulu
from hub.sharing.outbox.frequency import turn_began
from hub.sharing.outbox.noting import Settled, note
from hub.sharing.outbox.records import Delivery, State
from hub.sharing.outbox.sending import due
from hub.sharing.outbox.signing import Signer
from hub.web.formats import SITE_ZONE, start_of

MOST: Final = 2_000
_HEAD: Final = ("id", "type", "time", "sequence", "disclosure", "agreement", "retentionDays")


@dataclass(frozen=True)
class OutFile:
    """A table and its manifest, ready to be put down; `deliveries` are those that stand in it."""

    name: str
    table: bytes = field(repr=False)
    manifest: bytes = field(repr=False)
    deliveries: tuple[int, ...] = ()


def write_due(session: Session, setting: DropSetting, signer: Signer, at: datetime) -> list[OutFile]:
    """Make the files that are due: at once where the agreement says so, else after its day, week, month or year.

    Marks their deliveries as written; the caller puts the files down before it commits.
    """
    agreed = agreements_in_force(session, at, setting.agency)
    rows = [row for row in due(session, setting.agency, at, MOST) if _is_due(agreed, row, at)]
    by_exchange: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in rows:
        by_exchange[row.exchange, row.purpose].append(row)
    files = []
    for (exchange, _), own in sorted(by_exchange.items()):
        made = _file(session, setting, exchange, own, signer, at)
        if made is not None:
            files.append(made)
    return files


def _is_due(agreed: Sequence[InForce], row: Any, at: datetime) -> bool:
    """A list had its turn before it was made, and what somebody sends again goes now; what no agreement has any more is
    stopped now."""
    under = next((one for one in agreed if one.terms.grant(row.exchange, row.purpose) is not None), None)
    if under is None or row.replays or EXCHANGES[row.exchange].about is About.LIST:
        return True
    turn = turn_began(under.terms.frequency, at.astimezone(SITE_ZONE).date())
    return turn is None or bool(row.since_at < start_of(turn))


def _file(
    session: Session, setting: DropSetting, exchange: str, rows: Sequence[Any], signer: Signer, at: datetime
) -> OutFile | None:
    asks = [
        Ask(
            setting.agency,
            exchange,
            row.purpose,
            person=row.person_id,
            booking=row.booking_id,
            fact=row.fact_id,
            reference=row.uid,
            given=json.loads(row.data) or None,
        )
        for row in rows
    ]
    answers = share_many(session, asks, at=at, actor=ACTOR, way=Way.EXPORT)
    lines: list[dict[str, Any]] = []
    settled: list[Settled] = []
    agreements: dict[str, Any] = {}
    for row, answer in zip(rows, answers, strict=True):
        if isinstance(answer, NotAgreedError):
            settled.append(Settled(row.id, row.tries, Outcome.STOPPED, None, 0, None))
            continue
        settled.append(Settled(row.id, row.tries, Outcome.IN_FILE, None, 0, answer.disclosure_id))
        terms = answer.document["agreement"]
        agreements[f"{answer.agreement}/{answer.version}"] = terms
        head = (row.uid, row.type, zulu(row.occurred_at), row.sequence, answer.disclosure_id)
        own = (*head, f"{answer.agreement}/{answer.version}", terms["retentionDays"])
        lines.append({**dict(zip(_HEAD, own, strict=True)), **answer.values})
    note(session, settled, at)
    if not lines:
        return None
    written = tuple(one.delivery_id for one in settled if one.outcome is Outcome.IN_FILE)
    made = _put_down(session, setting, exchange, lines, agreements, signer, at)
    return replace(made, deliveries=written)


def take_back(session: Session, files: Sequence[OutFile], outcome: Outcome, at: datetime) -> None:
    """What stands in these files waits again: they were not put down whole. The log keeps that it was let out."""
    again = update(Delivery).where(
        Delivery.id.in_([number for one in files for number in one.deliveries]),
        Delivery.state == State.SENT.value,
    )
    session.execute(
        again.values(
            state=State.WAITING.value, outcome=outcome.value, next_at=at, done_at=None
        ).execution_options(synchronize_session=False)
    )


def _put_down(
    session: Session,
    setting: DropSetting,
    exchange: str,
    lines: Sequence[Mapping[str, Any]],
    agreements: Mapping[str, Any],
    signer: Signer,
    at: datetime,
) -> OutFile:
    names = [name for name in EXCHANGES[exchange].names if any(name in line for line in lines)]
    table = write_table([*_HEAD, *names], lines)
    number = 1 + (
        session.scalar(
            select(func.max(DropFile.number)).where(
                DropFile.agency == setting.agency, DropFile.direction == "out"
            )
        )
        or 0
    )
    name = f"{setting.agency}-{number:06d}-{exchange}.csv"
    digest = hashlib.sha256(table).hexdigest()
    session.add(
        DropFile(
            setting_id=setting.id,
            agency=setting.agency,
            direction="out",
            number=number,
            name=name,
            exchange=exchange,
            sha256=digest,
            at=at,
            taken=len(lines),
            refused=0,
            code="",
        )
    )
    session.flush()
    told = {
        "file": name,
        "number": number,
        "exchange": exchange,
        "rows": len(lines),
        "agreements": agreements,
        "sha256": digest,
        "madeAt": zulu(at),
        "keyId": signer.key_id,
    }
    return OutFile(name, table, signed(told, signer))


def signed(told: Mapping[str, Any], signer: Signer) -> bytes:
    """The manifest with an Ed25519 signature over the JSON of its other members, sorted and without spaces."""
    raw = json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
    signature = base64.b64encode(signer.key.sign(raw)).decode()
    return json.dumps({**told, "signature": signature}, indent=2, sort_keys=True).encode() + b"\n"
