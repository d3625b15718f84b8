"""One's own PIN for terminals."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.accounts.actions import find_account
from hub.accounts.audit import Actor
from hub.accounts.passwords import Passwords
from hub.accounts.permissions import Permission
from hub.accounts.pins import AT_TERMINALS, MAX_DIGITS, MIN_DIGITS, hash_pin, pin_of, set_pin
from hub.accounts.sessions import WrongPasswordError, verify_again
from hub.accounts.tries import MustWaitError
from hub.sentences import RefusedError, Sentence
from hub.web.door import Site, now, reading, service, visitor, writing
from hub.web.routes import Pages

pages = Pages("pin", __name__, template_folder="templates")


@pages.page("/pin", Permission.SIGNED_IN)
def pin() -> str:
    return _show(None, done=request.args.get("done") == "1")


@pages.page("/pin", Permission.SIGNED_IN, methods=("POST",))
def set_now() -> Response | tuple[str, int]:
    problem = _set()
    if problem is None:
        return redirect(url_for("pin.pin", done=1), 303)
    return _show(problem), 400


def _set() -> Sentence | None:
    who, pin = visitor(), request.form.get("pin", "")
    if pin != request.form.get("again", ""):
        return Sentence("The two PINs differ. Type the same one twice.")
    passwords, actor = service(Passwords), Actor(who.login, who.address)
    try:
        # A PIN is few digits: it is set only by whoever knows the password, on a screen left open too.
        verify_again(service(Site).sessions, passwords, actor, request.form.get("password", ""), now=now())
        hashed = hash_pin(passwords, pin)
        with writing() as session:
            name = request.form.get("name", "")
            set_pin(session, who.login, hashed, name=name, actor=actor, at=now())
    except WrongPasswordError:
        return Sentence("The password is wrong. Type it again.")
    except MustWaitError as error:
        return error.message
    except RefusedError as error:
        return error.message
    return None


def _show(problem: Sentence | None, *, done: bool = False) -> str:
    with reading() as session:
        account = find_account(session, visitor().login)
        held = pin_of(session, account.login)
    return render_template(
        "pin.html",
        problem=problem,
        done=done,
        name=request.form.get("name", account.name),
        held=held,
        used=account.role in {role.value for role in AT_TERMINALS},
        fewest=MIN_DIGITS,
        most=MAX_DIGITS,
    )
