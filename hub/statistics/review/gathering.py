"""All that a review is made of, read once, as it was known at one time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.movements.records import Site
from hub.sentences import RefusedError, Sentence
from hub.sharing.agreements.records import Agency
from hub.sharing.catalogue import PartnerKind
from hub.statistics.control import k_on
from hub.statistics.indicators.computing import compute_from
from hub.statistics.indicators.world import world_at
from hub.statistics.periods import Period, months_of
from hub.statistics.review.evidence import CameIn, Evidence, Quality, Source, Span
from hub.statistics.review.progress import Part, Progress, Told, nobody
from hub.statistics.review.reading.files import Files, files_of
from hub.statistics.review.reading.others import doubts_of, imported_of, merged_of, passages_of
from hub.statistics.review.reading.sharing import agreed_of, came_in_of, shared_of
from hub.statistics.review.reading.statements import Sources, Statements, statements_of
from hub.statistics.review.reading.totals import told_of
from hub.web.formats import SITE_ZONE

_UNNAMED: Final = "Main site"


def span_of(year: int, known_at: datetime) -> Span:
    """A year up to its last day that was over at `known_at`; RefusedError where it has none."""
    last = min(date(year, 12, 31), known_at.astimezone(SITE_ZONE).date() - timedelta(days=1))
    first = date(year, 1, 1)
    if last < first:
        raise RefusedError(
            "year_to_come", Sentence("This year has no day that is over. Choose an earlier one.")
        )
    period = Period(first, last)
    months = tuple(one for one in months_of(year) if one.last_on <= last)
    before = Period(date(year - 1, 1, 1), _year_before(last))
    return Span(year, period, before, months, tuple(months_of(year - 1)[: len(months)]), known_at)


def _year_before(day: date) -> date:
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)


def gather(session: Session, span: Span, told: Told = nobody) -> Evidence:
    """Read everything; `told` hears how far it is, and may raise to end it."""
    told(Progress(Part.FIGURES))
    periods = list(dict.fromkeys((span.before, *span.months_before, *span.months, span.period)))
    world = world_at(session, periods, at=span.known_at, known_at=span.known_at)
    figures = compute_from(world, periods, span.known_at)
    sources = Sources(session)
    files = files_of(session, span, world, sources, lambda *many: told(Progress(Part.FILES, *many)))
    told(Progress(Part.ENTRIES))
    stated = statements_of(session, span, sources)
    told(Progress(Part.SOURCES))
    agencies = {
        one.code: one for one in session.scalars(select(Agency).where(Agency.opened_at <= span.known_at))
    }
    came_in = came_in_of(session, span)
    kinds = {code: one.kind for code, one in agencies.items()}
    quality = _quality(session, span, stated, files, came_in, kinds)
    told(Progress(Part.SHARING))
    smallest = k_on(session, span.reference_on, span.known_at)
    shown = told_of(session, span, figures, smallest)
    return Evidence(
        place=_place(session),
        span=span,
        told=shown.cells,
        published=shown.published,
        files=files.together,
        missing=files.missing,
        delays=stated.delays_by_kind,
        corrections=stated.corrections,
        quality=quality,
        shared=shared_of(session, span),
        agreed=agreed_of(session, span),
        came_in=came_in,
        doubts=doubts_of(session, span),
        agencies={code: one.name for code, one in agencies.items()},
        smallest=smallest,
    )


def _place(session: Session) -> str:
    """The name of the prison; "" while it has the one that a new register gives it."""
    name = session.scalar(select(Site.name).order_by(Site.sort, Site.id).limit(1)) or ""
    return "" if name == _UNNAMED else name


def _quality(
    session: Session,
    span: Span,
    stated: Statements,
    files: Files,
    came_in: tuple[CameIn, ...],
    kinds: Mapping[str, str],
) -> dict[Source, Quality]:
    """By source, those of which there is something to say."""
    imported, passages = imported_of(session, span), passages_of(session, span)
    refused: Counter[Source] = Counter({Source.IMPORT: imported.refused})
    doubles: Counter[Source] = Counter(
        {Source.IMPORT: imported.doubles, Source.OFFICERS: merged_of(session, span)}
    )
    for one in came_in:
        for kind, source in ((PartnerKind.POLICE, Source.POLICE), (PartnerKind.COURTS, Source.COURTS)):
            if kinds.get(one.agency) == kind.value:
                refused[source] += one.refused
                doubles[source] += one.doubles
    found: dict[Source, Quality] = {
        source: Quality(
            stated.many[source], stated.delays.get(source), stated.corrected[source], stated.withdrawn[source],
            refused[source], doubles[source], files.by_source.get(source, Quality().files),
        )
        for source in Source
        if source is not Source.TERMINALS
    }  # fmt: skip
    found[Source.TERMINALS] = Quality(passages.many, passages.delay, withdrawn=passages.reversed)
    empty = Quality()
    return {source: one for source, one in found.items() if one != empty}
