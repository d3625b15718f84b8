"""The page of retention: rules and who agreed on them, what is due, and the deletion between two persons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.fresh import require_fresh_factor
from hub.accounts.permissions import Permission
from hub.keeping.retention import actions
from hub.keeping.retention.actions import RuleDraft
from hub.keeping.retention.reading import all_rules, approved_rules, items_of, open_run, outlook
from hub.keeping.retention.records import RetentionRun
from hub.keeping.retention.rules import OUTCOMES, binding
from hub.keeping.retention.things import THINGS, Thing
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, visitor, writing
from hub.web.formats import SITE_ZONE
from hub.web.routes import Pages, number_in

pages = Pages("retention", __name__, template_folder="templates")

_SHOWN = 200


@pages.page("/retention", Permission.APPLY_RETENTION)
def retention() -> str:
    return _page(None)


@pages.page("/retention/rules", Permission.APPLY_RETENTION, methods=("POST",))
def propose() -> Response | tuple[str, int]:
    def act(session: Session) -> None:
        actions.propose_rule(session, _draft(), actor=acting(), at=now())

    return _done(act)


@pages.page("/retention/rules/<int:number>", Permission.APPLY_RETENTION, methods=("POST",))
def decide(number: int) -> Response | tuple[str, int]:
    approve = request.form.get("decision") == "approve"

    def act(session: Session) -> None:
        actions.decide_rule(session, number, approve=approve, actor=acting(), at=now())

    return _done(act)


@pages.page("/retention/deletions", Permission.APPLY_RETENTION, methods=("POST",))
def make() -> Response | tuple[str, int]:
    return _done(lambda session: actions.make_run(session, actor=acting(), at=now()))


@pages.page("/retention/deletions/<int:number>", Permission.APPLY_RETENTION, methods=("POST",))
def settle(number: int) -> Response | tuple[str, int]:
    decision = request.form.get("decision", "")
    if decision == "confirm":
        ask = require_fresh_factor()
        if ask is not None:
            return ask
        return _done(lambda session: actions.confirm_run(session, number, actor=acting(), at=now()))
    if decision == "give_up":
        return _done(lambda session: actions.give_up_run(session, number, actor=acting(), at=now()))
    abort(400)


def _done(act: Callable[[Session], object]) -> Response | tuple[str, int]:
    try:
        with writing() as session:
            act(session)
    except RefusedError as error:
        return _page(error.message), 409
    return redirect(url_for("retention.retention"), 303)


def _page(problem: Sentence | None) -> str:
    today = now().astimezone(SITE_ZONE).date()
    with writing() as session:
        found = outlook(session, today)
        rules = all_rules(session)
        run = open_run(session)
        items = _items(session, run)
        detail = f"{len(found.items)} due"
        write_down(session, at=now(), actor=acting(), act="retention.look", detail=detail)
        in_force = {rule.id for rule in binding(approved_rules(session), today).values()}
    counts = Counter((item.thing, item.due.rule_id) for item in found.items)
    return render_template(
        "retention.html",
        problem=problem,
        typed=request.form,
        rules=rules,
        by_id={rule.id: rule for rule in rules},
        in_force=in_force,
        outcomes=OUTCOMES,
        things={thing.value: words for thing, words in THINGS.items()},
        due=found.items[:_SHOWN],
        due_in_all=len(found.items),
        counts=sorted(counts.items()),
        held=found.held,
        run=run,
        run_items=items,
        today=today,
        me=visitor().login,
    )


def _items(session: Session, run: RetentionRun | None) -> Counter[str]:
    """Items of the open deletion by what became of them; "" is still to be done."""
    return Counter() if run is None else Counter(item.result for item in items_of(session, run.id))


def _draft() -> RuleDraft:
    form = request.form
    days = form.get("keep_days", "").strip()
    for_ever = form.get("for_ever") == "1"
    if not for_ever and not (days.isascii() and days.isdigit() and len(days) < 7):
        raise RefusedError(
            "keep_days",
            Sentence("Write how many days something is kept, from 0 to 43,800, or choose for ever."),
        )
    try:
        effective_on = date.fromisoformat(form.get("effective_on", "").strip())
    except ValueError:
        raise RefusedError("no_day", Sentence("Write the day as in 2026-11-22.")) from None
    return RuleDraft(
        outcome=form.get("outcome", ""),
        thing=form.get("thing", Thing.BIOMETRICS.value),
        keep_days=None if for_ever else number_in(days),
        authority=form.get("authority", ""),
        effective_on=effective_on,
    )
