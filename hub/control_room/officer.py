"""The officer's page of the hub, and a referral opened on it or in the control room's drawer."""

from __future__ import annotations

from typing import Final

from flask import Response, abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Redirect

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.biometrics.photos import photo_for
from hub.biometrics.vault import Vault
from hub.control_room.referral_view import Card, Shown, cards, open_referral
from hub.control_room.referral_words import CHANGES, OUTCOMES, REASONS, STATUSES
from hub.custody.actions import open_booking_of
from hub.custody.queries import person_by_number
from hub.movements.answering import Answer, answer
from hub.movements.posts import posts
from hub.movements.referral_records import Referral
from hub.movements.referral_rules import Outcome
from hub.movements.referrals import is_allowed, take
from hub.reception.words import RULES, in_words
from hub.sentences import RefusedError, Sentence
from hub.web.door import is_fragment, now, reading, service, visitor, writing
from hub.web.routes import Pages

pages = Pages("officer", __name__, template_folder="templates")

_ANSWERS: Final = {Outcome.ATTESTED.value, Outcome.TURNED_BACK.value, Outcome.GONE.value}


@pages.page("/officer", Permission.ANSWER_REFERRALS, watches=True)
def officer() -> str:
    return render_template("officer.html", **_mine())


@pages.page("/officer/list", Permission.ANSWER_REFERRALS, watches=True)
def officer_list() -> str:
    return render_template("officer_list.html", **_mine())


@pages.page("/referrals/<int:referral>", Permission.ANSWER_REFERRALS)
def referral(referral: int) -> str:
    return _show(referral, None)


@pages.page("/referrals/<int:referral>/photos/<number>", Permission.ANSWER_REFERRALS)
def photo(referral: int, number: str) -> Response:
    with writing() as session:
        row = _seen(session, referral)
        person = person_by_number(session, number)
        # Somebody who was released is nobody whom an officer could let through here.
        if person is None or open_booking_of(session, person.id) is None:
            abort(404)
        if _is_over(row) and person.number not in row.candidates and person.id != row.person_id:
            abort(404)
        found = photo_for(session, service(Vault), person.id)
        if found is None:
            abort(404)
        write_down(session, at=now(), actor=acting(), act="person.photo", subject=person.number)
    return Response(found.page_jpeg, mimetype="image/jpeg")


@pages.page("/referrals/<int:referral>/take", Permission.ANSWER_REFERRALS, methods=("POST",))
def take_over(referral: int) -> Redirect | str | tuple[str, int]:
    try:
        with writing() as session:
            take(session, referral, actor=acting(), watches_all=_watches_all(), now=now())
    except RefusedError as error:
        return _show(referral, error.message), 409
    return _done(referral, url_for("officer.referral", referral=referral))


@pages.page("/referrals/<int:referral>/answer", Permission.ANSWER_REFERRALS, methods=("POST",))
def answer_now(referral: int) -> Redirect | str | tuple[str, int]:
    outcome = request.form.get("outcome", "")
    if outcome not in _ANSWERS:
        abort(400)
    reason = request.form.get("own_words", "").strip() or request.form.get("reason", "")
    said = Answer(
        Outcome(outcome), request.form.get("person", ""), reason, although=request.form.get("although") == "1"
    )
    try:
        with writing() as session:
            answer(session, referral, said, actor=acting(), watches_all=_watches_all(), now=now())
    except RefusedError as error:
        return _show(referral, error.message), 409
    return _done(referral, url_for("officer.officer", answered=referral))


def _done(referral: int, onward: str) -> Redirect | str:
    return _show(referral, None) if is_fragment() else redirect(onward, 303)


def _show(referral: int, problem: Sentence | None) -> str:
    search = request.values.get("q", "").strip()[:100]
    # The look is committed before anything is shown: no page without its line in the trail.
    with writing() as session:
        row = _seen(session, referral)
        if _is_over(row):
            search = ""
        shown = open_referral(session, row, search, now())
        _write_down_faces(session, shown)
    return render_template(
        "referral_panel.html" if is_fragment() else "referral.html",
        shown=shown,
        search=search,
        problem=problem,
        chosen=request.form.get("person", ""),
        typed=request.form,
        rules=RULES,
        reasons=REASONS,
        statuses=STATUSES,
        outcomes=OUTCOMES,
        changes=CHANGES,
        in_words=in_words,
    )


def _seen(session: Session, referral: int) -> Referral:
    row = session.get(Referral, referral)
    if row is None:
        abort(404)
    if not is_allowed(session, row, visitor().login, watches_all=_watches_all(), now=now()):
        abort(403)
    return row


def _is_over(row: Referral) -> bool:
    """Whoever answered one may look at it again; it is no door to everybody else's name and face."""
    return row.past or row.outcome is not None


def _write_down_faces(session: Session, shown: Shown) -> None:
    people = {one.person.number for one in (*shown.candidates, *shown.found)}
    for number in sorted(people) or [""]:
        write_down(
            session, at=now(), actor=acting(), act="referral.look", subject=number, detail=str(shown.row.id)
        )


def _mine() -> dict[str, object]:
    """What the visitor may answer, and where they stand."""
    who = visitor()
    with reading() as session:
        lines = posts(session, now())
        found: list[Card] = cards(session, now())
    here = [line for line in lines if line.login == who.login and line.from_at <= now()]
    places = {line.place for line in here}
    has_shift = any(not line.checkpoint for line in here)
    if not (_watches_all() or has_shift):
        found = [card for card in found if card.with_login == who.login or card.place in places]
    return {
        "cards": found,
        "here": here,
        "statuses": STATUSES,
        "rules": RULES,
        "in_words": in_words,
        "answered": request.args.get("answered", type=int),
    }


def _watches_all() -> bool:
    """Supervisors and the control room, who may open any file, may answer any referral."""
    return visitor().may(Permission.SEE_PEOPLE)
