"""Pages of the yearly reviews: the list of them, making one, and how far that is."""

from __future__ import annotations

from typing import Final

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.permissions import Permission
from hub.sentences import RefusedError, Sentence
from hub.statistics.review import making
from hub.statistics.review.making import Maker
from hub.statistics.review.progress import WORDS, Part, Progress
from hub.statistics.review.reading.kept import listed
from hub.statistics.review.records import ReviewMaking
from hub.web.door import now, reading, service, writing
from hub.web.formats import SITE_ZONE
from hub.web.kept_sentences import read_sentence
from hub.web.known import known_at, known_on
from hub.web.routes import Pages, number_in

pages = Pages("review", __name__, template_folder="templates")

_FIRST_YEAR: Final = 2000


@pages.page("/review", Permission.SEE_FIGURES)
def reviews() -> str:
    return _list(None)


@pages.page("/review", Permission.WRITE_REVIEW, methods=("POST",))
def make() -> Response | tuple[str, int]:
    year, why, at = number_in(request.form.get("year", "")), request.form.get("why", ""), now()
    try:
        if not _FIRST_YEAR <= year <= at.astimezone(SITE_ZONE).year:
            raise RefusedError("no_year", Sentence("Choose a year from 2000 to the present one."))
        with writing() as session:
            number = making.ask(session, year, why, actor=acting(), at=at).id
    except RefusedError as error:
        return _list(error.message), 409
    service(Maker).go(number)
    return redirect(url_for("review.made", number=number), 303)


@pages.page("/review/making/<int:number>", Permission.SEE_FIGURES)
def made(number: int) -> Response | str:
    """How far the making of a review is; the review, once it is there."""
    found = _making(number)
    if found.review_id is not None:
        return redirect(url_for("review.show", number=found.review_id), 303)
    return render_template("review_making.html", **_progress(found))


@pages.page("/review/making/<int:number>/standing", Permission.SEE_FIGURES)
def standing(number: int) -> str:
    """Its progress alone, asked for again by itself."""
    return render_template("review_standing.html", **_progress(_making(number)))


def _making(number: int) -> ReviewMaking:
    """One that nobody is at any more is taken up by whoever looks."""
    with reading() as session:
        found = session.get(ReviewMaking, number)
    if found is None:
        abort(404)
    if service(Maker).stalled(found):
        service(Maker).go(number)
    return found


def _progress(found: ReviewMaking) -> dict[str, object]:
    part = Part(found.part or Part.FIGURES)
    return {
        "making": found,
        "percent": Progress(part, found.done, found.total).percent,
        "words": WORDS[part],
        "problem": read_sentence(found.problem) if found.problem else None,
    }


def _list(problem: Sentence | None) -> str:
    this = now().astimezone(SITE_ZONE).year
    with reading() as session:
        rows = listed(session, known_at())
        open_ones = making.under_way(session) if known_at() is None else []
    return render_template(
        "reviews.html", rows=rows, open_ones=open_ones, years=range(this, this - 5, -1), problem=problem,
        typed=request.form, known=known_on(),
    )  # fmt: skip
