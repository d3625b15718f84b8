"""The pages of the site: all of it, one thing of it, what was changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.permissions import Permission
from hub.movements.site import editing
from hub.movements.site.comparing import differences
from hub.movements.site.editing import FaultyError
from hub.movements.site.entry import TypedError, as_typed, read_typed
from hub.movements.site.exporting import clock
from hub.movements.site.forms import Everything, Form, Kind
from hub.movements.site.holding import everything, newest_change
from hub.movements.site.overview import site_view
from hub.movements.site.records import SiteChange
from hub.movements.site.touched import Grade, Touch, touches
from hub.movements.site.words import CHANGED, FIELDS, THINGS, WEEKDAYS, ZONE_KINDS
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, visitor, writing
from hub.web.known import known_at, known_on
from hub.web.routes import Pages, number_in

pages = Pages("site", __name__, template_folder="templates")

KINDS: Final = {
    "sites": Kind.SITE,
    "zones": Kind.ZONE,
    "checkpoints": Kind.CHECKPOINT,
    "curfews": Kind.CURFEW,
}
"""In an address."""
NAMES: Final = {kind.value: name for name, kind in KINDS.items()}
SHOWN: Final = 100


@dataclass(frozen=True)
class _Asked:
    """One thing on its page. `held` is None for a new one."""

    what: str
    kind: Kind
    code: str | None
    held: Form | None


@pages.page("/site", Permission.SEE_TERMINALS)
def overview() -> str:
    with reading() as session:
        shown = site_view(session, request.args.get("site") or None, known_at())
    if shown is None:
        abort(404)
    return render_template(
        "site.html", shown=shown, known=known_on(), kinds=ZONE_KINDS, weekdays=WEEKDAYS, clock=clock
    )


@pages.page("/site/<what>/new", Permission.EDIT_SITE)
def new(what: str) -> str:
    with reading() as session:
        return _form(session, _Asked(what, _kind(what), None, None), dict(request.args.items()))


@pages.page("/site/<what>/new", Permission.EDIT_SITE, methods=("POST",))
def add(what: str) -> Response | tuple[str, int]:
    return _record(what, None)


@pages.page("/site/<what>/<place>", Permission.EDIT_SITE)
def thing(what: str, place: str) -> str:
    with reading() as session:
        asked = _asked(session, what, place)
        assert asked.held is not None
        return _form(session, asked, as_typed(asked.held))


@pages.page("/site/<what>/<place>", Permission.EDIT_SITE, methods=("POST",))
def change(what: str, place: str) -> Response | tuple[str, int]:
    return _record(what, place)


@pages.page("/site/changes", Permission.SEE_TERMINALS)
def changes() -> str:
    return _changes(None)


@pages.page("/site/changes/<int:number>/undo", Permission.EDIT_SITE, methods=("POST",))
def undo(number: int) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            editing.undo(session, number, reason=request.form.get("reason", ""), actor=acting(), at=now())
    except RefusedError as error:
        return _changes(error.message), 409
    return redirect(url_for("site.changes"), 303)


def _record(what: str, code: str | None) -> Response | tuple[str, int]:
    """Take what was typed; what it touches is shown first, and has to be confirmed."""
    with writing() as session:
        asked = _asked(session, what, code)
        try:
            form = read_typed(asked.kind, request.form, code)
            _refuse_twice(session, asked, form)
            touched = touches(session, asked.held, form, now())
            if _is_held_up(touched):
                return _form(session, asked, _typed(), touched=touched), 409
            stamps = {(asked.kind, form.code): number_in(request.form.get("stamp", ""))}
            editing.put(
                session,
                [form],
                reason=request.form.get("reason", ""),
                actor=acting(),
                at=now(),
                stamps=stamps,
            )
        except TypedError as error:
            return _form(session, asked, _typed(), faults=error.faults, problem=error.message), 409
        except FaultyError as error:
            faults = {one.field: one.words for one in error.faults if one.code == form.code}
            return _form(session, asked, _typed(), faults=faults, problem=error.message), 409
        except RefusedError as error:
            return _form(session, asked, _typed(), problem=error.message), 409
        place = everything(session)
        site = form.code if asked.kind is Kind.SITE else _site_of(form, place)
    return redirect(url_for("site.overview", site=site) + f"#{form.code}", 303)


def _refuse_twice(session: Session, asked: _Asked, form: Form) -> None:
    if asked.held is None and everything(session).get(asked.kind, form.code) is not None:
        raise TypedError({"code": Sentence("This code is in use already. Choose another.")})


def _is_held_up(touched: Sequence[Touch]) -> bool:
    grades = {one.grade for one in touched}
    return Grade.STOP in grades or (Grade.ASK in grades and request.form.get("seen") != "yes")


def _typed() -> dict[str, Any]:
    return {
        name: request.form.getlist(name) if name in ("zones", "weekdays") else request.form.get(name, "")
        for name in request.form
    }


def _form(
    session: Session,
    asked: _Asked,
    typed: Mapping[str, Any],
    *,
    faults: Mapping[str, Sentence] | None = None,
    problem: Sentence | None = None,
    touched: Sequence[Touch] = (),
) -> str:
    held = everything(session)
    history: Sequence[SiteChange] = ()
    if asked.code is not None:
        history = session.scalars(
            select(SiteChange)
            .where(SiteChange.kind == asked.kind, SiteChange.code == asked.code)
            .order_by(SiteChange.id.desc())
            .limit(SHOWN)
        ).all()
    return render_template(
        "site_thing.html",
        asked=asked,
        typed=typed,
        faults=faults or {},
        problem=problem,
        touched=touched,
        stops=any(one.grade is Grade.STOP for one in touched),
        asks=any(one.grade is Grade.ASK for one in touched),
        stamp=typed.get("stamp") or (newest_change(session, asked.kind, asked.code) if asked.code else 0),
        history=history,
        undone={one.undoes_id for one in history},
        **_choices(held, asked),
        **_words(),
    )


def _choices(held: Everything, asked: _Asked) -> dict[str, Any]:
    zones = [zone for zone in held.zones.values() if not zone.closed]
    sites = {site.code: site.name for site in held.sites.values()}
    several = len({zone.site for zone in zones}) > 1
    return {
        "sites": list(sites.items()),
        "zones": [
            (zone.code, f"{sites[zone.site]}: {zone.name}" if several else zone.name)
            for zone in sorted(zones, key=lambda one: (list(sites).index(one.site), one.sort))
            if asked.kind is not Kind.ZONE or zone.code != asked.code
        ],
    }


def _changes(problem: Sentence | None) -> str:
    with reading() as session:
        wanted = select(SiteChange).order_by(SiteChange.id.desc())
        before = number_in(request.args.get("before", ""))
        if before:
            wanted = wanted.where(SiteChange.id < before)
        until = known_at()
        if until is not None:
            wanted = wanted.where(SiteChange.at <= until)
        rows = session.scalars(wanted.limit(SHOWN)).all()
        undone = set(session.scalars(select(SiteChange.undoes_id).where(SiteChange.undoes_id.is_not(None))))
    return render_template(
        "site_changes.html",
        rows=rows,
        undone=undone,
        more=rows[-1].id if len(rows) == SHOWN else 0,
        problem=problem,
        known=known_on(),
        may_edit=visitor().may(Permission.EDIT_SITE),
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {
        "things": THINGS,
        "changed": CHANGED,
        "fields": FIELDS,
        "kinds": ZONE_KINDS,
        "weekdays": WEEKDAYS,
        "names": NAMES,
        "differences": differences,
        "undoable": frozenset(Kind),
    }


def _asked(session: Session, what: str, code: str | None) -> _Asked:
    kind = _kind(what)
    held = None if code is None else everything(session).get(kind, code)
    if code is not None and held is None:
        abort(404)
    return _Asked(what, kind, code, held)


def _kind(what: str) -> Kind:
    if what not in KINDS:
        abort(404)
    return KINDS[what]


def _site_of(form: Form, held: Everything) -> str | None:
    site = getattr(form, "site", None) or held.site_of(getattr(form, "to_zone", ""))
    return site if isinstance(site, str) else None
