"""Saying what a cell is for and how many it holds. The caller holds the transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.movements.cells.lying import lying_of
from hub.movements.cells.reading import view_of
from hub.movements.cells.records import Cell, CellTerms
from hub.movements.cells.rules import LEGAL_STATUS_CODES, Ages, CellView, Sexes
from hub.movements.records import Zone
from hub.sentences import RefusedError, Sentence
from hub.web.formats import SITE_ZONE

MOST_PLACES: Final = 500
_EARLIEST: Final = date(1900, 1, 1)


@dataclass(frozen=True)
class CellDraft:
    """What is said of a cell; `working` and `maximum` None are as many as `certified`.

    `effective_on` is since which day it is so, where that was before it is recorded.

    `block` and `tier` count where the zone lies in none: a cell is in the block that its zone is in.
    """

    code: str
    name: str
    block: str
    tier: str
    zone: str
    certified: int
    working: int | None = None
    maximum: int | None = None
    sexes: Sexes = Sexes.ANY
    ages: Ages = Ages.ANY
    statuses: frozenset[str] = frozenset()
    out_of_order: bool = False
    effective_on: date | None = None


def define_cell(session: Session, draft: CellDraft, *, reason: str, actor: Actor, at: datetime) -> CellView:
    """Add a cell, or say anew what a known one is; nothing happens when nothing differs.

    RefusedError for a zone that does not exist, numbers and days that cannot be, or without a reason.
    """
    zone_id = session.scalar(select(Zone.id).where(Zone.code == draft.zone, Zone.closed_at.is_(None)))
    if zone_id is None:
        raise RefusedError(
            "zone", Sentence("There is no zone %(zone)s. Choose another.", {"zone": draft.zone})
        )
    draft = _lying(session, zone_id, draft)
    _check(draft, at.astimezone(SITE_ZONE).date())
    cell = session.scalar(select(Cell).where(Cell.code == draft.code).with_for_update(key_share=True))
    if cell is None:
        cell = Cell(code=draft.code, zone_id=zone_id)
        session.add(cell)
        session.flush()
        before = None
    else:
        cell.zone_id = zone_id
        before = newest_terms(session, cell.id)
    terms = _terms(cell.id, draft, reason, actor, at)
    if before is not None and _said(before) == _said(terms) and _since_known(before, terms):
        return view_of(cell, before, draft.zone)
    if before is not None and not reason.strip():
        raise RefusedError("reason", Sentence("Write why, in a few words: it stays with the record."))
    session.add(terms)
    session.flush()
    write_down(session, at=at, actor=actor, act="cell.define", subject=cell.code, detail=reason.strip()[:200])
    return view_of(cell, terms, draft.zone)


def draft_of(cell: CellView) -> CellDraft:
    """What was said of a cell, to be said anew with something changed."""
    return CellDraft(
        code=cell.code,
        name=cell.name,
        block=cell.block,
        tier=cell.tier,
        zone=cell.zone,
        certified=cell.certified,
        working=cell.working,
        maximum=cell.maximum,
        sexes=cell.sexes,
        ages=cell.ages,
        statuses=cell.statuses,
        out_of_order=cell.out_of_order,
    )


def set_out_of_order(
    session: Session, cell: CellView, out: bool, *, reason: str, actor: Actor, at: datetime
) -> CellView:
    """Close a cell, or open it again; RefusedError without a reason."""
    if not reason.strip():
        raise RefusedError("reason", Sentence("Write why, in a few words: it stays with the record."))
    draft = replace(draft_of(cell), out_of_order=out)
    return define_cell(session, draft, reason=reason, actor=actor, at=at)


def newest_terms(session: Session, cell_id: int) -> CellTerms:
    """What was said of a cell last."""
    wanted = select(CellTerms).where(CellTerms.cell_id == cell_id).order_by(CellTerms.id.desc()).limit(1)
    return session.scalars(wanted).one()


def _lying(session: Session, zone_id: int, draft: CellDraft) -> CellDraft:
    """Block and tier as the zone has them; what was typed counts where the zone lies in none."""
    where = lying_of(session, zone_id)
    return replace(draft, block=where.block or draft.block, tier=where.tier or draft.tier)


def _since_known(before: CellTerms, terms: CellTerms) -> bool:
    """Whether the day since when it is so says nothing new."""
    return terms.effective_on is None or terms.effective_on == before.effective_on


def _check(draft: CellDraft, today: date) -> None:
    if draft.effective_on is not None and not _EARLIEST <= draft.effective_on <= today:
        raise RefusedError(
            "effective_on", Sentence("Write the day since when this is so, not one to come. Check the year.")
        )
    working = draft.certified if draft.working is None else draft.working
    maximum = max(working, draft.certified) if draft.maximum is None else draft.maximum
    if not 0 <= draft.certified <= MOST_PLACES or not 0 <= working <= MOST_PLACES:
        raise RefusedError("places", Sentence("A cell has 0 to 500 places. Check the numbers."))
    if not max(draft.certified, working) <= maximum <= MOST_PLACES:
        raise RefusedError(
            "maximum",
            Sentence("The maximum is not below the certified and the working number. Check the numbers."),
        )
    if not draft.code or not draft.name.strip() or not draft.block.strip():
        raise RefusedError("name", Sentence("A cell has a code, a name and a block. Fill them in."))
    if not draft.statuses <= LEGAL_STATUS_CODES:
        raise RefusedError("statuses", Sentence("Choose legal statuses from the list."))


def _terms(cell_id: int, draft: CellDraft, reason: str, actor: Actor, at: datetime) -> CellTerms:
    working = draft.certified if draft.working is None else draft.working
    return CellTerms(
        cell_id=cell_id,
        name=draft.name.strip()[:80],
        block=draft.block.strip()[:80],
        tier=draft.tier.strip()[:80],
        certified=draft.certified,
        working=working,
        maximum=max(working, draft.certified) if draft.maximum is None else draft.maximum,
        sexes=draft.sexes.value,
        ages=draft.ages.value,
        statuses=",".join(sorted(draft.statuses)),
        out_of_order=draft.out_of_order,
        effective_on=draft.effective_on,
        reason=reason.strip()[:300],
        recorded_at=at,
        recorded_by=actor.login[:64],
    )


def _said(terms: CellTerms) -> tuple[object, ...]:
    return (
        terms.name,
        terms.block,
        terms.tier,
        terms.certified,
        terms.working,
        terms.maximum,
        terms.sexes,
        terms.ages,
        terms.statuses,
        terms.out_of_order,
    )
