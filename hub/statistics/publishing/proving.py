"""Proving a publication: its seals, and everything made again from the facts as they were known then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from hub.sentences import RefusedError, Sentence
from hub.statistics.control import kept, plan_of
from hub.statistics.control.attack import Interval
from hub.statistics.control.model import Why
from hub.statistics.indicators import compute
from hub.statistics.periods import period_of
from hub.statistics.publishing import body
from hub.statistics.publishing.files.about import SUMS
from hub.statistics.publishing.freezing import is_genuine
from hub.statistics.publishing.reading import files_of, standing
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
    """From the facts as known then, with what the proof says was withheld: nothing is sought anew.

    What to withhold is found by a way of seeking that may get better, and by a library that may break ties otherwise;
    whether it suffices must not hang on either.
    """
    proof, given = body.read_proof(row), body.figures_of(row)
    plan = plan_of(period_of(row.period))
    figures = compute(session, plan.periods, at=row.drafted_at, known_at=row.known_at)
    withheld = {name: Why(why) for name, why in proof.withheld.items()}
    found = kept(figures, plan, row.k, withheld, given, proof.intervals)
    same = found is not None and body.has_inputs(row, found.values)
    left = found.intervals if found is not None else {}
    cells = found is not None and body.write_cells(given) == body.write_cells(found.figures)
    return [
        Proved("The facts as known then give the same numbers.", same),
        Proved(
            "What is given leaves the same possibilities for each small number.",
            found is not None
            and {name: (one.least, one.most) for name, one in left.items()} == proof.intervals,
        ),
        Proved("No small number can be found.", same and not proof.unsafe and _hidden(row.k, proof, left)),
        Proved("The figures given out are the same.", cells),
    ]


def _hidden(k: int, proof: body.Proof, left: Mapping[str, Interval]) -> bool:
    """Whether each number that was small stands in the proof with possibilities enough."""
    asked = set(proof.intervals) - set(proof.lost)
    return all(name in left and left[name].protects(k, proof.told.get(name, 0)) for name in asked)
