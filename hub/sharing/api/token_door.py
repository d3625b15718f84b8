"""The address where tokens are asked for, and what a program finds out about it by itself (RFC 8414)."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, g, request

from hub.database import session_scope
from hub.sharing.api.door import Interface, known
from hub.sharing.api.oauth import Asking, give_token, token_server
from hub.sharing.api.openapi_parts import TOKEN_ADDRESS
from hub.sharing.api.problems import BAD_REQUEST, MEDIA, ProblemError
from hub.sharing.catalogue import EXCHANGES
from hub.web.door import service

_MOST_BYTES = 4096


def install(app: Flask) -> None:
    """Give `app` the address of tokens."""
    server = token_server(app)

    def token() -> Response:
        request.max_content_length = _MOST_BYTES
        if request.mimetype != "application/x-www-form-urlencoded":
            raise ProblemError(MEDIA, "A token is asked for as application/x-www-form-urlencoded.")
        if request.args or any("\x00" in text for text in request.form.values()) or _twice():
            raise ProblemError(BAD_REQUEST)
        with session_scope(service(Interface).sessions) as session:
            return give_token(server, Asking(session, known(), g.at))

    app.add_url_rule(TOKEN_ADDRESS, endpoint="token", view_func=token, methods=["POST"])
    app.add_url_rule("/.well-known/oauth-authorization-server", endpoint="about_tokens", view_func=_about)


def _twice() -> bool:
    """A parameter stands once (RFC 6749, 3.2)."""
    return any(len(values) > 1 for _, values in request.form.lists())


def _about() -> dict[str, Any]:
    issuer = request.host_url.rstrip("/")
    return {
        "issuer": issuer,
        "token_endpoint": issuer + TOKEN_ADDRESS,
        "token_endpoint_auth_methods_supported": ["tls_client_auth"],
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "scopes_supported": sorted(EXCHANGES),
        "tls_client_certificate_bound_access_tokens": True,
        "service_documentation": issuer + "/docs",
    }
