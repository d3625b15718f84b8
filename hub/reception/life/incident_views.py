"""Incidents: the report, who had which part, the hearing step by step, and sanctions after it."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from msgspec.structs import replace
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.custody.actions import open_booking_of
from hub.custody.facts.reading import Held
from hub.custody.life import incidents
from hub.custody.life.incident_forms import (
    FINDINGS,
    INCIDENT_ROLES,
    INCIDENT_SORTS,
    Finding,
    IncidentPart,
    IncidentRole,
    IncidentSort,
    Report,
)
from hub.custody.life.sanctions import SANCTION_TYPES, Sanction, SanctionType, impose, sanctions_of, set_aside
from hub.custody.queries import person_by_number
from hub.custody.then import named
from hub.reception.file.subject import actor
from hub.reception.life import typed
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, visitor, writing
from hub.web.formats import SITE_ZONE
from hub.web.known import known_at, known_on
from hub.web.routes import Pages, number_in

pages = Pages("incidents", __name__, template_folder="templates")


@pages.page("/incidents", Permission.RECORD_UNIT_LIFE)
def listed() -> str:
    return _list(None)


@pages.page("/incidents", Permission.RECORD_UNIT_LIFE, methods=("POST",))
def report() -> Response | tuple[str, int]:
    try:
        with writing() as session:
            row = incidents.report_incident(session, _report(), actor=actor(), at=now())
            who = typed.text("person", 16)
            if who:
                _involve(session, row.number, who)
    except RefusedError as error:
        return _list(error.message), 400
    return redirect(url_for("incidents.one", incident=row.number), 303)


@pages.page("/incidents/<incident>", Permission.RECORD_UNIT_LIFE)
def one(incident: str) -> str:
    return _show(incident, None)


@pages.page("/incidents/<incident>", Permission.RECORD_UNIT_LIFE, methods=("POST",))
def act(incident: str) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            _act(session, incident)
    except RefusedError as error:
        return _show(incident, error.message), 400
    return redirect(url_for("incidents.one", incident=incident), 303)


@pages.page("/incidents/<incident>/sanctions", Permission.DECIDE_SANCTIONS, methods=("POST",))
def decide(incident: str) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            _decide(session, incident)
    except RefusedError as error:
        return _show(incident, error.message), 400
    return redirect(url_for("incidents.one", incident=incident), 303)


def _act(session: Session, number: str) -> None:
    form, at, who = request.form, now(), actor()
    seen = number_in(form.get("seen", ""))
    match form.get("act"):
        case "correct":
            reason = typed.text("why")
            incidents.correct_report(session, number, _report(), reason=reason, seen=seen, actor=who, at=at)
        case "note" | "close":
            close = form.get("act") == "close"
            text = typed.text("text", 2_000)
            incidents.add_note(session, number, text, close=close, seen=seen, actor=who, at=at)
        case "involve":
            _involve(session, number, typed.text("person", 16))
        case "tell":
            held = _part(session, number)
            told = typed.moment("told_at") or at
            value = replace(held.value, told_at=told, answer=typed.text("answer", 500))
            value = replace(value, helped_by=typed.text("helped_by", 80))
            incidents.go_on(session, held, value, seen=seen, actor=who, at=at)
        case _:
            abort(400)


def _decide(session: Session, number: str) -> None:
    form, at, who = request.form, now(), actor()
    held = _part(session, number)
    seen = number_in(form.get("seen", ""))
    match form.get("act"):
        case "find":
            value = replace(
                held.value,
                heard_at=typed.moment("heard_at"),
                heard_by=typed.text("heard_by", 80),
                witnesses_heard=typed.text("witnesses_heard", 300),
                finding=typed.choice("finding", Finding).value,
                finding_reason=typed.text("finding_reason", 500),
            )
            incidents.go_on(session, held, value, seen=seen, actor=who, at=at)
        case "appeal":
            value = replace(
                held.value,
                appealed_on=typed.day("appealed_on"),
                appeal_decided_by=typed.text("appeal_decided_by", 80),
                appeal_outcome=typed.text("appeal_outcome", 300),
            )
            incidents.go_on(session, held, value, seen=seen, actor=who, at=at)
        case "impose":
            impose(session, held, _sanction(held, number), actor=who, at=at)
        case "set_aside":
            for one in sanctions_of(session, [held.row.person_id]):
                if one.item == number_in(form.get("sanction", "")):
                    set_aside(session, one, typed.text("reason"), actor=who, at=at)
                    return
            raise RefusedError(
                "sanction_ended", Sentence("This sanction was ended already. Load the page again.")
            )
        case _:
            abort(400)


def _sanction(held: Held[IncidentPart], number: str) -> Sanction:
    return Sanction(
        part=held.item,
        incident=number,
        type=typed.choice("type", SanctionType),
        decided_by=typed.text("decided_by", 80),
        why=typed.text("why"),
        from_on=typed.day("from_on") or now().astimezone(SITE_ZONE).date(),
        until_on=typed.day("until_on"),
        days=typed.whole(request.form.get("days", ""), 0),
        doctor=typed.text("doctor", 80),
    )


def _involve(session: Session, number: str, person_number: str) -> None:
    person = person_by_number(session, person_number)
    booking = None if person is None else open_booking_of(session, person.id)
    if booking is None:
        raise RefusedError(
            "nobody_held", Sentence("Nobody in custody has this number. Check it; name staff in the report.")
        )
    role = typed.choice("role", IncidentRole)
    incidents.involve(session, number, booking, role, typed.text("accused_of", 300), actor=actor(), at=now())


def _report() -> Report:
    when = typed.moment("occurred_at")
    if when is None:
        raise RefusedError("no_time", Sentence("Write date and time, for example 2026-11-22 14:05."))
    return Report(
        sort=typed.choice("sort", IncidentSort),
        occurred_at=when,
        place=typed.text("place", 120),
        what=typed.text("what", 4_000),
        staff=typed.text("staff", 300),
        force_used=typed.text("force_used", 500),
        injuries=typed.text("injuries", 500),
        told_to=typed.text("told_to", 120),
    )


def _part(session: Session, number: str) -> Held[IncidentPart]:
    item = number_in(request.form.get("part", ""))
    for held in incidents.parts_in(session, number):
        if held.item == item:
            return held
    raise RefusedError("no_part", Sentence("Choose the person from the list of this incident."))


def _list(problem: Sentence | None) -> str:
    page = max(1, min(number_in(request.args.get("page", "1")), 100_000))
    with writing() as session:
        found = incidents.incidents(session, page=page, known_at=known_at())
        write_down(session, at=now(), actor=actor(), act="incident.list", detail=f"page {page}")
    return render_template(
        "life/incidents.html",
        known=known_on(),
        found=found,
        page=page,
        sorts=INCIDENT_SORTS,
        roles=INCIDENT_ROLES,
        person=request.args.get("person", "")[:16],
        local=now().astimezone(SITE_ZONE).strftime("%Y-%m-%dT%H:%M"),
        problem=problem,
        typed=request.form,
    )


def _show(number: str, problem: Sentence | None) -> str:
    known = known_at()
    with writing() as session:
        found = incidents.incident(session, number, known)
        if found is None:
            abort(404)
        parts = incidents.parts_in(session, found.number, known_at=known)
        people = named(session, {one.row.person_id for one in parts}, known)
        for person in people.values():
            detail = found.number
            write_down(
                session, at=now(), actor=actor(), act="incident.look", subject=person.number, detail=detail
            )
        sanctions = [
            one
            for one in sanctions_of(session, list(people), known_at=known)
            if one.value.part in {part.item for part in parts}
        ]
        seen = {one.item: incidents.part_seen(session, one) for one in parts}
        history = incidents.history(session, found.id, known)
    return render_template(
        "life/incident.html",
        it=found,
        parts=parts,
        people=people,
        sanctions=sanctions,
        seen=seen,
        history=history,
        note_of=incidents.note_of,
        sorts=INCIDENT_SORTS,
        roles=INCIDENT_ROLES,
        findings=FINDINGS,
        types=SANCTION_TYPES,
        known=known_on(),
        decides=known is None and visitor().may(Permission.DECIDE_SANCTIONS),
        own=found.reported_by == visitor().login,
        today=now().astimezone(SITE_ZONE).date(),
        local=now().astimezone(SITE_ZONE).strftime("%Y-%m-%dT%H:%M"),
        zone=SITE_ZONE,
        problem=problem,
        typed=request.form,
    )
