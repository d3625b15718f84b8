"""Which checks are made, by which figures, with which authority, and whose their findings are."""

from __future__ import annotations

from datetime import date

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.permissions import Permission
from hub.docket.limits import UNITS, WORKING_FIGURE
from hub.docket.limits_in_force import history_of, limits_on, rows_on, set_limit
from hub.docket.ownership import name_owner, named_owners, workers
from hub.docket.rules import CHECKS, all_limits
from hub.docket.rules.base import BANDS
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, writing
from hub.web.formats import SITE_ZONE
from hub.web.routes import Pages, number_in

pages = Pages("docket_rules", __name__, template_folder="templates")


@pages.page("/docket/rules", Permission.SEE_DOCKET)
def rules() -> str:
    return _show(None)


@pages.page("/docket/rules/figure", Permission.SET_POLICIES, methods=("POST",))
def figure() -> Response | tuple[str, int]:
    form = request.form
    try:
        with writing() as session:
            set_limit(
                session, form.get("name", ""), number_in(form.get("value", "").strip()), _day(form),
                form.get("authority", ""), actor=acting(), at=now(),
            )  # fmt: skip
    except RefusedError as error:
        return _show(error.message), 400
    return redirect(url_for("docket_rules.rules", name=form.get("name", "")), 303)


@pages.page("/docket/rules/owner", Permission.SET_POLICIES, methods=("POST",))
def owner() -> Response | tuple[str, int]:
    form = request.form
    try:
        with writing() as session:
            name_owner(session, form.get("check", ""), form.get("login") or None, actor=acting(), at=now())
    except RefusedError as error:
        return _show(error.message), 400
    return redirect(url_for("docket_rules.rules"), 303)


def _day(form: dict[str, str]) -> date:
    try:
        return date.fromisoformat(form.get("effective_on", "").strip())
    except ValueError:
        raise RefusedError("day", Sentence("Write the day from which it holds, as in 2026-11-22.")) from None


def _show(problem: Sentence | None) -> str:
    limits = all_limits()
    name = request.values.get("name", "")
    today = now().astimezone(SITE_ZONE).date()
    with reading() as session:
        return render_template(
            "docket_rules.html",
            checks=CHECKS,
            bands=BANDS,
            limits=limits,
            values=limits_on(session, today).values,
            rows=rows_on(session, today),
            units=UNITS,
            working=WORKING_FIGURE,
            named=named_owners(session),
            workers=workers(session),
            chosen=limits.get(name),
            history=history_of(session, name) if name in limits else [],
            typed=request.form,
            problem=problem,
            today=today,
        )
