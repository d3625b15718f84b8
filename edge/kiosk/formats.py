"""Figures as officers read them."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from flask import Flask

from edge.kiosk.units import KINDS, METHODS, PHASES, said_source
from edge.kiosk.words import say
from wire.happenings import EntryReference

RULES: Mapping[str, str] = {
    "no_roll": "The terminal has no roll: it knows nobody",
    "too_close": "The finger may be of two people",
    "not_recognised": "The finger was not recognised",
    "poor_quality": "No finger could be read",
    "second_finger": "The second finger did not confirm the first",
    "roll_old": "Recognised, but the roll is too old to decide by",
    "rules_old": "Recognised, but the rules are too old to decide by",
    "clock_unsure": "Recognised, but the clock is not sure",
    "standing_procedure": "Recognised; an officer always vouches for this person",
    "needs_officer": "Recognised; this gate opens on an officer's word",
    "keep_apart_unknown": "Recognised; somebody to be kept apart may be there",
    "plan_old": "Recognised; the moves planned for now are not known here",
}
WARNINGS: Mapping[str, str] = {
    "no_hub": "The hub has not taken this terminal in. Call the technician.",
    "away": "No connection to the hub: the terminal decides alone, the journal keeps everything.",
    "no_roll": "No roll: everybody is sent to you.",
    "roll_old": "The roll is old: people who came or left since are not known here.",
    "rules_old": "The rules are old: the hub has not confirmed them for long.",
    "clock": "The clock is not sure. Times in the record are put right by the hub.",
    "queue": "Many entries wait for the hub. Nothing is lost.",
    "sensor": "The sensor does not answer properly. Wipe it; if it stays, call the technician.",
    "covered": "Something lies on the sensor: wipe the glass.",
    "out_of_service": "The journal takes no entry: no finger is taken. Call the technician now.",
    "disk": "Little room is left on the disk. Call the technician this week.",
    "no_officers": "No officer can sign in here: nobody has set a PIN for terminals yet.",
    "door": "The door is not as it should be: look at it.",
}
ORDERS: Mapping[str, str] = {
    "EVACUATE": "EVACUATION: every gate is open",
    "LOCKDOWN": "LOCKDOWN: nobody passes by scan",
    "HOLD": "COUNT: nobody moves until it is cleared",
    "LET_THROUGH": "One person is let through by the control room",
}


def age(seconds: int | None) -> str:
    """Two figures at most, as on the hub's pages; a word when it is not known."""
    if seconds is None:
        return say("never")
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size * (2 if unit == "d" else 1):
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def key(reference: EntryReference) -> str:
    """A referral's name in addresses."""
    return f"{reference.journal_id.hex()}-{reference.sequence}"


def picture(photo: bytes) -> str:
    """A photo inside the page, so that nothing of it is left in a cache; empty when there is none."""
    return f"data:image/jpeg;base64,{base64.b64encode(photo).decode()}" if photo else ""


def install(app: Flask) -> None:
    """Gives templates these."""
    app.jinja_env.filters.update({"age": age, "key": key, "picture": picture})
    app.jinja_env.globals.update({"rules": RULES, "warnings": WARNINGS, "orders": ORDERS})
    app.jinja_env.globals.update(
        {"count_kinds": KINDS, "count_phases": PHASES, "count_methods": METHODS, "said_source": said_source}
    )
    app.jinja_env.globals["endpoints"] = lambda: app.view_functions
