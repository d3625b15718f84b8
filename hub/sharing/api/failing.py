"""Every error of the API as a problem document (RFC 9457). None shows a traceback, a row or a name."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from flask import Flask, Response, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from hub.database import is_busy
from hub.logs import log
from hub.sentences import RefusedError
from hub.sharing.api import problems as p
from hub.sharing.gate import NotAgreedError

logger = logging.getLogger("pims.hub.agencies")

_OF_STATUS: Final = {
    404: p.NOT_FOUND,
    405: p.METHOD,
    406: p.NOT_ACCEPTABLE,
    413: p.TOO_LARGE,
    415: p.MEDIA,
    429: p.TOO_MANY,
    503: p.BUSY,
}
_RETRY_S: Final = "2"


def install(app: Flask) -> None:
    """Answer every error of `app` as a problem."""
    app.register_error_handler(p.ProblemError, _of_problem)
    app.register_error_handler(NotAgreedError, _of_gate)
    app.register_error_handler(RefusedError, _of_refusal)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(Exception, _unexpected)


def answer(
    kind: p.ProblemKind, detail: str = "", headers: Mapping[str, str] | None = None, **members: Any
) -> Response:
    """A problem as an answer."""
    body = msgspec.json.encode(p.document(kind, detail or kind.page, members))
    response = Response(body, kind.status, mimetype=p.MEDIA_TYPE)
    response.headers.update(headers or {})
    return response


def _of_problem(error: p.ProblemError) -> Response:
    return answer(error.kind, error.sentence, error.headers, **error.members)


def _of_gate(error: NotAgreedError) -> Response:
    return answer(p.NOT_AGREED, error.sentence, code=error.code, fields=sorted(error.fields))


def _of_refusal(error: RefusedError) -> Response:
    return answer(p.REFUSED, error.sentence, code=error.code)


def _of_http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return Response(error.get_body(), status, error.get_headers())
    kind = _OF_STATUS.get(status, p.BAD_REQUEST if status < 500 else p.FAULT)
    headers = {}
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return answer(kind, headers=headers)


def _unexpected(error: Exception) -> Response:
    if isinstance(error, OperationalError) and is_busy(error):
        log(logger, logging.WARNING, "the database stayed busy", endpoint=request.endpoint)
        return answer(p.BUSY, headers={"Retry-After": _RETRY_S})
    incident = secrets.token_hex(4)
    # The log's own format leaves out what an error says: it may quote a row.
    logger.error(
        "incident", exc_info=error, extra={"fields": {"incident": incident, "endpoint": request.endpoint}}
    )
    return answer(p.FAULT, instance=f"urn:pims:incident:{incident}")
