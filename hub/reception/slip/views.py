"""Pages of slips: making one, and the paper itself."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.custody.languages import LANGUAGES, languages_of
from hub.custody.life.queries import ANSWER_WITHIN_DAYS
from hub.custody.merging.reading import family_of
from hub.custody.records import Booking, Person
from hub.reception.file.subject import actor, person_of
from hub.reception.slip.making import make_slip, read_slip, slip_by_number, slips_of
from hub.reception.slip.words import heading
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, writing
from hub.web.formats import SITE_ZONE
from hub.web.language import day_in
from hub.web.routes import Pages

pages = Pages("slip", __name__, template_folder="templates")


@pages.page("/people/<number>/slip", Permission.SEE_PEOPLE)
def slips(number: str) -> str:
    return _show(number, None)


@pages.page("/people/<number>/slip", Permission.SEE_PEOPLE, methods=("POST",))
def make(number: str) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            person = person_of(session, number)
            made = make_slip(session, person, request.form.get("language", ""), actor=actor(), at=now())
    except RefusedError as error:
        return _show(number, error.message), 400
    narrow = "1" if request.form.get("paper") == "roll" else None
    return redirect(url_for("slip.paper", slip=made.number, narrow=narrow), 303)


@pages.page("/slips/<slip>", Permission.SEE_PEOPLE)
def paper(slip: str) -> str:
    with writing() as session:
        found = slip_by_number(session, slip)
        if found is None:
            abort(404)
        person = session.get_one(Person, found.person_id)
        booking = session.get_one(Booking, found.booking_id)
        write_down(
            session, at=now(), actor=actor(), act="slip.look", subject=person.number, detail=found.number
        )
    return render_template(
        "slip/paper.html",
        slip=found,
        person=person,
        booking=booking,
        content=read_slip(found),
        heading=lambda name, **values: heading(name, found.language, **values),
        spoken="en" if found.language == "bzj" else found.language,
        printed=day_in(
            "en" if found.language == "bzj" else found.language, found.made_at.astimezone(SITE_ZONE).date()
        ),
        days=ANSWER_WITHIN_DAYS,
        narrow=request.args.get("narrow") == "1",
    )


def _show(number: str, problem: Sentence | None) -> str:
    with writing() as session:
        person = person_of(session, number)
        write_down(session, at=now(), actor=actor(), act="slip.list", subject=person.number)
        family = family_of(session, person.id)
        earlier = slips_of(session, family)
        spoken = languages_of(session, family)
    return render_template(
        "slip/make.html",
        person=person,
        earlier=earlier,
        languages_of_slips=LANGUAGES,
        spoken=spoken.get(family[0], next(iter(spoken.values()), "en")),
        problem=problem,
    )
