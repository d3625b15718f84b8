"""The page of location rules: how long a proof holds, from when on, who said so, and the ways that were timed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.permissions import Permission
from hub.movements.records import ZoneKind
from hub.movements.site.tree import load
from hub.movements.site.words import ZONE_KINDS
from hub.movements.whereabouts.limits import DEFAULTS, Limits
from hub.movements.whereabouts.proofs import Source
from hub.movements.whereabouts.records import LocationRules, TravelTime
from hub.movements.whereabouts.rules import history, limits_at, read_limits, set_limits
from hub.movements.whereabouts.typed import HOURS, NUMBERS, OF_SOURCE, PLAIN, SPANS, read_form, written
from hub.movements.whereabouts.words import SOURCES
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, writing
from hub.web.formats import SITE_ZONE
from hub.web.known import known_at, known_on
from hub.web.routes import Pages

pages = Pages("location_rules", __name__, template_folder="templates")

_MARKED = Sentence("Some of what was typed cannot be used. It is marked.")


@pages.page("/location-rules", Permission.SET_LOCATION_RULES)
def rules() -> str:
    return _show(None, {}, None)


@pages.page("/location-rules", Permission.SET_LOCATION_RULES, methods=("POST",))
def keep() -> Response | tuple[str, int]:
    typed = read_form(request.form)
    if typed.limits is None:
        return _show(request.form, typed.faults, _MARKED), 409
    try:
        with writing() as session:
            at = now()
            set_limits(
                session,
                typed.limits,
                from_at=_from_at(request.form.get("from_at", ""), at),
                reason=request.form.get("reason", ""),
                actor=acting(),
                at=at,
            )
    except RefusedError as error:
        return _show(request.form, {}, error.message), 409
    return redirect(url_for("location_rules.rules", done=1), 303)


def _from_at(text: str, at: datetime) -> datetime:
    if not text.strip():
        return at
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=SITE_ZONE)
    except ValueError:
        raise RefusedError("from", Sentence("Write day and time as in 2026-11-22 06:00.")) from None


def _show(typed: Mapping[str, str] | None, faults: Mapping[str, Sentence], problem: Sentence | None) -> str:
    known, at = known_at(), now()
    with reading() as session:
        rows = [row for row in history(session) if known is None or row.set_at <= known]
        limits = limits_at(session, at) if known is None else _known(rows, known)
        taken = _taken(session)
        ways = _ways(session) if known is None else []
    return render_template(
        "location_rules.html",
        values=typed or taken or written(limits),
        faults=faults,
        problem=problem,
        done=request.args.get("done") == "1" and typed is None,
        rows=[(row, _differences(rows, place), row.from_at > at) for place, row in enumerate(rows)],
        in_force=next((row.id for row in rows if row.from_at <= at), 0),
        ways=ways,
        kinds=[(kind.value, ZONE_KINDS[kind]) for kind in ZoneKind],
        sources=[(source.value, SOURCES[source.value]) for source in Source],
        spans=SPANS,
        of_source=OF_SOURCE,
        plain=PLAIN,
        numbers=NUMBERS,
        hours=HOURS,
        known=known_on(),
    )


def _known(rows: list[LocationRules], at: datetime) -> Limits:
    return next((read_limits(row.content) for row in rows if row.from_at <= at), DEFAULTS)


def _taken(session: Session) -> dict[str, str] | None:
    """The values of an earlier set, to be put into the form."""
    number = request.args.get("from", "")
    row = session.get(LocationRules, int(number)) if number.isdigit() and len(number) < 9 else None
    return None if row is None else written(read_limits(row.content))


def _differences(rows: list[LocationRules], place: int) -> list[tuple[list[Sentence], str, str]]:
    """(words of the field, before, after) of what a set changed against the one that was set before it."""
    row = rows[place]
    earlier = [one for one in rows if one.id < row.id]
    before = written(DEFAULTS if not earlier else read_limits(max(earlier, key=lambda one: one.id).content))
    after = written(read_limits(row.content))
    return [(_words(name), before[name], value) for name, value in after.items() if before[name] != value]


def _words(name: str) -> list[Sentence]:
    start, _, end = name.partition(".")
    if start in SOURCES:
        return [SOURCES[start], OF_SOURCE[end]]
    if end:
        return [ZONE_KINDS[ZoneKind(start)], SPANS[end]]
    return [{**HOURS, **PLAIN, **NUMBERS}[name]]


def _ways(session: Session) -> list[tuple[str, str, TravelTime]]:
    tree = load(session)
    rows = session.scalars(select(TravelTime)).all()
    return sorted(
        ((tree.path(row.from_zone_id), tree.path(row.to_zone_id), row) for row in rows),
        key=lambda way: way[:2],
    )
