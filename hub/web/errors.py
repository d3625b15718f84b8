"""Errors as pages for people and as RFC 9457 problem details for programs. Neither shows a traceback."""

from __future__ import annotations

import logging
import secrets
import traceback
from http import HTTPStatus
from typing import Final

import msgspec
from flask import Flask, Response, current_app, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from hub.database import is_busy
from hub.sentences import RefusedError, Sentence
from hub.web.door import visitor_or_none
from hub.web.language import say
from hub.web.routes import required_permission

log = logging.getLogger("pims.hub.web")

_SENTENCES: Final = {
    400: Sentence("The request could not be understood. Go back and try again."),
    401: Sentence("Sign in to go on."),
    403: Sentence("Your role does not allow this. If your work needs it, ask the administrator."),
    404: Sentence("There is no such page. It may have moved, or the address was typed wrongly."),
    405: Sentence("This page does not take that kind of request. Go back and try again."),
    413: Sentence("That is too much for one request. Choose smaller files."),
    429: Sentence("Too many requests. Wait a moment and try again."),
    500: Sentence(
        "Something went wrong in the hub. Nothing was changed. Try again, and tell the technician."
    ),
    503: Sentence("The hub is busy. Wait a moment and try again."),
}
_TOO_LARGE: Final = Sentence(
    "That is too much for one request: this page takes at most %(mb)s MB. Nothing was stored. "
    "Go back: what you typed is still there. Choose smaller files, or scan with fewer dots per inch."
)
_OPENED_BY_GLASS: Final = frozenset({"see_people", "see_health"})
"""Of pages that need these, break-glass opens those about one person."""
_FORM_EXPIRED = Sentence("This form has expired. Go back, open the page again and repeat it.")
_TITLES: Final = {
    400: "Not understood",
    401: "Sign in",
    403: "Not allowed",
    404: "Not found",
    405: "Not possible here",
    413: "Too large",
    500: "Something went wrong",
    503: "Busy",
}


def wants_json() -> bool:
    """Whether the client asked for JSON or an event stream rather than a page."""
    best = request.accept_mimetypes.best_match(
        ["text/html", "application/json", "application/problem+json", "text/event-stream"], "text/html"
    )
    return best != "text/html"


def install(app: Flask) -> None:
    """Answer every error of `app` in words."""
    app.register_error_handler(CSRFError, lambda _error: answer(400, _FORM_EXPIRED))
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(RefusedError, lambda error: answer(409, error.message, code=error.code))
    app.register_error_handler(Exception, _unexpected)


def answer(status: int, sentence: Sentence, *, code: str = "", incident: str = "") -> Response:
    """The error as page or problem document."""
    title = _TITLES.get(status) or HTTPStatus(status).phrase
    if wants_json():
        return _problem(status, title, sentence, code, incident)
    page = render_template(
        "error.html",
        status=status,
        title=title,
        sentence=sentence,
        incident=incident,
        glass=_closed_file() if status == HTTPStatus.FORBIDDEN else "",
    )
    return Response(page, status, mimetype="text/html")


def _closed_file() -> str:
    """The number that was asked for where break-glass would open it, whether it is anybody's or not; "" elsewhere."""
    who = visitor_or_none()
    if who is None or request.endpoint is None or request.method != "GET" or not who.may("break_glass"):
        return ""
    needed = required_permission(current_app.view_functions[request.endpoint])
    return str((request.view_args or {}).get("number", "")) if needed in _OPENED_BY_GLASS else ""


def _of_http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400 or status not in HTTPStatus._value2member_map_:
        return Response(error.get_body(), status, error.get_headers())
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and request.max_content_length:
        return answer(status, Sentence(_TOO_LARGE.text, {"mb": max(1, request.max_content_length >> 20)}))
    return answer(status, _SENTENCES.get(status, _SENTENCES[400 if status < 500 else 500]))


def _unexpected(error: Exception) -> Response:
    if isinstance(error, OperationalError) and is_busy(error):
        log.warning("the database stayed busy at %s", request.endpoint)
        return answer(503, _SENTENCES[503])
    incident = secrets.token_hex(4)
    # The error's own text can quote a row, and so a name: only its kind and place are logged.
    place = "".join(traceback.format_tb(error.__traceback__))
    log.error("incident %s: %s at %s\n%s", incident, type(error).__name__, request.endpoint, place)
    return answer(500, _SENTENCES[500], incident=incident)


def _problem(status: int, title: str, sentence: Sentence, code: str, incident: str) -> Response:
    document = {"type": "about:blank", "title": say(title), "status": status, "detail": say(sentence)}
    if code:
        document["code"] = code
    if incident:
        document["instance"] = f"urn:pims:incident:{incident}"
    return Response(msgspec.json.encode(document), status, mimetype="application/problem+json")
