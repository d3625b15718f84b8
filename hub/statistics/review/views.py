"""Pages of one revision of the yearly review: its recommendations to work on, signing, freezing, and its files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import Response as Sent
from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.permissions import Permission
from hub.biometrics.vault import Vault
from hub.sentences import RefusedError, Sentence
from hub.statistics.review import actions, freezing
from hub.statistics.review.desk import pages
from hub.statistics.review.paper.words import Speaker, groups
from hub.statistics.review.reading.kept import Standing, standing_of
from hub.statistics.review.records import Review
from hub.statistics.review.showing import bundle, page_file, paper, pdf_file, touched_papers
from hub.statistics.review.signing import is_genuine
from hub.web.door import now, reading, service, visitor, writing
from hub.web.known import known_at, known_on
from hub.web.language import LANGUAGES, current_language

__all__ = ("pages",)

_KINDS: Final[dict[str, tuple[Callable[[Vault, Standing, str], bytes], str]]] = {
    "pdf": (pdf_file, "application/pdf"),
    "html": (page_file, "text/html"),
}


@pages.page("/review/<int:number>", Permission.SEE_FIGURES)
def show(number: int) -> str:
    return _show(number, None)


@pages.page("/review/<int:number>/<kind>/<tongue>", Permission.SEE_FIGURES)
def file(number: int, kind: str, tongue: str) -> Sent:
    if kind not in _KINDS or tongue not in LANGUAGES:
        abort(404)
    with reading() as session:
        one = _standing(session, number)
    make_file, media_type = _KINDS[kind]
    answer = Sent(make_file(service(Vault), one, tongue), mimetype=media_type)
    name = f"data-policy-review-{one.row.year}-{one.row.revision}-{tongue}.{kind}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@pages.page("/review/<int:number>/seal.zip", Permission.SEE_FIGURES)
def seal_files(number: int) -> Sent:
    """What anybody needs to check a frozen review without this hub."""
    with reading() as session:
        one = _standing(session, number)
    if one.seal is None:
        abort(404)
    name = f"data-policy-review-{one.row.year}-{one.row.revision}"
    answer = Sent(bundle(one, name), mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-seal.zip"'
    return answer


@pages.page("/review/<int:number>/recommendations", Permission.WRITE_REVIEW, methods=("POST",))
def work(number: int) -> Response | tuple[str, int]:
    form, at = request.form, now()
    key, text = form.get("key", ""), form.get("text", "")
    acts: dict[str, Callable[[Session], None]] = {
        "reword": lambda s: actions.reword(s, number, key, text, actor=acting(), at=at),
        "drop": lambda s: actions.drop(s, number, key, form.get("reason", ""), actor=acting(), at=at),
        "restore": lambda s: actions.restore(s, number, key, actor=acting(), at=at),
        "add": lambda s: actions.add(s, number, text, actor=acting(), at=at),
    }
    return _acted(number, acts.get(form.get("act", ""), _nothing), anchor="s-recommendations")


@pages.page("/review/<int:number>/sign", Permission.WRITE_REVIEW, methods=("POST",))
def sign(number: int) -> Response | tuple[str, int]:
    digest, at = request.form.get("digest", ""), now()
    return _acted(number, lambda session: actions.sign(session, number, digest, actor=acting(), at=at))


@pages.page("/review/<int:number>/freeze", Permission.PUBLISH_FIGURES, methods=("POST",))
def freeze(number: int) -> Response | tuple[str, int]:
    digest, at, vault = request.form.get("digest", ""), now(), service(Vault)
    try:
        with reading() as session:  # sets the papers, and holds up nobody who writes
            one = _standing(session, number)
            prepared = freezing.prepare(session, vault, one, digest, actor=acting(), at=at)
    except RefusedError as error:
        return _show(number, error.message), 409

    def act(session: Session) -> None:
        freezing.freeze(session, vault, number, prepared, actor=acting())

    return _acted(number, act)


def _nothing(_session: Session) -> None:
    raise RefusedError("no_act", Sentence("Choose what to do."))


def _acted(number: int, act: Callable[[Session], None], anchor: str = "") -> Response | tuple[str, int]:
    try:
        with writing() as session:
            act(session)
    except RefusedError as error:
        return _show(number, error.message), 409
    return redirect(url_for("review.show", number=number, _anchor=anchor or None), 303)


def _standing(session: Session, number: int) -> Standing:
    row, known = session.get(Review, number), known_at()
    if row is None or (known is not None and row.made_at > known):
        abort(404)
    return standing_of(session, row, known)


def _show(number: int, problem: Sentence | None) -> str:
    vault, speak = service(Vault), Speaker(current_language())
    with reading() as session:
        one = _standing(session, number)
    who, free = visitor(), one.seal is None and one.newest and known_on() is None
    return render_template(
        "review.html", one=one, paper=paper(vault, one, current_language()), problem=problem,
        groups=groups(speak, one.content, with_dropped=True),
        genuine=one.seal is not None and is_genuine(vault, one.seal), languages=LANGUAGES, known=known_on(),
        writes=free and who.may(Permission.WRITE_REVIEW), directs=free and who.may(Permission.PUBLISH_FIGURES),
        typed=request.form, touched=touched_papers(vault, one),
    )  # fmt: skip
