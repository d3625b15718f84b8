"""What a change of a site touches: who is there, which terminals stand there, what hangs on it. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.movements.cells.reading import dwellers
from hub.movements.cells.records import Cell
from hub.movements.duty_records import Post
from hub.movements.records import Checkpoint, Zone, ZonePermission
from hub.movements.site.forms import CheckpointForm, CurfewForm, Form, Kind, ZoneForm, kind_of
from hub.movements.site.hours import curfews
from hub.movements.site.tree import Tree, load
from hub.movements.staying import people_by_zone
from hub.sentences import Sentence
from hub.terminals.records import Status, Terminal


class Grade(StrEnum):
    """NOTE is said; ASK has to be confirmed by whoever changes it; STOP has to be dealt with first."""

    NOTE = "note"
    ASK = "ask"
    STOP = "stop"


@dataclass(frozen=True)
class Touch:
    """One thing that a change touches."""

    grade: Grade
    words: Sentence


def touches(
    session: Session, before: Form | None, after: Form, at: datetime, together: Iterable[Form] = ()
) -> list[Touch]:
    """Everything that the change from `before` to `after` touches, the gravest first; nothing for what is new.

    What is closed in the same act, `together`, stands in nobody's way.
    """
    if before is None or before == after:
        return []
    if isinstance(after, ZoneForm):
        gone = {(kind_of(one), one.code) for one in together if getattr(one, "closed", False)}
        found = list(_of_zone(session, cast(ZoneForm, before), after, at, gone))
    else:
        found = list(_OF[kind_of(after)](session, before, after))
    return sorted(found, key=lambda one: [Grade.STOP, Grade.ASK, Grade.NOTE].index(one.grade))


def terminals_at(session: Session, checkpoint: str) -> list[str]:
    """Names of the terminals that stand at a checkpoint."""
    wanted = select(Terminal.name).where(
        Terminal.checkpoint_code == checkpoint, Terminal.status == Status.ACTIVE
    )
    return list(session.scalars(wanted.order_by(Terminal.name)))


def people_in(session: Session, tree: Tree, zone_id: int) -> int:
    """How many people in custody the last proofs put into a zone or into what lies in it."""
    found = people_by_zone(session)
    return sum(found.get(one, 0) for one in tree.within(zone_id))


Gone = Collection[tuple[Kind, str]]


def _of_zone(
    session: Session, before: ZoneForm, after: ZoneForm, at: datetime, gone: Gone
) -> Iterator[Touch]:
    tree = load(session)
    node = tree.by_code(after.code)
    if node is None:
        return
    people = people_in(session, tree, node.id)
    if after.closed and not before.closed:
        yield from _closing(session, tree, after, people, gone)
        yield from _homes(session, after, at)
        return
    if after.site != before.site and people:
        yield Touch(
            Grade.STOP,
            Sentence(
                "People last seen here: %(count)s. A zone with people in it stays at its site.",
                {"count": people},
            ),
        )
    yield from _renaming(session, before, after, node.id, people)
    if (after.parent, after.is_unit) != (before.parent, before.is_unit):
        yield Touch(
            Grade.ASK,
            Sentence(
                "Counts follow: the unit of whoever lives here changes. People last seen here: %(count)s.",
                {"count": people},
            ),
        )
    if after.needs_pass and not before.needs_pass:
        wanted = select(func.count()).select_from(ZonePermission)
        standing = session.scalar(
            wanted.where(ZonePermission.zone_id == node.id, ZonePermission.withdrawn_at.is_(None))
        )
        yield Touch(
            Grade.ASK,
            Sentence(
                "From now on nobody enters without a pass. People who may enter today without one: %(count)s.",
                {"count": standing or 0},
            ),
        )
    if after.maximum is not None and people > after.maximum:
        yield Touch(
            Grade.ASK,
            Sentence(
                "Here by the last proof: %(count)s, and at most %(maximum)s may be. Gates let nobody in meanwhile.",
                {"count": people, "maximum": after.maximum},
            ),
        )


def _renaming(
    session: Session, before: ZoneForm, after: ZoneForm, zone_id: int, people: int
) -> Iterator[Touch]:
    if after.name != before.name:
        yield Touch(
            Grade.NOTE,
            Sentence(
                "Here by the last proof: %(count)s. Every screen calls the place by its new name at once, "
                "papers that were printed keep the old one.",
                {"count": people},
            ),
        )
        gates = _gates(session, zone_id)
        if gates:
            yield Touch(
                Grade.NOTE,
                Sentence(
                    "Terminals that join this zone go on as they do: %(names)s. They know it by its code.",
                    {"names": ", ".join(gates)},
                ),
            )
    if after.kind != before.kind:
        yield Touch(
            Grade.ASK,
            Sentence(
                "How long a proof holds here follows from the kind. People judged anew: %(count)s.",
                {"count": people},
            ),
        )


def _closing(session: Session, tree: Tree, after: ZoneForm, people: int, gone: Gone) -> Iterator[Touch]:
    node = tree.by_code(after.code)
    assert node is not None
    if people:
        yield Touch(
            Grade.STOP,
            Sentence(
                "People last seen here: %(count)s. Close the zone when nobody is left.", {"count": people}
            ),
        )
    inside = [one.name for one in tree.children(node.id) if (Kind.ZONE, one.code) not in gone]
    if inside:
        yield Touch(
            Grade.STOP,
            Sentence("What lies in it: %(names)s. Close or move that first.", {"names": ", ".join(inside)}),
        )
    doors = session.execute(
        select(Checkpoint.code, Checkpoint.name).where(
            Checkpoint.closed_at.is_(None),
            (Checkpoint.from_zone_id == node.id) | (Checkpoint.to_zone_id == node.id),
        )
    )
    leading = [name for code, name in doors if (Kind.CHECKPOINT, code) not in gone]
    if leading:
        yield Touch(
            Grade.STOP,
            Sentence("Checkpoints lead here: %(names)s. Close them first.", {"names": ", ".join(leading)}),
        )
    held = session.scalar(select(func.count()).select_from(Cell).where(Cell.zone_id == node.id)) or 0
    if held:
        yield Touch(
            Grade.STOP,
            Sentence("Cells that belong to it: %(count)s. Move them to another zone first.", {"count": held}),
        )
    kept = [
        one.name
        for one in curfews(session)
        if after.code in one.zones and (Kind.CURFEW, one.code) not in gone
    ]
    if kept:
        yield Touch(
            Grade.STOP,
            Sentence("A curfew names it: %(names)s. Change that first.", {"names": ", ".join(kept)}),
        )


def _homes(session: Session, after: ZoneForm, at: datetime) -> Iterator[Touch]:
    living = sum(one.home is not None and one.home.zone == after.code for one in dwellers(session, at))
    if living:
        yield Touch(
            Grade.STOP,
            Sentence(
                "People who live here by the record: %(count)s. Give them another home first: counts expect them.",
                {"count": living},
            ),
        )


def _of_checkpoint(session: Session, before_form: Form, after_form: Form) -> Iterator[Touch]:
    before, after = cast(CheckpointForm, before_form), cast(CheckpointForm, after_form)
    standing = terminals_at(session, after.code)
    names = ", ".join(standing)
    moved = (before.from_zone, before.to_zone) != (after.from_zone, after.to_zone)
    if standing and after.closed and not before.closed:
        yield Touch(
            Grade.STOP,
            Sentence(
                "Terminals stand here: %(names)s. Cut them off or take them in elsewhere first.",
                {"names": names},
            ),
        )
    if standing and moved:
        yield Touch(
            Grade.ASK,
            Sentence(
                "Terminals stand here: %(names)s. They go on deciding for the zones that they were taken in for, and "
                "what they write stays true of those, until a technician takes them in anew.",
                {"names": names},
            ),
        )
    if moved or (after.closed and not before.closed):
        yield from _posts(session, after.code)


def _posts(session: Session, checkpoint: str) -> Iterator[Touch]:
    wanted = select(func.count(Post.id)).join(Checkpoint, Checkpoint.id == Post.checkpoint_id)
    count = session.scalar(wanted.where(Checkpoint.code == checkpoint, Post.ended_at.is_(None))) or 0
    if count:
        yield Touch(Grade.NOTE, Sentence("Posts that name this checkpoint: %(count)s.", {"count": count}))


def _of_curfew(session: Session, _before: Form, after_form: Form) -> Iterator[Touch]:
    after = cast(CurfewForm, after_form)
    ids = select(Zone.id).where(Zone.code.in_(after.zones))
    doors = session.scalars(
        select(Terminal.name)
        .join(Checkpoint, Checkpoint.code == Terminal.checkpoint_code)
        .where(Terminal.status == Status.ACTIVE, Checkpoint.to_zone_id.in_(ids))
        .order_by(Terminal.name)
    ).all()
    yield Touch(
        Grade.NOTE,
        Sentence("Gates that will keep it: %(names)s.", {"names": ", ".join(doors)})
        if doors
        else Sentence("No terminal leads into these zones: nothing keeps this curfew but officers."),
    )


def _of_site(_session: Session, _before: Form, _after: Form) -> Iterator[Touch]:
    return iter(())


def _gates(session: Session, zone_id: int) -> list[str]:
    wanted = (
        select(Terminal.name)
        .join(Checkpoint, Checkpoint.code == Terminal.checkpoint_code)
        .where(
            Terminal.status == Status.ACTIVE,
            (Checkpoint.from_zone_id == zone_id) | (Checkpoint.to_zone_id == zone_id),
        )
    )
    return list(session.scalars(wanted.order_by(Terminal.name)))


_OF = {
    Kind.SITE: _of_site,
    Kind.CHECKPOINT: _of_checkpoint,
    Kind.CURFEW: _of_curfew,
}
