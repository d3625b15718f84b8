"""The public endpoints where terminals ask to be taken in. No cookie counts here; what counts is signed."""

from __future__ import annotations

import secrets
from typing import TypeVar

from flask import Response, abort, request
from sqlalchemy.orm import Session

from hub.accounts.permissions import Permission
from hub.errors import HubError
from hub.sentences import RefusedError, Sentence
from hub.terminals.claims.opening import answer_of, find_claim, open_claim, reveal
from hub.terminals.claims.service import TakingIn
from hub.web.door import now, reading, service, writing
from hub.web.routes import Pages
from wire.claims import MOST_BYTES, Answer, Offer, Opening, Reveal, read, to_bytes
from wire.errors import WireError

pages = Pages("knocking", __name__)

T = TypeVar("T")


@pages.page("/provisioning/claims", Permission.PUBLIC, methods=("POST",), max_bytes=MOST_BYTES)
def opening() -> Response:
    asked = _heard(Opening)
    taking_in = service(TakingIn)
    try:
        with writing() as session:
            offer = open_claim(
                session,
                asked,
                taking_in.identity(),
                claim=secrets.token_hex(16),
                nonce=secrets.token_bytes(32),
                address=_address(),
                now=now(),
            )
    except RefusedError:
        raise
    except HubError as error:
        raise RefusedError(error.code, Sentence(error.sentence)) from error
    return _said(offer)


@pages.page("/provisioning/claims/<claim>/reveal", Permission.PUBLIC, methods=("POST",), max_bytes=MOST_BYTES)
def revealing(claim: str) -> Response:
    told = _heard(Reveal)
    with writing() as session:
        _check_known(session, claim)
        return _said(reveal(session, claim, told.nonce, service(TakingIn).identity(), now()))


@pages.page("/provisioning/claims/<claim>", Permission.PUBLIC)
def standing(claim: str) -> Response:
    _knock()
    with reading() as session:
        _check_known(session, claim)
        return _said(answer_of(find_claim(session, claim), now()))


def _check_known(session: Session, claim: str) -> None:
    try:
        find_claim(session, claim)
    except RefusedError:
        abort(404)


def _heard(kind: type[T]) -> T:
    _knock()
    try:
        return read(request.get_data(), kind)
    except WireError:
        abort(400)


def _knock() -> None:
    if not service(TakingIn).limit.allows(_address(), now()):
        abort(429)


def _address() -> str:
    return request.remote_addr or "unknown"


def _said(message: Offer | Answer) -> Response:
    return Response(to_bytes(message), mimetype="application/json")
