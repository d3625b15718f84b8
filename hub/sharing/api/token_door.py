"""The address where tokens are asked for, and what a program finds out about it by itself (RFC 8414)."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, g, jsonify, request

from hub.database import session_scope
from hub.sharing.api.door import Interface, known
from hub.sharing.api.oauth import Asking, give_token, token_server
from hub.sharing.api.openapi_parts import TOKEN_ADDRESS
from hub.sharing.api.problems import MEDIA, ProblemError
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
        wrong = _wrong()
        if wrong:
            return _invalid(wrong)
        with session_scope(service(Interface).sessions) as session:
            return give_token(server, Asking(session, known(), g.at))

    app.add_url_rule(TOKEN_ADDRESS, endpoint="token", view_func=token, methods=["POST"])
    app.add_url_rule("/.well-known/oauth-authorization-server", endpoint="about_tokens", view_func=_about)


def _wrong() -> str:
    """What is wrong with the form before anybody asks who sends it (RFC 6749, 3.2 and 5.2); "" for nothing."""
    if request.args:
        return "Parameters stand in the body, not in the address."
    if any(len(values) > 1 for _, values in request.form.lists()):
        return "A parameter stands there twice."
    if any("\x00" in text for pair in request.form.items() for text in pair):
        return "A parameter holds a character that no text may hold."
    missing = [name for name in ("grant_type", "client_id") if not request.form.get(name)]
    return f"Missing: {', '.join(missing)}." if missing else ""


def _invalid(why: str) -> Response:
    response = jsonify(error="invalid_request", error_description=why)
    response.status_code = 400
    response.headers["Cache-Control"] = "no-store"
    return response


def _about() -> dict[str, Any]:
    issuer = service(Interface).address
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
