"""Why a date is as it is, and the signatures under it. Each look is written down before anything is shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.audit import write_down
from hub.accounts.fresh import require_fresh_factor
from hub.accounts.permissions import Permission
from hub.custody.sentencing import signing
from hub.custody.sentencing.basis import digest_of
from hub.custody.sentencing.case import Weight
from hub.custody.sentencing.dates import judge
from hub.custody.sentencing.forms import ADJUSTMENT_TYPES, SENTENCE_TYPES
from hub.custody.sentencing.policies import all_policies
from hub.custody.sentencing.terms import in_words
from hub.custody.sentencing.unsigned import unsigned
from hub.reception.file.subject import Look, actor, look, person_of
from hub.reception.sentencing.blind import Question, differing, questions
from hub.reception.sentencing.words import CERTAINTIES, MARKS
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, visitor, writing
from hub.web.formats import SITE_ZONE
from hub.web.known import FIELD, known_at, known_on
from hub.web.routes import Pages, number_in

pages = Pages("release_dates", __name__, template_folder="templates")


@pages.page("/people/<number>/release-date", Permission.SEE_PEOPLE)
def why(number: str) -> str:
    return _show(number)


@pages.page("/people/<number>/release-date/sign", Permission.RECORD_ORDERS, methods=("POST",))
def sign(number: str) -> Response | tuple[str, int]:
    ask = require_fresh_factor()
    if ask is not None:
        return ask
    try:
        with writing() as session:
            signing.sign_first(session, _stay(session, number), actor=actor(), at=now())
    except RefusedError as error:
        return _show(number, error.message), 400
    return redirect(_address(number), 303)


@pages.page("/people/<number>/release-date/verify", Permission.VERIFY_DATES)
def verify_page(number: str) -> str | Response:
    ask = require_fresh_factor()
    return _verify(number) if ask is None else ask


@pages.page("/people/<number>/release-date/verify", Permission.VERIFY_DATES, methods=("POST",))
def verify(number: str) -> Response | str | tuple[str, int]:
    ask = require_fresh_factor()
    if ask is not None:
        return ask
    try:
        with writing() as session:
            stay = _stay(session, number)
            found = signing.explain(session, stay, today=_today())
            row = _asked(session, stay)
            if request.form.get("act") == "refuse":
                signing.refuse(session, row, request.form.get("reason", ""), actor=actor(), at=now())
                return redirect(_address(number), 303)
            wrong = differing(questions(found.case) if found else [], request.form)
            if not wrong:
                signing.verify(session, row, actor=actor(), at=now())
                return redirect(_address(number), 303)
            subject = person_of(session, number).number
            write_down(session, at=now(), actor=actor(), act="release_date.differs", subject=subject)
    except RefusedError as error:
        return _verify(number, error.message), 400
    said = Sentence(
        "What you read on the papers is not what is recorded. Look at both again: see the marked lines."
    )
    return _verify(number, said, wrong), 400


@pages.page("/release-dates", Permission.VERIFY_DATES)
def waiting() -> str:
    known, today = known_at(), known_on() or _today()
    with writing() as session:
        lines = signing.waiting(session, known_at=known)
        start = max(number_in(request.args.get("from", "")), 0)
        part = unsigned(session, now=known or now(), today=today, start=start, then=known is not None)
        shown = f"{len(lines)} waiting, {len(part.lines)} unsigned"
        write_down(session, at=now(), actor=actor(), act="release_date.list", detail=shown)
    return render_template(
        "sentencing/waiting.html",
        lines=lines,
        unsigned=part,
        start=start,
        mine=visitor().login,
        today=today,
        known=known_on(),
    )


def _show(number: str, problem: Sentence | None = None) -> str:
    at = known_at()
    with writing() as session:
        seen = look(session, number, known_at=at, stay=request.values.get("stay", ""))
        write_down(session, at=now(), actor=actor(), act="release_date.look", subject=seen.asked.number)
        facts = {} if seen.stay is None else _facts(session, seen)
    return render_template(
        "sentencing/why.html",
        seen=seen,
        problem=problem,
        known_field=FIELD,
        known_on=known_on(),
        today=_today(),
        words=CERTAINTIES,
        marks=MARKS,
        weights=Weight,
        types=SENTENCE_TYPES,
        adjustment_types=ADJUSTMENT_TYPES,
        term_words=in_words,
        **facts,
    )


def _facts(session: Session, seen: Look) -> Mapping[str, object]:
    assert seen.stay is not None
    today = seen.at.astimezone(SITE_ZONE).date()
    found = signing.explain(session, seen.stay.id, today=today, known_at=seen.known_at)
    history = signing.history_of(session, seen.stay.id, known_at=seen.known_at)
    signed = history[0] if history else None
    if found is None:
        return {"stay": seen.stay}
    best = judge(seen.stay.id, found.case, found.rules, signed)
    changed = []
    if signed is not None and signed.row.digest != digest_of(found.case, found.reckoned, found.rules):
        changed = signing.what_changed(signed.row, found)
    return {
        "stay": seen.stay,
        "found": found,
        "best": best,
        "signed": signed,
        "history": history,
        "changed": changed,
        "policies": {one.row.id: one for one in all_policies(session, known_at=seen.known_at)},
        "numbers": {one.item: place for place, one in enumerate(found.case.in_order().sentences, start=1)},
        "sources": _sources(found),
    }


def _sources(found: signing.Explained) -> dict[int, str]:
    """The paper of each fact, by number."""
    case = found.case
    papers = [(part.fact, part.source) for part in case.sentences]
    papers += [(part.charge_fact, part.source) for part in case.sentences]
    papers += [(part.fact, part.source) for part in case.payments]
    papers += [(part.fact, part.source) for part in case.credits]
    papers += [(part.fact, part.source) for part in case.adjustments]
    return {fact: source for fact, source in papers if source}


def _verify(number: str, problem: Sentence | None = None, wrong: frozenset[str] = frozenset()) -> str:
    with writing() as session:
        seen = look(session, number, stay=request.values.get("stay", ""))
        write_down(session, at=now(), actor=actor(), act="release_date.look", subject=seen.asked.number)
        signed = None if seen.stay is None else signing.signed_of(session, seen.stay.id)
        found = None if seen.stay is None else signing.explain(session, seen.stay.id, today=_today())
    asked: list[Question] = [] if found is None else questions(found.case)
    return render_template(
        "sentencing/verify.html",
        seen=seen,
        stay=seen.stay,
        signed=signed,
        questions=asked,
        wrong=wrong,
        typed=request.form,
        problem=problem,
    )


def _stay(session: Session, number: str) -> int:
    seen = look(session, number, stay=request.form.get("stay", ""))
    if seen.stay is None:
        abort(404)
    return seen.stay.id


def _asked(session: Session, booking_id: int) -> int:
    signed = signing.signed_of(session, booking_id)
    text = request.form.get("reckoning", "")
    if signed is None or str(signed.row.id) != text:
        raise RefusedError(
            "decided", Sentence("This has been decided already. Open it again to see by whom.")
        )
    return signed.row.id


def _address(number: str) -> str:
    stay = request.form.get("stay") or None
    return url_for("release_dates.why", number=number, stay=stay)


def _today() -> date:
    return now().astimezone(SITE_ZONE).date()
