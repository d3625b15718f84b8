"""Scans of papers: handed in, listed on the file, shown so that nothing in them runs."""

from __future__ import annotations

from datetime import date
from typing import Final

from flask import Response, abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Redirect

from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.biometrics.documents.actions import Scan, attach, open_document
from hub.biometrics.documents.sniffing import ENDINGS, MAX_BYTES
from hub.biometrics.vault import Vault
from hub.custody.facts.actions import FactFaultsError
from hub.custody.papers import DOCUMENT, HEALTH_DOCUMENT, PAPER_SORTS, PaperSort
from hub.reception.file.papers import may_open
from hub.reception.file.sections import may_record
from hub.reception.file.subject import Look, actor, look
from hub.reception.file.values import clean
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, service, writing
from hub.web.headers import SANDBOX
from hub.web.routes import Pages

pages = Pages("documents", __name__, template_folder="templates")

MAX_FORM_BYTES: Final = MAX_BYTES + 64 * 1024
_SHOWN: Final = frozenset({"image/jpeg", "image/png"})
"""What a browser shows by itself; the others are saved and opened with what the desk has for them."""


@pages.page("/people/<number>/documents/<int:document>", Permission.SEE_PEOPLE)
def document(number: str, document: int) -> Response:
    # The look is committed before anything is shown.
    with writing() as session:
        seen = look(session, number)
        opened = open_document(session, service(Vault), document, seen.ids)
        if opened is None or not may_open(seen, opened.document):
            abort(404)
        write_down(
            session,
            at=now(),
            actor=actor(),
            act="document.look",
            subject=seen.asked.number,
            detail=f"document {document} {opened.document.sha256[:16]}",
        )
    media_type = opened.document.media_type
    shown = "inline" if media_type in _SHOWN and request.args.get("save") != "1" else "attachment"
    response = Response(opened.raw, mimetype=media_type)
    response.headers["Content-Security-Policy"] = SANDBOX
    name = f"{seen.asked.number}-{document}.{ENDINGS[media_type]}"
    response.headers["Content-Disposition"] = f'{shown}; filename="{name}"'
    return response


@pages.page("/people/<number>/documents/new", Permission.SEE_PEOPLE)
def new(number: str) -> str:
    return _form(number, {}, {})


@pages.page(
    "/people/<number>/documents/new", Permission.SEE_PEOPLE, methods=("POST",), max_bytes=MAX_FORM_BYTES
)
def add_now(number: str) -> Redirect | tuple[str, int]:
    typed = {name: clean(request.form.get(name, "")) for name in ("title", "sort", "dated_on", "health")}
    faults: dict[str, Sentence] = {}
    dated_on = _day(typed["dated_on"], faults)
    if not typed["title"]:
        faults["title"] = Sentence("Fill this in.")
    part = request.files.get("scan")
    if part is None or not part.filename:
        faults["scan"] = Sentence("Choose the scan.")
    try:
        if part is not None and not faults:
            with writing() as session:
                seen = _writer(look(session, number))
                _attach(session, seen, Scan(part.filename or "", part.stream.read()), typed, dated_on)
            return redirect(url_for("people.file", number=number) + "#documents", 303)
    except FactFaultsError as error:
        faults |= error.faults
    except RefusedError as error:
        faults["scan"] = error.message
    return _form(number, typed, faults), 400


def _attach(session: Session, seen: Look, scan: Scan, typed: dict[str, str], dated_on: date | None) -> None:
    # Whoever may write for the clinic alone adds to the clinic's papers.
    health = typed["health"] == "yes" or not may_record(seen, DOCUMENT)
    if not may_record(seen, HEALTH_DOCUMENT if health else DOCUMENT):
        abort(403)
    sort = PaperSort(typed["sort"]) if typed["sort"] in tuple(PaperSort) else PaperSort.OTHER
    attach(
        session,
        service(Vault),
        seen.person.id,
        scan,
        title=typed["title"],
        at=now(),
        actor=actor(),
        health=health,
        sort=sort,
        dated_on=dated_on,
    )


def _writer(seen: Look) -> Look:
    if not (may_record(seen, DOCUMENT) or may_record(seen, HEALTH_DOCUMENT)):
        abort(403)
    return seen


def _form(number: str, typed: dict[str, str], faults: dict[str, Sentence]) -> str:
    with writing() as session:
        seen = _writer(look(session, number))
        write_down(session, at=now(), actor=actor(), act="document.form", subject=seen.asked.number)
    return render_template(
        "document_new.html",
        look=seen,
        typed=typed,
        faults=faults,
        sorts=PAPER_SORTS,
        both=may_record(seen, DOCUMENT) and may_record(seen, HEALTH_DOCUMENT),
        max_bytes=MAX_BYTES,
    )


def _day(text: str, faults: dict[str, Sentence]) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        faults["dated_on"] = Sentence(
            "There is no such day. Write it as year-month-day, for example 1990-11-22."
        )
        return None
