"""Images that a browser hands in at an admission, and what is still wrong with a step."""

from __future__ import annotations

from typing import Final

from flask import request

from hub.biometrics.enrolment import prepare_finger
from hub.biometrics.photo_making import prepare_photo
from hub.reception.admitting.answers import faults_of
from hub.reception.admitting.content import SLOTS, Step
from hub.reception.admitting.keeping import Draft, image_counts
from hub.reception.admitting.looking_up import database_faults
from hub.sentences import Sentence
from hub.web.door import now, reading
from hub.web.routes import number_in

_IMAGES: Final = ("photo", "finger_1", "finger_2")


def images_handed_in() -> dict[str, list[bytes]]:
    """Files by name, each looked into; RefusedError for one that cannot be used."""
    """Images that were handed in now, each judged before it is kept: a wrong one is said at once."""
    found: dict[str, list[bytes]] = {}
    for name in _IMAGES:
        files = [part.stream.read() for part in request.files.getlist(f"{name}_images") if part.filename]
        if not files:
            continue
        if name == "photo":
            prepare_photo(files[0])
            found[name] = files[:1]
        else:
            prepare_finger(number_in(request.form.get(name, "")), files)
            found[name] = files
    return found


def faults_on_page(draft: Draft, step: Step) -> dict[str, Sentence]:
    """What keeps a step from being done, by field: what was typed, and what the database says against it."""
    with reading() as session:
        found = faults_of(step, draft.content, now())
        found |= {
            name: fault
            for name, fault in database_faults(session, step, draft.content, now()).items()
            if name not in found
        }
        if step is Step.FINGERS:
            found |= _faults_of_fingers(draft, image_counts(session, draft))
    return found


def _faults_of_fingers(draft: Draft, counts: dict[str, int]) -> dict[str, Sentence]:
    values = draft.content.values
    if values.get("desk") or values.get("fingers_later") or all(counts.get(f"finger_{n}") for n in SLOTS):
        return {}
    return {
        "desk": Sentence(
            "Say at which desk fingers are taken, hand in images of two, or write why they come later."
        )
    }
