"""Pages of agreements: the list, one with its history, a version, and the form that writes the next."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.permissions import Permission
from hub.custody.facts.actions import FactFaultsError
from hub.sentences import RefusedError, Sentence
from hub.sharing.agreements import actions, words
from hub.sharing.agreements.forms import MORE, SLOTS, places, slot, typed_terms
from hub.sharing.agreements.lists import needs_review, waits_for
from hub.sharing.agreements.reading import STATES, Standing, agencies, agency_by_code, standings
from hub.sharing.agreements.records import Agency, AgreementVersion
from hub.sharing.agreements.smallest import House, beside_house
from hub.sharing.agreements.terms import (
    ANSWERED,
    ANSWERED_DAYS,
    BY_FINGER,
    COUNTED,
    FREQUENCIES,
    SHAPES,
    Terms,
    read_terms,
)
from hub.sharing.catalogue import PARTNER_KINDS, PURPOSES, PartnerKind, exchanges_with
from hub.sharing.catalogue.events import EVENTS
from hub.web.door import now, reading, service, visitor, writing
from hub.web.known import known_at, known_on, site_today
from hub.web.routes import Pages, number_in

pages = Pages("agreements", __name__, template_folder="templates")

_FORM_BYTES: Final = 256 * 1024


@pages.page("/agreements", Permission.SEE_SHARING)
def listed() -> str:
    return _list(None)


@pages.page("/agreements/agencies", Permission.SET_AGREEMENTS, methods=("POST",))
def add_agency() -> Response | tuple[str, int]:
    form = request.form
    kind = form.get("kind", "")
    try:
        with writing() as session:
            actions.open_agency(
                session,
                code=form.get("code", "").strip().lower(),
                kind=PartnerKind(kind) if kind in set(PartnerKind) else PartnerKind.POLICE,
                name=form.get("name", ""),
                contact=form.get("contact", ""),
                actor=acting(),
                at=now(),
            )
    except RefusedError as error:
        return _list(error.message), 400
    return redirect(url_for("agreements.listed"), 303)


@pages.page("/agreements/agencies/<agency>", Permission.SIGN_AGREEMENTS, methods=("POST",))
def close_agency(agency: str) -> Response:
    with writing() as session:
        found = agency_by_code(session, agency)
        if found is None:
            abort(404)
        actions.set_active(session, found, request.form.get("active") == "1", actor=acting(), at=now())
    return redirect(url_for("agreements.listed"), 303)


@pages.page("/agreements/new/<agency>", Permission.SET_AGREEMENTS)
def new(agency: str) -> str:
    with reading() as session:
        return _form(_agency(session, agency), None, MultiDict())


@pages.page("/agreements/new/<agency>", Permission.SET_AGREEMENTS, methods=("POST",), max_bytes=_FORM_BYTES)
def write_first(agency: str) -> Response | tuple[str, int]:
    code = request.form.get("code", "").strip().lower()
    with reading() as session:
        whose = _agency(session, agency)
    if MORE in request.form:
        return _form(whose, None, request.form), 200
    try:
        with writing() as session:
            terms = typed_terms(request.form, PartnerKind(whose.kind))
            actions.write_agreement(session, agency=agency, code=code, terms=terms, actor=acting(), at=now())
    except RefusedError as error:
        return _form(whose, None, request.form, error), 400
    return redirect(url_for("agreements.show", agreement=code), 303)


@pages.page("/agreements/<agreement>", Permission.SEE_SHARING)
def show(agreement: str) -> str:
    return _show(agreement, None)


@pages.page("/agreements/<agreement>/<int:version>", Permission.SEE_SHARING)
def version(agreement: str, version: int) -> str:
    with reading() as session:
        one = _standing(session, agreement, known_at())
    row = next((row for row in one.versions if row.number == version), None)
    if row is None:
        abort(404)
    before = next((row for row in reversed(one.versions) if row.number < version), None)
    return render_template(
        "agreement_version.html", one=one, row=row, before=before, known=known_on(), **_said(row, before)
    )


@pages.page("/agreements/<agreement>/write", Permission.SET_AGREEMENTS)
def write(agreement: str) -> str:
    with reading() as session:
        one = _standing(session, agreement)
    return _form(one.agency, one, _as_typed(read_terms(one.versions[-1].terms)))


@pages.page(
    "/agreements/<agreement>/write", Permission.SET_AGREEMENTS, methods=("POST",), max_bytes=_FORM_BYTES
)
def write_next(agreement: str) -> Response | tuple[str, int]:
    with reading() as session:
        one = _standing(session, agreement)
    if MORE in request.form:
        return _form(one.agency, one, request.form), 200
    try:
        with writing() as session:
            terms = typed_terms(request.form, PartnerKind(one.agency.kind))
            seen = number_in(request.form.get("seen", ""))
            actions.write_version(session, agreement, terms, seen=seen, actor=acting(), at=now())
    except RefusedError as error:
        return _form(one.agency, one, request.form, error), 400
    return redirect(url_for("agreements.show", agreement=agreement), 303)


@pages.page("/agreements/<agreement>/sign", Permission.SIGN_AGREEMENTS, methods=("POST",))
def sign(agreement: str) -> Response | tuple[str, int]:
    form = request.form
    number, digest = number_in(form.get("version", "")), form.get("digest", "")
    try:
        with writing() as session:
            if form.get("decision") == "refuse":
                reason = form.get("reason", "")
                actions.refuse(session, agreement, number, digest, reason, actor=acting(), at=now())
            else:
                actions.sign(session, agreement, number, digest, actor=acting(), at=now())
    except RefusedError as error:
        return _show(agreement, error.message), 400
    return redirect(url_for("agreements.show", agreement=agreement), 303)


@pages.page("/agreements/<agreement>/suspend", Permission.SET_AGREEMENTS, methods=("POST",))
def suspend(agreement: str) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            actions.suspend(session, agreement, request.form.get("reason", ""), actor=acting(), at=now())
    except RefusedError as error:
        return _show(agreement, error.message), 400
    return redirect(url_for("agreements.show", agreement=agreement), 303)


@pages.page("/agreements/<agreement>/stop", Permission.SIGN_AGREEMENTS, methods=("POST",))
def stop(agreement: str) -> Response | tuple[str, int]:
    """Lifting a suspension or ending the agreement: each takes two people."""
    act = actions.end if request.form.get("act") == "end" else actions.lift
    try:
        with writing() as session:
            act(session, agreement, request.form.get("reason", ""), actor=acting(), at=now())
    except RefusedError as error:
        return _show(agreement, error.message), 400
    return redirect(url_for("agreements.show", agreement=agreement), 303)


def _list(problem: Sentence | None) -> str:
    moment = known_at() or now()
    with reading() as session:
        found = standings(session, moment)
        return render_template(
            "agreements.html",
            found=found,
            agencies=[one for one in agencies(session) if one.opened_at <= moment],
            kinds=PARTNER_KINDS,
            states=STATES,
            to_review={one.agreement.code for one in found if needs_review(one)},
            to_sign={one.agreement.code for one in found if waits_for(one, visitor().login)},
            typed=request.form,
            problem=problem,
            known=known_on(),
        )


def _show(code: str, problem: Sentence | None) -> str:
    with reading() as session:
        one = _standing(session, code, known_at())
    ruling, waiting = one.ruling, one.waiting
    shown = ruling or one.versions[-1]
    return render_template(
        "agreement.html",
        one=one,
        shown=shown,
        waiting=waiting,
        states=STATES,
        acts=words.ACTS,
        review=needs_review(one),
        may_sign=waiting is not None and waits_for(one, visitor().login),
        changes=[] if waiting is None else _said(waiting, ruling)["changes"],
        problem=problem,
        known=known_on(),
        me=visitor().login,
        beside=beside_house(read_terms((waiting or shown).terms), _house()),
        **{key: value for key, value in _said(shown, None).items() if key != "changes"},
    )


def _house() -> int:
    with reading() as session:
        return service(House).smallest(session, site_today())


def _said(row: AgreementVersion, before: AgreementVersion | None) -> dict[str, Any]:
    terms = read_terms(row.terms)
    old = None if before is None else read_terms(before.terms)
    return {
        "terms": terms,
        "lines": words.lines_of(terms),
        "grants": words.grants_of(terms),
        "changes": words.differences(old, terms),
    }


def _form(
    agency: Agency, one: Standing | None, typed: MultiDict[str, str], error: RefusedError | None = None
) -> str:
    return render_template(
        "agreement_form.html",
        agency=agency,
        one=one,
        exchanges=exchanges_with(PartnerKind(agency.kind)),
        purposes=PURPOSES,
        labels=words.LABELS,
        directions=words.DIRECTIONS,
        happenings=EVENTS,
        shapes=SHAPES,
        frequencies=FREQUENCIES,
        most=SLOTS,
        places=places,
        slot=slot,
        by_finger=any(each.name in BY_FINGER for each in exchanges_with(PartnerKind(agency.kind))),
        answered=any(each.name in ANSWERED for each in exchanges_with(PartnerKind(agency.kind))),
        usual_days=ANSWERED_DAYS,
        counted=any(each.name in COUNTED for each in exchanges_with(PartnerKind(agency.kind))),
        house=_house(),
        typed=typed,
        faults=error.faults if isinstance(error, FactFaultsError) else {},
        problem=None if error is None else error.message,
    )


def _as_typed(terms: Terms) -> MultiDict[str, str]:
    found: MultiDict[str, str] = MultiDict()
    for name in words.LABELS:
        value = getattr(terms, name)
        found[name] = "" if value is None else ("1" if value else "") if name == "onward" else str(value)
    for name in terms.withheld:
        found.add("withheld", name)
    used: dict[str, int] = {}
    for grant in terms.grants:
        place = used.get(grant.exchange, 0)
        used[grant.exchange] = place + 1
        found[slot(grant.exchange, place, "purpose")] = grant.purpose
        for what, names in (("field", grant.fields), ("event", grant.events)):
            for name in names:
                found.add(slot(grant.exchange, place, what), name)
    return found


def _agency(session: Session, code: str) -> Agency:
    found = agency_by_code(session, code)
    if found is None:
        abort(404)
    return found


def _standing(session: Session, code: str, known: datetime | None = None) -> Standing:
    found = [one for one in standings(session, known or now()) if one.agreement.code == code and one.versions]
    if not found:
        abort(404)
    return found[0]
