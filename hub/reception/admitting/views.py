"""The pages of an admission: the list of those under way, one page a step, a second officer's signature."""

from __future__ import annotations

import secrets
from typing import Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.biometrics.actions import AlreadyEnrolledError
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.enrolment import warm_up_aside
from hub.biometrics.photo_making import prepare_photo
from hub.biometrics.vault import Vault
from hub.custody.records import Person
from hub.reception.admission import FaultyError
from hub.reception.admitting import showing
from hub.reception.admitting.acting import act_of, acting_visitor, with_answer_of_desk
from hub.reception.admitting.content import SLOTS, Content, Step, following
from hub.reception.admitting.handing_in import faults_on_page, images_handed_in
from hub.reception.admitting.keeping import (
    Draft,
    OvertakenError,
    abandon,
    begin,
    draft_of,
    images_of,
    keep_images,
    refuse_ended,
    save,
)
from hub.reception.admitting.reading_forms import first_content, with_answers
from hub.reception.admitting.records import State
from hub.reception.admitting.taking import MeanwhileError, Ready, prepare_fingers, step_of, take_person_in
from hub.reception.desk.looks import cancel_looks, look_of
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, service, writing
from hub.web.routes import Pages, number_in

pages = Pages("admitting", __name__, template_folder="templates")

MAX_FORM_BYTES: Final = 32 * 1024 * 1024
"""Six images of at most 5 MB, and the rest of the form."""


@pages.page("/people/admit", Permission.ADMIT_PEOPLE)
def under_way() -> str:
    warm_up_aside()
    with writing() as session:
        facts = showing.list_facts(session, service(Vault))
        write_down(session, at=now(), actor=acting_visitor(), act="admission.list")
    return render_template("admissions.html", **facts)


@pages.page("/people/admit", Permission.ADMIT_PEOPLE, methods=("POST",))
def begin_now() -> Response:
    with writing() as session:
        vault, at = service(Vault), now()
        draft = begin(session, vault, key=secrets.token_hex(16), actor=acting_visitor(), at=at)
        content = first_content(at)
        save(session, vault, draft, content, "opened", seen=draft.row.version, actor=acting_visitor(), at=at)
    return _to(draft.row.key, Step.ORDER)


@pages.page("/people/admit/<key>/<step>", Permission.ADMIT_PEOPLE)
def page(key: str, step: str) -> Response | str:
    with writing() as session:
        draft = _draft(session, key)
        if draft.row.state == State.DONE:
            return redirect(url_for("admitting.done", key=key))
        if draft.row.state != State.OPEN:
            return redirect(url_for("admitting.under_way"))
        draft = with_answer_of_desk(session, draft)
    return _show(draft, _step(step))


@pages.page(
    "/people/admit/<key>/<step>", Permission.ADMIT_PEOPLE, methods=("POST",), max_bytes=MAX_FORM_BYTES
)
def save_step(key: str, step: str) -> Response | tuple[str, int]:
    at_step, seen = _step(step), number_in(request.form.get("version", ""))
    with reading() as session:
        draft = _draft(session, key)
    content = with_answers(draft.content, at_step, request.form, request.form.getlist("zones"))
    faults: dict[str, Sentence] = {}
    try:
        refuse_ended(draft.row)
        content = act_of(draft, at_step, content)
        images = images_handed_in() if at_step is Step.FINGERS else {}
        with writing() as session:
            held = _draft(session, key)
            # Only now the version counts: the act before may have taken seconds.
            draft = save(
                session, service(Vault), held, content, at_step, seen=seen, actor=acting_visitor(), at=now()
            )
            for name, files in images.items():
                keep_images(session, service(Vault), draft, name, files, actor=acting_visitor(), at=now())
    except OvertakenError as error:
        return _show(error.theirs, at_step, mine=content, problem=error.message), 409
    except RefusedError as error:
        kept = Draft(draft.row, content)
        return _show(kept, at_step, problem=error.message, unsaved=True), 409
    faults = faults_on_page(draft, at_step)
    stays = request.form.get("act", "save") != "save"
    if faults and not stays:
        return _show(draft, at_step, faults=faults), 400
    return _to(key, at_step if stays else following(at_step))


@pages.page("/people/admit/<key>/desk", Permission.ADMIT_PEOPLE, watches=True)
def desk_state(key: str) -> str:
    """What the desk is doing, which the page asks for by itself."""
    with reading() as session:
        _draft(session, key)
        look = look_of(session, key)
    return render_template("admission_look.html", look=look, **showing.look_words())


@pages.page("/people/admit/<key>/finish", Permission.ADMIT_PEOPLE, methods=("POST",))
def finish(key: str) -> Response | tuple[str, int]:
    vault, search, at = service(Vault), service(DuplicateSearch), now()
    with reading() as session:
        draft = _draft(session, key)
        files = {
            slot: (
                number_in(draft.content.values.get(f"finger_{slot}", "")),
                images_of(session, vault, draft, f"finger_{slot}"),
            )
            for slot in SLOTS
        }
        photos = images_of(session, vault, draft, "photo")
    try:
        refuse_ended(draft.row)
        at_desk = bool(draft.content.values.get("desk"))
        ready = Ready(() if at_desk else prepare_fingers(files), prepare_photo(photos[0]) if photos else None)
        to_read = search.catch_up()
        with writing() as session:
            held = _draft(session, key)
            task = secrets.token_hex(16)
            taken = take_person_in(
                session, vault, search, held, ready, task=task, actor=acting_visitor(), at=at
            )
            if to_read and ready.fingers:
                person = session.get_one(Person, taken.person_id)
                _note_unread(session, person.number, to_read)
            cancel_looks(session, key, actor=acting_visitor(), at=at)
    except FaultyError as error:
        field = next(iter(error.faults))
        return _show(draft, Step.SUMMARY, faults=dict(error.faults), link=step_of(field)), 400
    except AlreadyEnrolledError as error:
        return _show(draft, Step.SUMMARY, problem=error.message, number=error.number), 409
    except MeanwhileError as error:
        return _show(draft, Step.SUMMARY, problem=error.message, number=error.number, link=Step.KNOWN), 409
    except RefusedError as error:
        return _show(draft, Step.SUMMARY, problem=error.message), 409
    return redirect(url_for("admitting.done", key=key), 303)


def _note_unread(session: Session, number: str, to_read: int) -> None:
    """Nobody waited until every finger was read after a start; the desk that compares all with all finds the rest."""
    detail = f"{to_read} fingers not read yet"
    write_down(session, at=now(), actor=acting_visitor(), act="finger.search", subject=number, detail=detail)


@pages.page("/people/admit/<key>/done", Permission.ADMIT_PEOPLE)
def done(key: str) -> Response | str:
    with writing() as session:
        draft = _draft(session, key)
        if draft.row.state != State.DONE or draft.row.person_id is None:
            return redirect(url_for("admitting.under_way"))
        person = session.get_one(Person, draft.row.person_id)
        write_down(session, at=now(), actor=acting_visitor(), act="person.look", subject=person.number)
        facts = showing.done_facts(session, person, now())
    return render_template("admission_done.html", **facts)


@pages.page("/people/admit/<key>/abandon", Permission.ADMIT_PEOPLE, methods=("POST",))
def abandon_now(key: str) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            draft = _draft(session, key)
            abandon(session, draft.row, request.form.get("because", ""), actor=acting_visitor(), at=now())
            cancel_looks(session, key, actor=acting_visitor(), at=now())
    except RefusedError as error:
        with reading() as session:
            draft = _draft(session, key)
        return _show(draft, Step.SUMMARY, problem=error.message), 409
    return redirect(url_for("admitting.under_way"), 303)


def _show(
    draft: Draft,
    step: Step,
    *,
    faults: dict[str, Sentence] | None = None,
    problem: Sentence | None = None,
    mine: Content | None = None,
    number: str = "",
    link: Step | None = None,
    unsaved: bool = False,
) -> str:
    with writing() as session:
        # A refused step shows the same as the page itself, so it is a look too.
        subject = draft.row.key
        write_down(
            session, at=now(), actor=acting_visitor(), act="admission.look", subject=subject, detail=step
        )
        facts = showing.step_facts(session, draft, step, mine=mine, at=now())
    return render_template(
        f"admission_{step.value}.html",
        faults=faults or {},
        problem=problem,
        problem_number=number,
        problem_link=link,
        unsaved=unsaved,
        typed=request.form,
        **facts,
    )


def _draft(session: Session, key: str) -> Draft:
    draft = draft_of(session, service(Vault), key[:32])
    if draft is None:
        abort(404)
    return draft


def _step(text: str) -> Step:
    if text not in Step._value2member_map_:
        abort(404)
    return Step(text)


def _to(key: str, step: Step) -> Response:
    return redirect(url_for("admitting.page", key=key, step=step.value), 303)
