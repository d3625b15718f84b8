"""Who waits for the officer, who it may be, and the officer's word."""

from __future__ import annotations

import msgspec
from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from edge.attestation.forms import (
    Attested,
    AttestQuestion,
    Home,
    Nothing,
    OpenReferral,
    People,
    PeopleQuestion,
    Person,
    PersonQuestion,
    Signed,
)
from edge.errors import DeskRefusedError
from edge.kiosk.door import desk, officer, signed_in_only, token
from edge.kiosk.formats import key
from edge.kiosk.units import officers
from edge.plan.rules import FOR_NOBODY

pages = Blueprint("referral", __name__)

REASONS = (
    "I know this person",
    "Compared with the photo",
    "Wristband or document checked",
    "Finger injured or bandaged",
    "Sensor does not read anybody",
)
TURNED_BACK = ("Not from this prison", "Does not say who it is", "Has no business here", "Left before I came")


@pages.get("/referral")
@signed_in_only
def page() -> str:
    return render_template("referrals.html", referrals=_open(), home=_home())


@pages.get("/referral/state")
def state() -> tuple[dict[str, object], int]:
    """Which referrals wait, for the page to notice a change: keys only."""
    referrals = desk().ask("referrals", Signed(token=token(), active=False), list[OpenReferral])
    return {"open": [key(one.reference) for one in referrals]}, 200


@pages.get("/referral/<name>")
@signed_in_only
def one(name: str) -> str:
    return render_template("referral.html", referral=_find(name), home=_home())


@pages.get("/referral/<name>/search")
@signed_in_only
def search(name: str) -> str:
    words = request.args.get("words", "")[:100]
    found = desk().ask("people", PeopleQuestion(token=token(), words=words), People)
    return render_template("referral_search.html", referral=_find(name), found=found, words=words)


@pages.get("/referral/<name>/person/<number>")
@signed_in_only
def person(name: str, number: str) -> str:
    return _word(name, number)


@pages.get("/referral/<name>/turn-back")
@signed_in_only
def turn_back(name: str) -> str:
    return _word(name, None)


@pages.post("/referral/<name>/answer")
@signed_in_only
def answer(name: str) -> str | Response:
    number = request.form.get("person") or None
    reason = (request.form.get("words", "").strip() or request.form.get("reason", ""))[:200]
    if not reason:
        return _word(name, number, "Say why: choose a reason, or write one.")
    question = AttestQuestion(token=token(), referral=_find(name).reference, person=number, reason=reason)
    return vouch(question, url_for("referral.answer", name=name), url_for("referral.one", name=name))


def vouch(question: AttestQuestion, action: str, back: str) -> str | Response:
    """The officer's word, with a second officer's PIN where the gate asks for one: chosen first, then given."""
    login, pin = request.form.get("second", "")[:64], request.form.get("second_pin", "")[:32]
    asked = msgspec.structs.replace(question, second=login or None, second_pin=pin)
    fault = ""
    try:
        if not (login and not pin and question.person is not None):
            return done(desk().ask("attest", asked, Attested))
    except DeskRefusedError as refused:
        if question.person is None or not (login or refused.reason == "second"):
            raise
        if refused.reason in ("answered", "unknown", "try_first", "sign_in"):
            raise
        fault = refused.sentence if login else ""
    me = officer()
    others = [one for one in officers() if me is None or one.login != me.login]
    return render_template(
        "second.html",
        person=look_up(question.person or ""),
        reason=question.reason,
        officers=others,
        second=next((one for one in others if one.login == login), None),
        fault=fault,
        action=action,
        back=back,
    )


def done(said: Attested) -> Response:
    """What became of it, on a page that goes home by itself."""
    return redirect(url_for("referral.told", rule=said.rule))


@pages.get("/done/<rule>")
def told(rule: str) -> str:
    if rule not in ("attested", "turned_back", *FOR_NOBODY):
        abort(404)
    return render_template("done.html", rule=rule)


def look_up(number: str) -> Person:
    return desk().ask("person", PersonQuestion(token=token(), person=number[:32] or " "), Person)


def _word(name: str, number: str | None, fault: str = "") -> str:
    referral = _find(name)
    someone = look_up(number) if number is not None else None
    return render_template(
        "word.html",
        action=url_for("referral.answer", name=name),
        back=url_for("referral.one", name=name),
        person=someone,
        referral=referral,
        reasons=REASONS if someone is not None else TURNED_BACK,
        fault=fault,
        home=_home(),
    )


def _open() -> list[OpenReferral]:
    return desk().ask("referrals", Signed(token=token()), list[OpenReferral])


def _find(name: str) -> OpenReferral:
    found = next((one for one in _open() if key(one.reference) == name), None)
    if found is None:
        abort(410)
    return found


def _home() -> Home:
    return desk().ask("home", Nothing(), Home)
