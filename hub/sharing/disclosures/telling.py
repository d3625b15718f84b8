"""A person's own report: which agency was told what of them, when, for what and on which agreement. In words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.merging.reading import family_of
from hub.custody.queries import names
from hub.custody.records import Person
from hub.sentences import Sentence
from hub.sharing.agreements.reading import agencies
from hub.sharing.agreements.records import Agreement, AgreementVersion
from hub.sharing.agreements.terms import Terms, read_terms
from hub.sharing.catalogue import EXCHANGES, PURPOSES, WAYS, Exchange, Way
from hub.sharing.disclosures.joined import Whose, told_to, whose
from hub.sharing.disclosures.records import Disclosure


@dataclass(frozen=True)
class Told:
    """What an agency was told at one time: `basis` is the law that the agreement names; kept `keep_days` at most.

    `joined` says that it may be of somebody else, or of both: two files were taken for one person's then.
    """

    at: datetime
    agency: str
    what: Sentence
    fields: tuple[Sentence, ...]
    purpose: Sentence
    way: Sentence
    agreement: str
    basis: str
    keep_days: int | None
    onward: bool
    joined: bool = False


@dataclass(frozen=True)
class ToldReport:
    """Everything that may be said to the person, oldest first."""

    person: Person
    numbers: tuple[str, ...]
    made_at: datetime
    told: tuple[Told, ...]

    @property
    def joined(self) -> bool:
        """Whether some of it was told while the file was one with another by mistake."""
        return any(one.joined for one in self.told)


def told_report(
    session: Session, person: Person, at: datetime, known_at: datetime | None = None
) -> ToldReport:
    """What other agencies were told of a person until now, under all their numbers."""
    ids = family_of(session, person.id, known_at)
    numbers = tuple(sorted({person.number, *(one.number for one in names(session, ids).values())}))
    of = whose(session, ids, numbers, known_at)
    return ToldReport(person, numbers, at, tuple(lines_of(session, told_to(session, of, known_at), of)))


def lines_of(session: Session, rows: Sequence[Disclosure], of: Whose) -> Iterable[Told]:
    """The rows in words, without those of exchanges that their agreement withholds by law.

    A message or field that is no longer known here, or an agreement that is gone, stands under its code: what was told
    was told.
    """
    known = {one.code: one.name for one in agencies(session)}
    terms = _terms(session)
    for row in rows:
        exchange, under = EXCHANGES.get(row.exchange), terms.get((row.agreement, row.version))
        if under is not None and row.exchange in under.withheld:
            continue
        yield Told(
            row.at,
            known.get(row.agency, row.agency),
            _plain(row.exchange) if exchange is None else exchange.label,
            tuple(_field(exchange, name) for name in row.fields.split(",") if name),
            PURPOSES.get(row.purpose, _plain(row.purpose)),
            WAYS[Way(row.way)],
            f"{'' if under is None else under.title} ({row.agreement}, {row.version})".strip(),
            "" if under is None else under.legal_basis,
            None if under is None else under.retention_days,
            under is not None and under.onward,
            of.joined(row),
        )


def _field(exchange: Exchange | None, name: str) -> Sentence:
    found = None if exchange is None else exchange.field(name)
    return _plain(name) if found is None else found.label


def _plain(code: str) -> Sentence:
    return Sentence("%(code)s", {"code": code})


def _terms(session: Session) -> dict[tuple[str, int], Terms]:
    wanted = select(Agreement.code, AgreementVersion.number, AgreementVersion.terms).join(
        Agreement, Agreement.id == AgreementVersion.agreement_id
    )
    return {(code, number): read_terms(raw) for code, number, raw in session.execute(wanted)}
