"""Changing a site: checked as a whole, kept with its reason, and taken back. The caller has the transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.movements.cells.following import follow_zones
from hub.movements.records import Site
from hub.movements.site.forms import (
    Everything,
    Fault,
    Form,
    Kind,
    SiteForm,
    ZoneForm,
    kind_of,
    read_form,
    written,
)
from hub.movements.site.holding import everything, newest_change, put_row
from hub.movements.site.records import SiteChange
from hub.movements.site.rules import new_faults
from hub.movements.site.touched import Grade, touches
from hub.movements.site.tree import Tree, nodes
from hub.sentences import RefusedError, Sentence

Stamps = Mapping[tuple[Kind, str], int]
"""The newest change of each thing when the page was made that somebody changes it on."""


class FaultyError(RefusedError):
    """What was asked for would make the site unusable; `faults` says where."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("faulty_site", faults[0].words)
        self.faults = list(faults)


@dataclass(frozen=True)
class _Act:
    reason: str
    actor: Actor
    at: datetime
    together: str
    undoes: Mapping[tuple[str, str], int]
    imported: bool = False


def put(
    session: Session,
    forms: Iterable[Form],
    *,
    reason: str,
    actor: Actor,
    at: datetime,
    stamps: Stamps | None = None,
    imported: bool = False,
) -> int:
    """Add what is new and change what differs, all or nothing. Gives how many were changed.

    What is `imported` is one line of the trail; the changes of the site name each thing all the same.

    FaultyError when the site would not be usable. RefusedError when somebody else changed one of them meanwhile, or
    when something known is changed without a reason.
    """
    take_turn(session)
    before = everything(session)
    wanted = [form for form in forms if before.get(kind_of(form), form.code) != form]
    for kind, code in [(kind_of(form), form.code) for form in wanted]:
        if stamps is not None and stamps.get((kind, code), 0) != newest_change(session, kind, code):
            raise RefusedError(
                "changed_meanwhile",
                Sentence(
                    "Somebody else changed this meanwhile. Look at what stands there now, and change it again."
                ),
            )
        if before.get(kind, code) is not None and not reason.strip():
            raise RefusedError("reason", Sentence("Write why, in a few words: it stays with the record."))
    _carry_out(
        session, before, wanted, [], _Act(reason.strip()[:300], actor, at, _next(session), {}, imported)
    )
    return len(wanted)


def undo(session: Session, change_id: int, *, reason: str, actor: Actor, at: datetime) -> int:
    """Take back the act that a change belongs to, whole; what it added is closed. Gives how many things it changed.

    RefusedError when there is no such change, when it was taken back before, when something of it was changed again
    since, or when somebody is where it would close; FaultyError when the site would not be usable without it.
    """
    take_turn(session)
    change = session.get(SiteChange, change_id)
    if change is None or change.kind not in Kind._value2member_map_:
        raise RefusedError("no_change", Sentence("There is no such change. Look at the list of changes."))
    if not reason.strip():
        raise RefusedError("reason", Sentence("Write why, in a few words: it stays with the record."))
    act = session.scalars(
        select(SiteChange).where(SiteChange.together == change.together).order_by(SiteChange.id)
    ).all()
    if session.scalar(
        select(SiteChange.id).where(SiteChange.undoes_id.in_([one.id for one in act])).limit(1)
    ):
        raise RefusedError("undone", Sentence("This has been taken back already."))
    now = everything(session)
    forms, removed = _former(now, act)
    _refuse_stops(session, now, forms, at)
    undoes = {(one.kind, one.code): one.id for one in act}
    done = _Act(reason.strip()[:300], actor, at, _next(session), undoes)
    _carry_out(session, now, forms, removed, done)
    return len(forms) + len(removed)


def take_turn(session: Session) -> None:
    """One editor at a time: the rules look at the site as a whole."""
    session.scalars(select(Site.id).order_by(Site.id).limit(1).with_for_update()).one_or_none()


def _former(now: Everything, act: Sequence[SiteChange]) -> tuple[list[Form], list[SiteForm]]:
    """What stood before the act; sites that it added are taken away again, all else is closed."""
    forms: list[Form] = []
    removed: list[SiteForm] = []
    for change in act:
        held = now.get(Kind(change.kind), change.code)
        if (
            held is None
            or change.after is None
            or written(held) != written(read_form(change.kind, change.after))
        ):
            raise RefusedError(
                "changed_since",
                Sentence(
                    "%(code)s was changed again since. Take back the newer change first.",
                    {"code": change.code},
                ),
            )
        if change.before is not None:
            forms.append(read_form(change.kind, change.before))
        elif isinstance(held, SiteForm):
            removed.append(held)
        else:
            forms.append(msgspec.structs.replace(held, closed=True))
    return forms, removed


def _refuse_stops(session: Session, held: Everything, forms: Sequence[Form], at: datetime) -> None:
    for form in forms:
        for touch in touches(session, held.get(kind_of(form), form.code), form, at, forms):
            if touch.grade is Grade.STOP:
                raise RefusedError(
                    "stops", Sentence("%(code)s: %(why)s", {"code": form.code, "why": touch.words})
                )


def _carry_out(
    session: Session, before: Everything, forms: Sequence[Form], removed: Sequence[SiteForm], act: _Act
) -> None:
    after = before
    for form in forms:
        after = after.with_form(form)
    for site in removed:
        after = after.without(Kind.SITE, site.code)
    found = new_faults(before, after)
    if found:
        raise FaultyError(found)
    for form in in_order(forms):
        put_row(session, form, act.at)
        _keep(session, form, before.get(kind_of(form), form.code), form, act)
    if act.imported and forms:
        detail = f"{len(forms)} things"
        write_down(session, at=act.at, actor=act.actor, act="site.import", detail=detail, why=act.reason)
    _follow(session, before, forms, act)
    for site in removed:
        session.execute(delete(Site).where(Site.code == site.code))
        _keep(session, site, site, None, act)


def _follow(session: Session, before: Everything, forms: Sequence[Form], act: _Act) -> None:
    """Cells are in the block and the tier that their zone is in: they say so anew when that changed."""
    moved = [
        form.code
        for form in forms
        if isinstance(form, ZoneForm) and _place(before.zones.get(form.code)) not in (None, _place(form))
    ]
    if not moved:
        return
    # A new look: what the transaction has just changed counts.
    tree = Tree(nodes(session))
    touched = {zone for code in moved if (node := tree.by_code(code)) for zone in tree.within(node.id)}
    follow_zones(session, touched, reason=act.reason, actor=act.actor, at=act.at)


def _place(zone: ZoneForm | None) -> tuple[object, ...] | None:
    return None if zone is None else (zone.name, zone.kind, zone.parent)


def in_order(forms: Iterable[Form]) -> list[Form]:
    """What others name first: sites, zones from the outside in, checkpoints, curfews."""
    held = list(forms)
    rank: Final = {Kind.SITE: 0, Kind.ZONE: 1, Kind.CHECKPOINT: 2, Kind.CURFEW: 3}
    zones = {form.code: form for form in held if isinstance(form, ZoneForm)}

    def depth(form: Form) -> int:
        steps = 0
        while isinstance(form, ZoneForm) and form.parent in zones and steps < len(zones):
            form, steps = zones[form.parent], steps + 1
        return steps

    return sorted(held, key=lambda form: (rank[kind_of(form)], depth(form)))


def _keep(session: Session, form: Form, before: Form | None, after: Form | None, act: _Act) -> None:
    kind = kind_of(form)
    change = SiteChange(
        at=act.at,
        by=act.actor.login[:64],
        kind=kind.value,
        code=form.code,
        before=None if before is None else written(before),
        after=None if after is None else written(after),
        reason=act.reason,
        together=act.together,
        undoes_id=act.undoes.get((kind.value, form.code)),
    )
    session.add(change)
    session.flush()
    if act.imported:
        return
    verb = "add" if before is None else "remove" if after is None else "change"
    write_down(
        session,
        at=act.at,
        actor=act.actor,
        act=f"site.{kind.value}.{verb}",
        subject=form.code,
        why=act.reason,
    )


def _next(session: Session) -> str:
    """Whoever has the turn numbers their act by the change that comes next."""
    return str((session.scalar(select(func.max(SiteChange.id))) or 0) + 1)
