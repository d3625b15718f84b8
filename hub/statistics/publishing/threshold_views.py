"""The page of the smallest number that is told: now, over time, and beside what the observatory asks."""

from __future__ import annotations

from datetime import date

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.permissions import Permission
from hub.sentences import RefusedError, Sentence
from hub.sharing.inbox.definitions import in_force
from hub.statistics.control.thresholds import K, history, house_k_on, k_on, set_k, take_over
from hub.web.door import now, reading, writing
from hub.web.known import known_at, known_on, site_today
from hub.web.routes import Pages, number_in

pages = Pages("threshold", __name__, template_folder="templates")


@pages.page("/publications/threshold", Permission.SEE_FIGURES)
def threshold() -> str:
    return _page(None)


@pages.page("/publications/threshold", Permission.PUBLISH_FIGURES, methods=("POST",))
def change() -> Response | tuple[str, int]:
    """Set it from a day on."""
    form = request.form
    try:
        with writing() as session:
            set_k(
                session, number_in(form.get("k", "")), _day(form.get("from", "")), form.get("why", ""),
                actor=acting(), at=now(),
            )  # fmt: skip
    except RefusedError as error:
        return _page(error.message), 409
    return redirect(url_for("threshold.threshold"), 303)


@pages.page("/publications/threshold/observatory", Permission.PUBLISH_FIGURES, methods=("POST",))
def take_over_observatory() -> Response | tuple[str, int]:
    """Set what the observatory asks, from today on."""
    try:
        with writing() as session:
            take_over(session, site_today(), actor=acting(), at=now())
    except RefusedError as error:
        return _page(error.message), 409
    return redirect(url_for("threshold.threshold"), 303)


def _page(problem: Sentence | None) -> str:
    day, heard = known_on(), known_at()
    with reading() as session:
        k = k_on(session, day or site_today(), heard)
        house = house_k_on(session, day or site_today(), heard)
        asked = in_force(session, heard or now())
        rows = history(session, heard)
    return render_template(
        "publishing/threshold.html", k=k, house=house, standard=K, asked=asked, rows=rows, known=day, problem=problem,
        typed=request.form,
    )  # fmt: skip


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise RefusedError("no_day", Sentence("Write the day as in 2026-11-22.")) from None
