"""Agreements as they stand, for the gate: what is in the tables is asked at every call, and what it comes to is kept.

Nothing is kept for a time. What the tables hold is read each time, terms aside, and is itself the key: a signature, a
suspension or an end made by whatever process holds from the next call, and one that was rolled back never counts.
Terms are known by the digest that signatures stand under; a row whose terms are not those of its digest is never kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any, Final, cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from hub.sharing.agreements.reading import Standing
from hub.sharing.agreements.records import Agency, Agreement, AgreementAct, AgreementVersion
from hub.sharing.agreements.terms import digest_of

_KEPT: Final = 256
"""Agencies, each as it stood before and after a change: a prison has a handful."""

_AGENCY: Final = cast(Table, Agency.__table__).c
_AGREEMENT: Final = cast(Table, Agreement.__table__).c
_VERSION: Final = cast(Table, AgreementVersion.__table__).c
_ACT: Final = cast(Table, AgreementAct.__table__).c
_OF_AGENCY: Final = ("id", "code", "kind", "name", "contact", "active", "opened_at", "opened_by")
_OF_AGREEMENT: Final = ("id", "code", "agency_id", "opened_at", "opened_by")
_OF_VERSION: Final = (
    "id", "agreement_id", "number", "digest", "starts_on", "review_on", "ends_on", "made_at", "made_by",
)  # fmt: skip
_OF_ACT: Final = ("id", "agreement_id", "version_id", "act", "by", "at", "reason", "digest")

_VERSIONS: Final = (
    select(
        *(_AGENCY[name] for name in _OF_AGENCY),
        *(_AGREEMENT[name] for name in _OF_AGREEMENT),
        *(_VERSION[name] for name in _OF_VERSION),
    )
    .join_from(Agency.__table__, Agreement.__table__, _AGREEMENT.agency_id == _AGENCY.id)
    .outerjoin(AgreementVersion.__table__, _VERSION.agreement_id == _AGREEMENT.id)
    .where(_AGENCY.code == bindparam("agency"))
    .order_by(_AGREEMENT.code, _VERSION.number)
)
_ACTS: Final = (
    select(*(_ACT[name] for name in _OF_ACT))
    .join(Agreement.__table__, _AGREEMENT.id == _ACT.agreement_id)
    .join(Agency.__table__, _AGENCY.id == _AGREEMENT.agency_id)
    .where(_AGENCY.code == bindparam("agency"))
    .order_by(_ACT.id)
)
_TERMS: Final = select(_VERSION.id, _VERSION.terms).where(
    _VERSION.id.in_(bindparam("numbers", expanding=True))
)

_Rows = tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class _Held:
    """One agreement whole. Its rows are of no session, and nobody changes them."""

    agency: Agency
    agreement: Agreement
    versions: tuple[AgreementVersion, ...]
    acts: tuple[AgreementAct, ...]

    def at(self, at: datetime) -> Standing:
        return Standing(
            self.agency,
            self.agreement,
            tuple(one for one in self.versions if one.made_at <= at),
            tuple(one for one in self.acts if one.at <= at),
            at,
        )


@dataclass
class _Memory:
    _known: OrderedDict[tuple[_Rows, _Rows], tuple[_Held, ...]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def get(self, key: tuple[_Rows, _Rows]) -> tuple[_Held, ...] | None:
        with self._lock:
            found = self._known.get(key)
            if found is not None:
                self._known.move_to_end(key)
            return found

    def keep(self, key: tuple[_Rows, _Rows], found: tuple[_Held, ...]) -> None:
        with self._lock:
            self._known[key] = found
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)


_MEMORY: Final = _Memory()


def standings_of(session: Session, at: datetime, agency: str) -> list[Standing]:
    """What `agreements.reading.standings` gives of one agency, to be read and not to be changed."""
    session.flush()  # what this transaction has changed counts in it, as with any other reading
    connection, asked = session.connection(), {"agency": agency}
    versions = _plain(connection.execute(_VERSIONS, asked).fetchall())
    if not versions:
        return []
    key = (versions, _plain(connection.execute(_ACTS, asked).fetchall()))
    found = _MEMORY.get(key)
    if found is None:
        found, whole = _read(session, key)
        if whole:
            _MEMORY.keep(key, found)
    return [one.at(at) for one in found]


def _plain(rows: Iterable[Any]) -> _Rows:
    return tuple(tuple(row) for row in rows)


def _read(session: Session, key: tuple[_Rows, _Rows]) -> tuple[tuple[_Held, ...], bool]:
    """The agreements that rows make, and whether the terms of each version are those that were signed."""
    versions, acts = key
    start = len(_OF_AGENCY) + len(_OF_AGREEMENT)
    numbers = [row[start] for row in versions if row[start] is not None]
    terms = dict(session.connection().execute(_TERMS, {"numbers": numbers}).fetchall()) if numbers else {}
    whole = all(
        digest_of(terms.get(row[start], "")) == row[start + _OF_VERSION.index("digest")]
        for row in versions
        if row[start] is not None
    )
    held: dict[int, list[tuple[Any, ...]]] = {}
    for row in versions:
        held.setdefault(row[len(_OF_AGENCY)], []).append(row)
    return tuple(_one(rows, acts, terms) for rows in held.values()), whole


def _one(rows: Sequence[tuple[Any, ...]], acts: _Rows, terms: dict[int, str]) -> _Held:
    first, end = len(_OF_AGENCY), len(_OF_AGENCY) + len(_OF_AGREEMENT)
    agreement = Agreement(**dict(zip(_OF_AGREEMENT, rows[0][first:end], strict=True)))
    return _Held(
        Agency(**dict(zip(_OF_AGENCY, rows[0][:first], strict=True))),
        agreement,
        tuple(
            AgreementVersion(**dict(zip(_OF_VERSION, row[end:], strict=True)), terms=terms[row[end]])
            for row in rows
            if row[end] is not None
        ),
        tuple(
            AgreementAct(**dict(zip(_OF_ACT, act, strict=True)))
            for act in acts
            if act[_OF_ACT.index("agreement_id")] == agreement.id
        ),
    )
