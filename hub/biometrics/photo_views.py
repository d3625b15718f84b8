"""A person's photo: shown on the file, and added by whoever may."""

from __future__ import annotations

from datetime import datetime, time
from typing import Final

from flask import Response, abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Redirect

from hub.accounts.audit import Actor, write_down
from hub.accounts.permissions import Permission
from hub.biometrics.photo_making import MAX_BYTES, prepare_photo
from hub.biometrics.photos import ANGLES, Angle, add_photo, photo_for
from hub.biometrics.vault import Vault
from hub.custody.facts.reading import current
from hub.custody.queries import person_by_number
from hub.custody.who.marks import MARK
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, service, visitor, writing
from hub.web.formats import SITE_ZONE
from hub.web.language import say
from hub.web.routes import Pages, number_in

pages = Pages("photos", __name__, template_folder="templates")

MAX_FORM_BYTES: Final = MAX_BYTES + 64 * 1024


@pages.page("/people/<number>/photo", Permission.SEE_PEOPLE)
def photo(number: str) -> Response:
    who = visitor()
    with writing() as session:
        person = person_by_number(session, number)
        found = None if person is None else photo_for(session, service(Vault), person.id)
        if person is None or found is None:
            abort(404)
        actor = Actor(who.login, who.address)
        write_down(session, at=now(), actor=actor, act="person.photo", subject=person.number)
    return Response(found.page_jpeg, mimetype="image/jpeg")


@pages.page("/people/<number>/photos/<int:photo>", Permission.SEE_PEOPLE)
def one(number: str, photo: int) -> Response:
    """One photo of any angle, by its number in the file."""
    who = visitor()
    with writing() as session:
        person = person_by_number(session, number)
        found = None if person is None else photo_for(session, service(Vault), person.id, number=photo)
        if person is None or found is None:
            abort(404)
        actor = Actor(who.login, who.address)
        write_down(
            session, at=now(), actor=actor, act="person.photo", subject=person.number, detail=f"photo {photo}"
        )
    return Response(found.page_jpeg, mimetype="image/jpeg")


@pages.page("/people/<number>/photo/new", Permission.TAKE_PHOTOS)
def new_photo(number: str) -> str:
    return _show(number, None)


@pages.page("/people/<number>/photo/new", Permission.TAKE_PHOTOS, methods=("POST",), max_bytes=MAX_FORM_BYTES)
def add_now(number: str) -> Redirect | tuple[str, int]:
    part = request.files.get("photo")
    try:
        prepared = prepare_photo(b"" if part is None else part.stream.read())
        taken_at = _taken_at(request.form.get("taken_on", ""))
    except RefusedError as error:
        return _show(number, error.message), 400
    who = visitor()
    try:
        with writing() as session:
            person = person_by_number(session, number)
            if person is None:
                abort(404)
            angle, mark = _angle(session, person.id)
            add_photo(
                session,
                service(Vault),
                person.id,
                prepared,
                taken_at=taken_at,
                at=now(),
                by=who.login,
                angle=angle,
                mark=mark,
            )
            actor = Actor(who.login, who.address)
            write_down(session, at=now(), actor=actor, act="person.add_photo", subject=person.number)
    except RefusedError as error:
        return _show(number, error.message), 400
    return redirect(url_for("people.file", number=person.number), 303)


def _taken_at(typed: str) -> datetime:
    """Now for a photo of today, else noon of the day that was typed; RefusedError when it is no date."""
    today = now().astimezone(SITE_ZONE).date().isoformat()
    if typed.strip() in ("", today):
        return now()
    try:
        day = datetime.fromisoformat(typed.strip()).date()
    except ValueError:
        raise RefusedError(
            "photo_date", Sentence("Write the date as year-month-day, for example 1990-11-22.")
        ) from None
    return datetime.combine(day, time(12), SITE_ZONE)


def _angle(session: Session, person_id: int) -> tuple[Angle, int | None]:
    """From where, and of a mark which one: RefusedError for a mark that the file does not hold."""
    typed = request.form.get("angle", Angle.FRONT.value)
    angle = Angle(typed) if typed in tuple(Angle) else Angle.FRONT
    if angle is not Angle.MARK:
        return angle, None
    mark = number_in(request.form.get("mark", ""))
    if mark not in {held.item for held in current(session, MARK, person_id=person_id)}:
        raise RefusedError(
            "photo_mark", Sentence("Choose which mark the photo shows. Record the mark first, if it is new.")
        )
    return angle, mark


def _show(number: str, problem: Sentence | None) -> str:
    who = visitor()
    with writing() as session:
        person = person_by_number(session, number)
        if person is None:
            abort(404)
        actor = Actor(who.login, who.address)
        write_down(session, at=now(), actor=actor, act="photo.form", subject=person.number)
        marks = current(session, MARK, person_id=person.id)
    today = now().astimezone(SITE_ZONE).date().isoformat()
    return render_template(
        "photo_new.html",
        person=person,
        problem=problem,
        today=today,
        angles=ANGLES,
        marks=[(str(held.item), say(MARK.say(held.value))) for held in marks],
        angle=request.values.get("angle", ""),
        mark=request.values.get("mark", ""),
    )
