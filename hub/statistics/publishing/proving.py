"""Proving a publication: its seals, and everything made again from the facts as they were known then."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from hub.sentences import RefusedError, Sentence
from hub.statistics.control import plan_of, protect
from hub.statistics.indicators import compute
from hub.statistics.periods import period_of
from hub.statistics.publishing import body
from hub.statistics.publishing.files.about import SUMS
from hub.statistics.publishing.freezing import is_genuine
from hub.statistics.publishing.reading import all_frozen, files_of, standing
from hub.statistics.publishing.records import Publication


@dataclass(frozen=True)
class Proved:
    """One thing that was looked at."""

    what: str
    holds: bool


def prove(session: Session, number: int) -> list[Proved]:
    """Every check in its order; RefusedError where there is no such publication."""
    found = standing(session, number)
    if found is None:
        raise RefusedError("no_such_publication", Sentence("There is no such publication."))
    row, files = found.row, files_of(session, number)
    sums = next(one for one in files if one.name == SUMS).content
    listed = {f"{body.sha256(one.content)}  {one.name}" for one in files if one.name != SUMS}
    proved = [
        Proved("The draft is what was drafted.", body.digest_of(row) == row.digest),
        Proved("Every file is what the list of checksums says.", listed == set(sums.splitlines())),
    ]
    if found.act is not None and found.act.signature:
        proved.append(Proved("The signature over the checksums holds.", is_genuine(found.act, sums)))
    return [*proved, *_again(session, row)]


def _again(session: Session, row: Publication) -> list[Proved]:
    kept = body.read_proof(row)
    plan = plan_of(period_of(row.period))
    figures = compute(session, plan.periods, at=row.drafted_at, known_at=row.known_at)
    before = [body.earlier_of(one) for one in all_frozen(session) if one.id in kept.compared_with]
    found = protect(figures, plan, row.k, before)
    made = body.proof_of(found, kept.compared_with, found.equations)
    given, again = body.write_cells(body.figures_of(row)), body.write_cells(found.figures)
    return [
        Proved("The facts as known then give the same numbers.", made.inputs_sha256 == kept.inputs_sha256),
        Proved("The same numbers are withheld.", made.withheld == kept.withheld),
        Proved(
            "What is given leaves the same possibilities for each small number.",
            made.intervals == kept.intervals,
        ),
        Proved("No small number can be found.", found.safe),
        Proved("The figures given out are the same.", given == again),
    ]
