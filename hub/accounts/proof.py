"""Showing on a page who one is: by second factor for whoever has one, by password for whoever has none."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from flask import request
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.accounts.factors.held import factors_of, has_factor
from hub.accounts.factors.proving import Shown, proves
from hub.accounts.factors.records import FactorKind
from hub.accounts.factors.sealing import FactorSeal
from hub.accounts.factors.security_keys import Origin, asking
from hub.accounts.passwords import Passwords
from hub.accounts.policy import CHALLENGE_LIFE, SignInRules
from hub.accounts.records import Account, LoginSession
from hub.accounts.sessions import WrongPasswordError, remember_device, verify_again
from hub.accounts.tries import FACTOR_ELSEWHERE, MustWaitError, count_try, device_place, forget_failures
from hub.sentences import Sentence
from hub.web.door import Site, Visitor, now, reading, service, visitor, writing

FIELDS = ("proof", "password", "code", "answer")
"""What the forms that ask for a proof send; nothing else of a form may be called so."""


@dataclass(frozen=True)
class Ways:
    """By what the visitor can prove who they are; `key` is what a browser asks a security key."""

    password: bool
    app: bool
    key: str | None


def origin() -> Origin:
    """Where the browser sees this site: what hub.toml says, else what it asked for."""
    said = service(SignInRules).site
    scheme = "https" if service(Site).secure else "http"
    return Origin(said or f"{scheme}://{request.host}")


def new_challenge(session: Session, session_id: int, *, at: datetime) -> bytes:
    """What the next answer of a security key in this session has to answer."""
    challenge = secrets.token_bytes(32)
    session.execute(
        update(LoginSession)
        .where(LoginSession.id == session_id)
        .values(challenge=challenge, challenge_at=at)
        .execution_options(synchronize_session=False)
    )
    return challenge


def spend_challenge(session: Session, session_id: int, *, at: datetime) -> bytes | None:
    """The challenge given out last, once; None when there is none or it is too old."""
    row = session.scalar(
        select(LoginSession).where(LoginSession.id == session_id).with_for_update(of=LoginSession)
    )
    if row is None or row.challenge is None or row.challenge_at is None:
        return None
    challenge, given_at = row.challenge, row.challenge_at
    row.challenge, row.challenge_at = None, None
    return challenge if at - given_at <= CHALLENGE_LIFE else None


def ways() -> Ways:
    """How this visitor proves who they are; a security key is given something to answer."""
    who = visitor()
    with reading() as session:
        held = factors_of(session, who.account_id)
    kinds = {row.kind for row in held}
    key = None
    if FactorKind.KEY.value in kinds:
        with writing() as session:
            challenge = new_challenge(session, who.session_id, at=now())
            key = asking(session, who.account_id, origin(), challenge)
    return Ways(password=not held, app=FactorKind.APP.value in kinds, key=key)


def show_proof() -> Sentence | None:
    """Take the proof that this form carries; what is wrong with it, or None and the session is proved anew."""
    who = visitor()
    with reading() as session:
        by_factor = has_factor(session, who.account_id)
    try:
        return _by_factor(who) if by_factor else _by_password(who)
    except MustWaitError as error:
        return error.message


def _by_password(who: Visitor) -> Sentence | None:
    actor = Actor(who.login, who.address)
    try:
        typed = request.form.get("password", "")
        verify_again(service(Site).sessions, service(Passwords), actor, typed, now=now())
    except WrongPasswordError:
        return Sentence("The password is wrong. Type it again.")
    with writing() as session:
        _mark(session, who)
    return None


def _by_factor(who: Visitor) -> Sentence | None:
    device = request.cookies.get(service(Site).device_cookie)
    with writing() as session:
        # Whoever shows a factor knows the password: all unknown browsers count as one place, whatever their address.
        known = device_place(session, session.get(Account, who.account_id), device)
        place = FACTOR_ELSEWHERE if known is None else f"factor {known}"
        count_try(session, who.login, place, now())
        challenge = spend_challenge(session, who.session_id, at=now())
    shown = Shown(request.form.get("code", ""), request.form.get("answer", ""), origin(), challenge)
    with writing() as session:
        actor = Actor(who.login, who.address)
        by = proves(session, who.account_id, shown, seal=service(FactorSeal), at=now())
        if by is None:
            write_down(session, at=now(), actor=actor, act="login.factor_refused", subject=who.login)
        else:
            forget_failures(session, who.login, place)
            write_down(session, at=now(), actor=actor, act="login.factor", subject=who.login, detail=by)
            _mark(session, who)
            if device:
                remember_device(session, who.account_id, device, now=now())
    return None if by is not None else _wrong(shown)


def _wrong(shown: Shown) -> Sentence:
    if shown.answer:
        return Sentence("The security key's answer was not good. Try again, or use another way.")
    return Sentence(
        "The code is wrong or was used already. Wait for the app's next code and type it; "
        "the phone's clock has to be set automatically."
    )


def _mark(session: Session, who: Visitor) -> None:
    session.execute(
        update(LoginSession)
        .where(LoginSession.id == who.session_id)
        .values(proved_at=now(), waits=False)
        .execution_options(synchronize_session=False)
    )
