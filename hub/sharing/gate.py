"""The gate: the one place where something leaves for another agency, whichever way, and where it is written down.

No agreement row, no field. A field that is not agreed is not read, so nothing that goes wrong afterwards lets it out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.sharing.agreements.reading import InForce
from hub.sharing.catalogue import About, Direction, Way
from hub.sharing.catalogue.reading import Reading
from hub.sharing.deciding import CODES, Granted, NotAgreedError, decide
from hub.sharing.disclosures.writing import write_rows
from hub.sharing.documents import Ask, Shared, SharedList, envelope, refusal_row, row_of
from hub.sharing.gathering import Loaded, load
from hub.sharing.noting import note_receipt, note_refusal, refusals_noted
from hub.sharing.ruling import Rules

__all__ = (
    "CODES",
    "Ask",
    "NotAgreedError",
    "Rules",
    "Shared",
    "SharedList",
    "accept_from",
    "check",
    "note_receipt",
    "note_refusal",
    "refusals_noted",
    "share",
    "share_list",
    "share_many",
)

AT_ONCE: Final = 500
"""People whose facts are loaded together."""
_NOTHING: Final[tuple[Any, ...]] = (None, "", [], {}, ())


def share(
    session: Session,
    *,
    agency: str,
    exchange: str,
    purpose: str,
    person: int | None,
    at: datetime,
    actor: Actor,
    way: Way,
    wanted: Collection[str] | None = None,
    reference: str = "",
    given: Mapping[str, Any] | None = None,
    booking: int | None = None,
    fact: int | None = None,
    rules: Rules | None = None,
) -> Shared:
    """Let one document out; NotAgreedError for whatever no agreement in force allows, and then nothing was read.

    `rules` are those of this transaction and this moment, where a door has asked them already.
    """
    ask = Ask(agency, exchange, purpose, person, booking, fact, wanted, reference, given)
    granted = (rules or Rules(session, at)).of(ask)
    [shared] = _let_out(session, [(ask, granted)], at=at, actor=actor, way=way)
    assert isinstance(shared, Shared)
    return shared


def check(
    session: Session,
    *,
    agency: str,
    exchange: str,
    purpose: str,
    at: datetime,
    wanted: Collection[str] | None = None,
    rules: Rules | None = None,
) -> InForce:
    """The agreement under which this may be shared; NotAgreedError where it could not be shared of anybody.

    For a door that has to look for somebody first: whoever may not ask gets the same answer whether there is such a
    person or not.
    """
    return (rules or Rules(session, at)).of(Ask(agency, exchange, purpose, wanted=wanted)).under


def share_many(
    session: Session, asks: Sequence[Ask], *, at: datetime, actor: Actor, way: Way
) -> list[Shared | NotAgreedError]:
    """The same for many at once, in their order. What is refused is given back, and its row stands with the others."""
    rules = Rules(session, at)
    found: list[Shared | NotAgreedError] = []
    for start in range(0, len(asks), AT_ONCE):
        judged: list[tuple[Ask, Granted | NotAgreedError]] = []
        for ask in asks[start : start + AT_ONCE]:
            try:
                judged.append((ask, rules.of(ask)))
            except NotAgreedError as error:
                judged.append((ask, error))
        found.extend(_let_out(session, judged, at=at, actor=actor, way=way))
    return found


def share_list(
    session: Session,
    *,
    agency: str,
    exchange: str,
    purpose: str,
    people: Sequence[int],
    at: datetime,
    actor: Actor,
    way: Way,
    wanted: Collection[str] | None = None,
    reference: str = "",
    rules: Rules | None = None,
) -> SharedList:
    """Let a list out as one document. NotAgreedError, and nothing read, where no agreement in force allows it."""
    whose: Sequence[int | None] = people or (None,)
    asks = [Ask(agency, exchange, purpose, one, wanted=wanted, reference=reference) for one in whose]
    granted = (rules or Rules(session, at)).of(asks[0])
    items: list[Shared] = []
    for start in range(0, len(asks), AT_ONCE):
        pairs = [(ask, granted) for ask in asks[start : start + AT_ONCE]]
        let_out = _let_out(session, pairs, at=at, actor=actor, way=way)
        items.extend(one for one in let_out if isinstance(one, Shared))
    document = envelope(granted, at)
    document["disclosures"] = [items[0].disclosure_id, items[-1].disclosure_id]
    document["data"] = [one.document["data"] for one in items] if people else []
    return SharedList(document, tuple(items))


def accept_from(
    session: Session,
    *,
    agency: str,
    exchange: str,
    purpose: str | None,
    fields: Collection[str],
    at: datetime,
) -> InForce:
    """The agreement under which these fields may come in; NotAgreedError where there is none.

    `purpose` None takes the first purpose of an agreement that covers the fields.
    """
    rules = Rules(session, at)
    known = rules.standings_of(agency)
    purposes = [purpose] if purpose is not None else rules.purposes_of(agency, exchange) or [""]
    problem: NotAgreedError | None = None
    for one in purposes:
        try:
            return decide(
                known,
                agency=agency,
                known=rules.knows(agency),
                exchange=exchange,
                purpose=one,
                wanted=fields,
                direction=Direction.IN,
            ).under
        except NotAgreedError as error:
            problem = problem or error
    assert problem is not None
    raise problem


def _let_out(
    session: Session,
    judged: Sequence[tuple[Ask, Granted | NotAgreedError]],
    *,
    at: datetime,
    actor: Actor,
    way: Way,
) -> list[Shared | NotAgreedError]:
    granted = [one for _, one in judged if isinstance(one, Granted)]
    kinds = {kind for one in granted for wanted in one.fields for kind in wanted.kinds}
    loaded = load(session, {ask.person for ask, _ in judged if ask.person is not None}, kinds, at)
    made: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]] | None] = []
    rows: list[dict[str, Any]] = []
    around: dict[int, dict[str, Any]] = {}
    for each in granted:
        if id(each) not in around:  # a batch is of few agreements
            around[id(each)] = envelope(each, at)
    for ask, one in judged:
        number = loaded.number_of(ask.person)
        if isinstance(one, NotAgreedError):
            made.append(None)
            rows.append(refusal_row(one, number, ask.reference))
            continue
        values, data = _read(loaded, ask, one)
        made.append((dict(around[id(one)]), values, data))
        rows.append(row_of(one, number, ask.reference, values))
    numbers = write_rows(session, rows, at=at, actor=actor.login, way=way)
    return [
        one if isinstance(one, NotAgreedError) else _shared(one, row, number, parts)
        for (_, one), row, number, parts in zip(judged, rows, numbers, made, strict=True)
    ]


def _read(loaded: Loaded, ask: Ask, granted: Granted) -> tuple[dict[str, Any], dict[str, Any]]:
    """The values of the agreed fields, and the same as they stand in the document."""
    if granted.exchange.about is About.FIGURES:
        return _figures(loaded, ask, granted)
    reading = loaded.reading(ask.person, ask.booking, ask.fact, ask.given)
    values: dict[str, Any] = {}
    data: dict[str, Any] = {}
    for one in granted.fields:
        value = one.read(reading)
        if value in _NOTHING:
            continue
        values[one.name] = value
        inside = data
        *way, last = one.place
        for key in way:
            inside = inside.setdefault(key, {})
        inside[last] = value
    return values, data


def _figures(loaded: Loaded, ask: Ask, granted: Granted) -> tuple[dict[str, Any], dict[str, Any]]:
    lines = []
    for line in (ask.given or {}).get("observations", ()):
        one = Reading(loaded.session, loaded.at, given=line, facility=loaded.facility)
        lines.append({column.name: column.read(one) for column in granted.fields if column.name in line})
    values = {column.name: True for column in granted.fields if any(column.name in line for line in lines)}
    return values, {"observations": lines}


def _shared(
    granted: Granted,
    row: Mapping[str, Any],
    number: int,
    parts: tuple[dict[str, Any], dict[str, Any], dict[str, Any]] | None,
) -> Shared:
    assert parts is not None
    document, values, data = parts
    document["disclosure"] = number
    document["data"] = data
    return Shared(
        document, values, tuple(values), granted.under.code, granted.under.version, number, row["person"]
    )
