"""The description as a document for programs and as pages for engineers, with no script and nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from flask import Flask, Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from hub.sharing.api.openapi import describe, problem_kinds
from hub.sharing.api.problems import ProblemKind
from hub.sharing.api.reference import Chapter, chapters
from hub.sharing.api.routes import ApiRoutes
from hub.web.door import service


@dataclass
class Described:
    """What the API is, described once for all who ask."""

    api: Sequence[ApiRoutes]
    _document: dict[str, Any] = field(default_factory=dict, repr=False)
    _chapters: list[Chapter] = field(default_factory=list, repr=False)

    @property
    def document(self) -> dict[str, Any]:
        """OpenAPI 3.1."""
        if not self._document:
            self._document = describe(self.api)
        return self._document

    @property
    def chapters(self) -> list[Chapter]:
        """The same for reading."""
        if not self._chapters:
            self._chapters = chapters(self.api, self.document)
        return self._chapters

    @property
    def problems(self) -> list[ProblemKind]:
        return problem_kinds(self.api)


def as_json(document: dict[str, Any]) -> bytes:
    """The description as it is served and as it stands in docs."""
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def install(app: Flask) -> None:
    """Serve the description; the certificate is asked for, a token is not."""
    app.add_url_rule("/", endpoint="begin", view_func=_begin)
    app.add_url_rule("/docs", endpoint="docs", view_func=_docs)
    app.add_url_rule("/v1/openapi.json", endpoint="openapi", view_func=_openapi)
    app.add_url_rule("/problems", endpoint="problems", view_func=_problems)
    app.add_url_rule("/problems/<code>", endpoint="problem", view_func=_problem)


def _begin() -> AnyResponse:
    return redirect("/docs", 303)


def _docs() -> str:
    return render_template("agency_docs.html", described=service(Described), here="docs")


def _openapi() -> Response:
    response = Response(as_json(service(Described).document), mimetype="application/json")
    response.add_etag()
    response.make_conditional(request)
    return response


def _problems() -> str:
    return render_template("agency_problems.html", kinds=service(Described).problems, here="problems")


def _problem(code: str) -> str:
    found = [kind for kind in service(Described).problems if kind.code == code]
    if not found:
        abort(404)
    return render_template("agency_problems.html", kinds=found, here="")
