"""The roll copy: whom this terminal knows, those with a standing procedure first."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from edge.attestation.forms import AttestQuestion, Home, Nothing, People, PeopleQuestion
from edge.kiosk.door import desk, signed_in_only, token
from edge.kiosk.referral_pages import look_up
from edge.kiosk.referral_pages import vouch as confirmed

pages = Blueprint("roll", __name__)

STANDING_REASONS = ("Standing procedure followed", "Known to me, and wristband checked")
LOCKDOWN_REASONS = ("Ordered by my supervisor", "Medical emergency", "Known to me, and wristband checked")
OF_EVERYBODY = frozenset({"LOCKDOWN", "EVACUATE"})
"""Orders in which fingers decide nothing: then an officer's word stands without one that was tried."""


@pages.get("/roll")
@signed_in_only
def page() -> str:
    words = request.args.get("words", "")[:100]
    found = desk().ask("people", PeopleQuestion(token=token(), words=words), People)
    return render_template("roll.html", found=found, words=words, home=_home())


@pages.get("/roll/search")
@signed_in_only
def search() -> str:
    """The keyboard, and nothing else."""
    return render_template("roll_search.html")


@pages.get("/roll/<number>")
@signed_in_only
def person(number: str) -> str:
    return _person(number)


@pages.post("/roll/<number>")
@signed_in_only
def vouch(number: str) -> str | Response:
    """Only somebody with a standing procedure goes through without having tried, and in a lockdown anybody."""
    reason = (request.form.get("words", "").strip() or request.form.get("reason", ""))[:200]
    if not reason:
        return _person(number, "Say why: choose a reason, or write one.")
    question = AttestQuestion(token=token(), referral=None, person=number[:32] or " ", reason=reason)
    return confirmed(question, url_for("roll.vouch", number=number), url_for("roll.page"))


def _person(number: str, fault: str = "") -> str:
    someone, home = look_up(number), _home()
    if not someone.attested and OF_EVERYBODY.isdisjoint(home.orders):
        return render_template("person.html", person=someone, home=home)
    return render_template(
        "word.html",
        action=url_for("roll.vouch", number=number),
        back=url_for("roll.page"),
        person=someone,
        referral=None,
        reasons=STANDING_REASONS if someone.attested else LOCKDOWN_REASONS,
        fault=fault,
        home=home,
    )


def _home() -> Home:
    return desk().ask("home", Nothing(), Home)
