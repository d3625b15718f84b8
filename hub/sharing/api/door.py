"""Before each call of an agency's program: certificate, pace, token and scope. Deny unless everything is there."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from flask import Flask, Response, g, request

from hub.database import Sessions, session_scope
from hub.sharing.api.buckets import Buckets, Drawn
from hub.sharing.api.calls import Client
from hub.sharing.api.problems import CERTIFICATE, SCOPE, TOKEN, TOO_MANY, ProblemError
from hub.sharing.api.routes import Operation
from hub.sharing.partners.authority import thumbprint
from hub.sharing.partners.recognising import Known, by_certificate, scopes_of
from hub.web.door import service

PeerCertificate = Callable[[Mapping[str, Any]], bytes | None]
"""The certificate (DER) of the other end, of what a server hands an application about a request."""

_BEARER: Final = "Bearer "
_MOST_TOKEN: Final = 200


@dataclass(frozen=True)
class Interface:
    """What the API is made of. `tick_s` is a clock that only goes forward, for the pace of calls.

    `address` is how answers call the interface (https://prison.example:8444); "" makes addresses in them relative. What
    a caller names as the host is never repeated: whoever reads the answer later would be sent there.
    """

    sessions: Sessions
    clock: Callable[[], datetime]
    peer: PeerCertificate
    buckets: Buckets = field(default_factory=Buckets)
    tick_s: Callable[[], float] = time.monotonic
    address: str = ""


def install(app: Flask) -> None:
    """Put the door before every request of `app`, and into every answer the pace, and the end of what ends."""
    app.before_request(_enter)
    app.after_request(_say_pace)
    app.after_request(_say_end)


def known() -> Known:
    """The client of this connection."""
    found: Known = g.known
    return found


def admit(operation: Operation) -> Client:
    """The client, when its token holds what the operation asks for; ProblemError otherwise."""
    who = known()
    scopes = frozenset[str]()
    if not operation.public:
        scopes = _scopes(who)
        if operation.exchange is not None and operation.exchange not in scopes:
            raise out_of_scope(operation.exchange)
    found = Client(who.agency, who.client_id, g.thumbprint, scopes, request.remote_addr or "unknown")
    g.client = found
    return found


def _enter() -> None:
    interface = service(Interface)
    g.at = interface.clock()
    der = interface.peer(request.environ)
    if der is None:
        raise ProblemError(CERTIFICATE)
    g.thumbprint = thumbprint(der)
    token = _token()
    with session_scope(interface.sessions, writes=False) as session:
        found = by_certificate(session, g.thumbprint, g.at)
        if found is None:
            raise ProblemError(CERTIFICATE)
        g.known = found
        g.token_scopes = None if not token else scopes_of(session, token, found.certificate, g.at)
    g.pace = interface.buckets.draw(found.client_id, interface.tick_s())
    if not g.pace.allowed:
        raise ProblemError(TOO_MANY, headers={"Retry-After": str(g.pace.retry_s)})


def _token() -> str:
    shown = request.headers.get("Authorization", "")
    if shown[: len(_BEARER)].lower() != _BEARER.lower() or len(shown) > _MOST_TOKEN:
        return ""
    return shown[len(_BEARER) :].strip()


def _scopes(_who: Known) -> frozenset[str]:
    held: frozenset[str] | None = g.token_scopes
    if held is not None:
        return held
    shown = request.headers.get("Authorization")
    error = ', error="invalid_token"' if shown else ""
    raise ProblemError(TOKEN, headers={"WWW-Authenticate": f'Bearer realm="pims"{error}'})


def out_of_scope(exchange: str) -> ProblemError:
    """What a token without this scope is answered."""
    said = f'Bearer realm="pims", error="insufficient_scope", scope="{exchange}"'
    return ProblemError(SCOPE, headers={"WWW-Authenticate": said}, scope=exchange)


def _say_pace(response: Response) -> Response:
    pace: Drawn | None = g.get("pace")
    if pace is not None:
        buckets = service(Interface).buckets
        response.headers["RateLimit-Policy"] = f'"client";q={buckets.calls};w={int(buckets.window_s)}'
        response.headers["RateLimit"] = f'"client";r={pace.remains};t={pace.full_s}'
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _say_end(response: Response) -> Response:
    operation: Operation | None = g.get("operation")
    if operation is not None and operation.ending is not None:
        response.headers.update(
            operation.ending.headers(f"{service(Interface).address}/docs#{operation.anchor}")
        )
    return response
