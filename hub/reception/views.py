"""The page "Admit a person"."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.accounts.audit import Actor
from hub.accounts.permissions import Permission
from hub.biometrics.actions import AlreadyEnrolledError
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.enrolment import check_one_finger, prepare_finger, warm_up_aside
from hub.biometrics.vault import Vault
from hub.reception.admission import Admitted, FaultyError, admit, check, zones_to_choose
from hub.reception.desk.asking import desks
from hub.reception.form import SLOTS, Form, read
from hub.reception.holding import Holding
from hub.reception.words import FINGERS, ORDER_KINDS, SEXES
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, service, visitor, writing
from hub.web.routes import Pages, number_in

pages = Pages("reception", __name__, template_folder="templates")

MAX_FORM_BYTES = 32 * 1024 * 1024
"""Six images of at most 5 MB, and the rest of the form."""


@pages.page("/people/admit", Permission.ADMIT_PEOPLE)
def admit_page() -> str:
    warm_up_aside()
    return _show(Form({"sex": "M", "finger_1": "2", "finger_2": "7", "order_kind": "warrant"}))


@pages.page("/people/admit", Permission.ADMIT_PEOPLE, methods=("POST",), max_bytes=MAX_FORM_BYTES)
def admit_now() -> Response | tuple[str, int]:
    form = read(request.form, frozenset(request.form.getlist("zones")))
    form.fingers = service(Holding).look(request.form.get("token", ""), visitor().login, now())
    _take_fingers(form)
    admitted = _try(form)
    if admitted is None:
        form.token = service(Holding).keep(
            request.form.get("token", ""), visitor().login, form.fingers, now()
        )
        return _show(form), 400
    service(Holding).drop(request.form.get("token", ""))
    return redirect(url_for("people.file", number=admitted.person_number, admitted=1), 303)


def _take_fingers(form: Form) -> None:
    """Judge what was handed in now; a finger from the last try stays unless a new one is given."""
    for slot in SLOTS:
        files = [
            part.stream.read() for part in request.files.getlist(f"finger_{slot}_images") if part.filename
        ]
        position = form.values.get(f"finger_{slot}", "")
        held = form.fingers.get(slot)
        if held is not None and not files and position != str(held.position):
            del form.fingers[slot]  # the images belong to the finger they were given for
        if files:
            try:
                finger = prepare_finger(number_in(position), files)
                check_one_finger(finger)
                form.fingers[slot] = finger
            except RefusedError as error:
                form.fingers.pop(slot, None)
                form.faults[f"finger_{slot}"] = error.message
        elif slot not in form.fingers and not form.is_for_desk:
            form.faults[f"finger_{slot}"] = Sentence("Choose an image of this finger.")


def _try(form: Form) -> Admitted | None:
    """Admit, or note every fault in the form."""
    admission = form.admission(secrets.token_hex(16))
    try:
        with reading() as session:
            check(session, admission, now())
        if form.faults:
            return None
        who, search = visitor(), service(DuplicateSearch)
        search.refresh()
        with writing() as session:
            actor = Actor(who.login, who.address)
            return admit(session, service(Vault), search, admission, actor=actor, at=now())
    except FaultyError as error:
        _merge(form, error.faults)
    except AlreadyEnrolledError as error:
        form.faults["fingers"] = error.message
        form.values["known_as"] = error.number
    except RefusedError as error:
        form.faults["fingers"] = error.message
    return None


def _merge(form: Form, faults: Mapping[str, Sentence]) -> None:
    for field, fault in faults.items():
        covered = field == "fingers" and any(f"finger_{slot}" in form.faults for slot in SLOTS)
        if not covered:
            form.faults.setdefault(field, fault)


def _show(form: Form) -> str:
    with reading() as session:
        zones, found = zones_to_choose(session), desks(session)
    return render_template(
        "admit.html",
        form=form,
        zones=zones,
        desk_options=[(str(one.terminal_id), one.name) for one in found],
        zone_options=[(zone.code, zone.name) for zone in zones],
        fingers=FINGERS,
        sexes=SEXES,
        order_kinds=ORDER_KINDS,
        slots=SLOTS,
    )
