"""What waits for an agency with a drop: a file for each exchange, in the agreed form, when its turn has come."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from hub.sharing.agreements.reading import InForce, agreements_in_force
from hub.sharing.agreements.terms import Shape
from hub.sharing.catalogue import EXCHANGES, About, Way
from hub.sharing.gate import Ask, NotAgreedError, share_many
from hub.sharing.outbox.answers import Outcome
from hub.sharing.outbox.asking import ACTOR
from hub.sharing.outbox.drop_records import DropSetting
from hub.sharing.outbox.drops.files import HEAD, Content, OutFile, make_file
from hub.sharing.outbox.events import zulu
from hub.sharing.outbox.frequency import turn_began
from hub.sharing.outbox.noting import Settled, note
from hub.sharing.outbox.records import Delivery, State
from hub.sharing.outbox.sending import due
from hub.sharing.outbox.signing import Signer
from hub.web.formats import SITE_ZONE, start_of

MOST: Final = 2_000


def write_due(session: Session, setting: DropSetting, signer: Signer, at: datetime) -> list[OutFile]:
    """Make the files that are due: at once where the agreement says so, else after its day, week, month or year.

    Marks their deliveries as written; the caller puts the files down before it commits.
    """
    agreed = agreements_in_force(session, at, setting.agency)
    rows = [row for row in due(session, setting.agency, at, MOST) if _is_due(agreed, row, at)]
    by_exchange: dict[tuple[str, str, bool], list[Any]] = defaultdict(list)
    for row in rows:
        under = _under(agreed, row)
        as_table = under is None or under.terms.shape is Shape.CSV
        by_exchange[row.exchange, row.purpose, as_table].append(row)
    files = []
    for (exchange, _, as_table), own in sorted(by_exchange.items()):
        made = _file(session, setting, exchange, own, signer, at, as_table=as_table)
        if made is not None:
            files.append(made)
    return files


def _is_due(agreed: Sequence[InForce], row: Any, at: datetime) -> bool:
    """A list had its turn before it was made, and what somebody sends again goes now; what no agreement has any more is
    stopped now."""
    under = _under(agreed, row)
    if under is None or row.replays or EXCHANGES[row.exchange].about is About.LIST:
        return True
    turn = turn_began(under.terms.frequency, at.astimezone(SITE_ZONE).date())
    return turn is None or bool(row.since_at < start_of(turn))


def _under(agreed: Sequence[InForce], row: Any) -> InForce | None:
    """The agreement by which it goes; None where no one has it any more."""
    return next((one for one in agreed if one.terms.grant(row.exchange, row.purpose) is not None), None)


def _file(
    session: Session,
    setting: DropSetting,
    exchange: str,
    rows: Sequence[Any],
    signer: Signer,
    at: datetime,
    *,
    as_table: bool,
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
        told = dict(zip(HEAD, own, strict=True))
        lines.append({**told, **(answer.values if as_table else {"document": answer.document})})
    note(session, settled, at)
    if not lines:
        return None
    written = tuple(one.delivery_id for one in settled if one.outcome is Outcome.IN_FILE)
    content = Content(exchange, as_table, lines, agreements)
    return make_file(session, setting, content, written, signer, at)


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
