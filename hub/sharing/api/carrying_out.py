"""One call from address to answer: what it takes is read strictly, then the operation runs in one transaction."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any, Final

import msgspec
from flask import Flask, Response, g, request
from sqlalchemy.orm import Session

from hub.database import session_scope
from hub.sharing.api.calls import Answer, Call, Client, Unwritten, WriterNeededError
from hub.sharing.api.decoding import check_path, read_body, read_query
from hub.sharing.api.door import Interface, admit, known
from hub.sharing.api.idempotency import Begun, Written, begin
from hub.sharing.api.problems import (
    BAD_PARAMETERS,
    BAD_REQUEST,
    MEDIA,
    NO_KEY,
    NOT_ACCEPTABLE,
    TOO_LARGE,
    NotedProblemError,
    ProblemError,
)
from hub.sharing.api.routes import Operation
from hub.sharing.catalogue import Way
from hub.sharing.gate import refusals_noted
from hub.web.door import service

KEY_HEADER: Final = "Idempotency-Key"
KEY_PATTERN: Final = r"[A-Za-z0-9._:-]{8,128}"


def mount(app: Flask, operation: Operation) -> None:
    """Give the operation its address."""
    app.add_url_rule(
        operation.flask_rule,
        endpoint=f"{operation.tag}.{operation.name}",
        view_func=_view(operation),
        methods=[operation.method],
    )


def _view(operation: Operation) -> Callable[..., Response]:
    def view(**path: str) -> Response:
        g.operation = operation
        client = admit(operation)
        _check_accept(operation)
        check_path(path, operation.path)
        given: dict[str, Any] = dict(path)
        query = read_query(request.args, operation.query)
        if operation.query is not None:
            given["query"] = query
        raw = _body(operation)
        if operation.body is not None:
            given["body"] = read_body(raw, operation.body)
        return _carry_out(operation, client, given, raw)

    return view


def _carry_out(operation: Operation, client: Client, given: dict[str, Any], raw: bytes) -> Response:
    try:
        return _in_one(operation, client, given, raw, writes=operation.writes)
    except WriterNeededError:
        return _in_one(operation, client, given, raw, writes=True)
    except NotedProblemError as problem:
        with session_scope(service(Interface).sessions) as session:
            problem.note(session)
        raise


def _in_one(
    operation: Operation, client: Client, given: dict[str, Any], raw: bytes, *, writes: bool
) -> Response:
    interface = service(Interface)
    noted = refusals_noted(interface.sessions, at=g.at, actor=client.actor, way=Way.PULL)
    with noted:
        with session_scope(interface.sessions, writes=writes) as session:
            if operation.method == "POST":
                return _once(operation, client, session, given, raw)
            answer = _ask(operation, Call(client, g.at, session, writes), given)
        if isinstance(answer, Unwritten):
            with session_scope(interface.sessions) as session:
                answer = answer.write(session)
        written = _write(operation, answer)
    return _with_tag(_response(written, answer), answer, written)


def _once(
    operation: Operation, client: Client, session: Session, given: dict[str, Any], raw: bytes
) -> Response:
    claimed = begin(session, known().client, _key(), request.path, raw, g.at)
    if not isinstance(claimed, Begun):
        response = _response(claimed, Answer(location=claimed.location))
        response.headers["Idempotency-Replayed"] = "true"
        return response
    answer = _ask(operation, Call(client, g.at, session, sent=raw), given)
    assert isinstance(answer, Answer)  # what comes in is written in one
    written = _write(operation, answer)
    claimed.finish(written)
    return _response(written, answer)


def _ask(operation: Operation, call: Call, given: dict[str, Any]) -> Answer | Unwritten:
    found = operation.view(call, **given)
    return found if isinstance(found, Answer | Unwritten) else Answer(found)


def _write(operation: Operation, answer: Answer) -> Written:
    status = answer.status or next(iter(operation.answers))
    if answer.raw is not None:
        return Written(status, answer.raw, answer.media_type, answer.location)
    return Written(status, msgspec.json.encode(answer.document), "application/json", answer.location)


def _response(written: Written, answer: Answer) -> Response:
    response = Response(written.body, written.status, content_type=written.media_type)
    response.headers.update(answer.headers)
    if written.location:
        response.headers["Location"] = written.location
        response.autocorrect_location_header = False
    return response


def _with_tag(response: Response, answer: Answer, written: Written) -> Response:
    """ETag and 304 (RFC 9110): a client that has the same already is told only that."""
    tag = hashlib.sha256(answer.etag.encode() if answer.etag else written.body).hexdigest()[:32]
    response.set_etag(tag)
    response.headers.setdefault("Cache-Control", "private, no-cache")
    if response.status_code == 200 and request.if_none_match.contains_weak(tag):
        response.set_data(b"")
        response.status_code = 304
        del response.headers["Content-Type"]
        response.headers.pop("Content-Length", None)
    return response


def _body(operation: Operation) -> bytes:
    if operation.body is None and operation.method == "GET":
        return b""
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if operation.body is not None and (
        request.mimetype != "application/json" or charset not in ("utf-8", "utf8")
    ):
        raise ProblemError(MEDIA, headers={"Accept": "application/json"})
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise ProblemError(MEDIA, headers={"Accept-Encoding": "identity"})
    return _read_whole(operation.max_bytes)


def _read_whole(most: int) -> bytes:
    """The body; one byte more than may be is asked for, as a body in chunks says no length beforehand."""
    request.max_content_length = most + 1
    try:
        raw = request.get_data(cache=False)
    except OSError:
        raise ProblemError(BAD_REQUEST, "The body broke off.") from None
    if len(raw) > most:
        raise ProblemError(TOO_LARGE)
    return raw


def _key() -> str:
    given = request.headers.get(KEY_HEADER)
    if given is None:
        raise ProblemError(NO_KEY)
    if re.fullmatch(KEY_PATTERN, given) is None:
        said = {"pointer": KEY_HEADER, "detail": f"Expected a text like {KEY_PATTERN}"}
        raise ProblemError(BAD_PARAMETERS, errors=[said])
    return given


def _check_accept(operation: Operation) -> None:
    if request.headers.get("Accept") and not any(
        request.accept_mimetypes.quality(one) for one in operation.media_types()
    ):
        raise ProblemError(NOT_ACCEPTABLE)
