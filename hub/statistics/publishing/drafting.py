"""Drafting a publication: compute, control, check, and make its files. The caller holds the transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.sentences import RefusedError, Sentence
from hub.statistics.cells import Figures
from hub.statistics.control import k_on, plan_of, protect
from hub.statistics.control.applying import Protected, small_cells
from hub.statistics.control.plans import Plan
from hub.statistics.definitions import INDICATORS
from hub.statistics.indicators import compute
from hub.statistics.indicators.balancing import CODE as DOES_NOT_ADD_UP
from hub.statistics.periods import Period
from hub.statistics.publishing import body
from hub.statistics.publishing.files import make
from hub.statistics.publishing.files.about import About
from hub.statistics.publishing.reading import all_frozen, frozen
from hub.statistics.publishing.records import Publication, PublicationFile
from hub.statistics.snapshots.keeping import SETTLED
from hub.web.kept_sentences import write_sentence


def draft(
    session: Session,
    period: Period,
    *,
    why: str,
    actor: Actor,
    at: datetime,
    known_at: datetime | None = None,
) -> Publication:
    """A draft of a year or month as known ten minutes ago, or at `known_at`.

    Held, with its reasons, where parts do not make their whole or something cannot be protected. RefusedError for a
    period that is not over or is none, and for a revision that does not say what is new.
    """
    plan, known = plan_of(period), known_at or at - SETTLED
    if period.ends_at > known:
        raise RefusedError("not_over", Sentence("This period is not over yet. Draft it once it is."))
    before = frozen(session, period.code)
    if before and not why.strip():
        raise RefusedError("no_reason", Sentence("Write what is new in this revision, and why."))
    figures = compute(session, plan.periods, at=at, known_at=known)
    others = all_frozen(session)
    found = protect(
        figures, plan, k_on(session, period.last_on, known), [body.earlier_of(one) for one in others]
    )
    row = _row(found, period, why, actor, at, known, len(before) + 1, _held(figures, plan, found))
    row.proof = body.write_proof(body.proof_of(found, [one.id for one in others], found.equations))
    row.digest = body.digest_of(row)
    session.add(row)
    session.flush()
    _add_files(session, row, period)
    detail = f"{period.code} revision {row.revision}{', held' if row.held else ''}"
    write_down(session, at=at, actor=actor, act="figures.draft", subject=str(row.id), detail=detail)
    return row


def _row(
    found: Protected, period: Period, why: str, actor: Actor, at: datetime, known: datetime, revision: int,
    held: Sequence[Sentence],
) -> Publication:  # fmt: skip
    return Publication(
        period=period.code,
        revision=revision,
        k=found.k,
        known_at=known,
        drafted_at=at,
        drafted_by=actor.login[:64],
        why=why.strip()[:500],
        body=body.write_body(found.figures),
        inputs=body.write_inputs(found.values),
        proof="",
        held=json.dumps([write_sentence(one) for one in held]) if held else "",
        digest="",
    )


def _add_files(session: Session, row: Publication, period: Period) -> None:
    about = About(period, row.revision, row.drafted_at, row.known_at, row.k, row.why)
    for one in make(body.figures_of(row), about):
        session.add(
            PublicationFile(
                publication_id=row.id, name=one.name, media_type=one.media_type, sha256=one.sha256,
                content=one.content,
            )
        )  # fmt: skip
    session.flush()


def _held(figures: Figures, plan: Plan, found: Protected) -> list[Sentence]:
    """Why it cannot be published: what does not add up, and what could not be protected."""
    reasons: list[Sentence] = []
    periods = {one.code for one in plan.periods}
    said_of: set[tuple[str, str]] = set()
    for code in plan.cuts:
        for period, _key, cell in figures.cube(code).rows():
            if period.code in periods and cell.held and cell.held.code == DOES_NOT_ADD_UP:
                if (period.code, str(cell.held.why)) in said_of:
                    continue  # What speaks against one number of a sum speaks against all of them: said once.
                said_of.add((period.code, str(cell.held.why)))
                said = {"figure": INDICATORS[code].words, "period": period.code, "why": cell.held.why}
                reasons.append(Sentence("%(figure)s, %(period)s: %(why)s", said))
    if not found.safe or small_cells(found.figures, found.k):
        reasons.append(
            Sentence("A small number could be found by reckoning, and nothing that is withheld prevents it.")
        )
    return reasons
