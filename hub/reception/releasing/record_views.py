"""The pages after a release: the signed record, receipts, doubts, taking back, and what was done on paper."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.fresh import require_fresh_factor
from hub.accounts.permissions import Permission
from hub.accounts.second import second_officer
from hub.biometrics.vault import Vault
from hub.custody.actions import open_booking_of
from hub.custody.asked import person_asked_for
from hub.custody.at_large import AT_LARGE, AtLarge, How
from hub.custody.facts.actions import FactFaultsError, Statement, state
from hub.custody.legal import RELEASE_REASONS, ReleaseReason
from hub.custody.records import Booking, Person
from hub.reception.releasing import showing
from hub.reception.releasing.afterwards import OnPaper, enter_afterwards
from hub.reception.releasing.carrying_out import take_back
from hub.reception.releasing.records import ReleaseRecord
from hub.reception.releasing.watching import settle
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, service, writing
from hub.web.formats import SITE_ZONE
from hub.web.known import known_at, known_on
from hub.web.routes import Pages, number_in

pages = Pages("release_records", __name__, template_folder="templates")

_PAPER_FIELDS: Final = ("released_at", "reason", "reference", "paper", "identity", "first", "handed_to")


@pages.page("/releases/records/<int:number>", Permission.CONFIRM_RELEASE)
def record(number: int) -> str:
    return _show(number, None)


@pages.page("/releases/records/<int:number>/receipts", Permission.CONFIRM_RELEASE, watches=True)
def receipts(number: int) -> str:
    """Which terminals confirmed, which the page asks for by itself."""
    with reading() as session:
        facts = showing.record_facts(session, service(Vault), _record(session, number))
    return render_template("release_receipts.html", **facts)


@pages.page("/releases/records/<int:number>", Permission.RELEASE_PEOPLE, methods=("POST",))
def act(number: int) -> Response | tuple[str, int]:
    ask = require_fresh_factor()
    if ask is not None:
        return ask
    try:
        match request.form.get("act", ""):
            case "take_back":
                _take_back(number)
            case "gone":
                _note_at_large(number)
            case "settle":
                with writing() as session:
                    doubt = number_in(request.form.get("doubt", ""))
                    settle(session, doubt, request.form.get("note", ""), actor=acting(), at=now())
            case _:
                abort(400)
    except FactFaultsError as error:
        return _show(number, next(iter(error.faults.values()))), 400
    except RefusedError as error:
        return _show(number, error.message), 409
    return redirect(url_for("release_records.record", number=number), 303)


@pages.page("/releases/form", Permission.CONFIRM_RELEASE)
def blank_form() -> str:
    """To be printed while all is well, and lie at the gate."""
    return render_template("release_blank.html", reasons=RELEASE_REASONS)


@pages.page("/people/<number>/release/paper", Permission.RELEASE_PEOPLE)
def paper(number: str) -> str:
    return _paper_page(number, None)


@pages.page("/people/<number>/release/paper", Permission.RELEASE_PEOPLE, methods=("POST",))
def paper_now(number: str) -> Response | tuple[str, int]:
    try:
        told = _on_paper()
        officer = second_officer(Permission.CONFIRM_RELEASE, besides=())
        with writing() as session:
            person = person_asked_for(session, number)
            row = enter_afterwards(session, service(Vault), person, told, officer, actor=acting(), at=now())
    except RefusedError as error:
        return _paper_page(number, error.message), 409
    return redirect(url_for("release_records.record", number=row.id), 303)


def _on_paper() -> OnPaper:
    typed = {name: request.form.get(name, "").strip() for name in _PAPER_FIELDS}
    if typed["reason"] not in ReleaseReason._value2member_map_:
        raise RefusedError("reason", Sentence("Choose why the person is released."))
    try:
        at = datetime.fromisoformat(typed["released_at"]).replace(tzinfo=SITE_ZONE).astimezone(UTC)
    except (ValueError, OverflowError):
        raise RefusedError(
            "released_at", Sentence("Write date and time, for example 2026-11-22 14:05, as at the prison.")
        ) from None
    return OnPaper(
        released_at=at,
        reason=ReleaseReason(typed["reason"]),
        reference=typed["reference"],
        paper=typed["paper"],
        identity=typed["identity"],
        first=typed["first"],
        handed_to=typed["handed_to"],
    )


def _take_back(number: int) -> None:
    reason = request.form.get("note", "")
    officer = second_officer(Permission.CONFIRM_RELEASE, besides=())
    with writing() as session:
        booking = session.get_one(
            Booking,
            _record(session, number).booking_id,
            with_for_update={"key_share": True},
            populate_existing=True,
        )
        take_back(session, booking, reason, officer, actor=acting(), at=now())


def _note_at_large(number: int) -> None:
    with writing() as session:
        row = _record(session, number)
        booking = session.get_one(Booking, row.booking_id)
        if booking.released_at is None:
            raise RefusedError("not_released", Sentence("This release was taken back already."))
        value = AtLarge(
            how=How.RELEASED_IN_ERROR,
            since_at=booking.released_at,
            police=request.form.get("police", "").strip()[:80],
            told=request.form.get("told", "").strip()[:200],
        )
        statement = Statement(
            AT_LARGE, value, booking.released_at, source="release in error", booking_id=booking.id
        )
        state(session, booking.person_id, statement, actor=acting(), at=now())


def _show(number: int, problem: Sentence | None) -> str:
    with writing() as session:
        row, known = _record(session, number), known_at()
        if known is not None and row.signed_at > known:
            abort(404)
        facts = showing.record_facts(session, service(Vault), row, known)
        subject = session.get_one(Person, row.person_id).number
        write_down(session, at=now(), actor=acting(), act="release.record", subject=subject)
    return render_template(
        "release_record.html", problem=problem, typed=request.form, known=known_on(), **facts
    )


def _paper_page(number: str, problem: Sentence | None) -> str:
    with writing() as session:
        person = person_asked_for(session, number)
        write_down(session, at=now(), actor=acting(), act="release.look", subject=person.number)
        inside = open_booking_of(session, person.id) is not None
    return render_template(
        "release_paper.html",
        person=person,
        inside=inside,
        problem=problem,
        reasons=RELEASE_REASONS,
        typed=request.form,
    )


def _record(session: Session, number: int) -> ReleaseRecord:
    row = session.get(ReleaseRecord, number)
    if row is None:
        abort(404)
    return row
