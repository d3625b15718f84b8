"""Moves that come again, and the limits of all moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.custody.queries import person_by_number
from hub.custody.records import Person
from hub.movements import typed_moves as typed
from hub.movements.move_limits import NAMES, Limits, PassRules, history, limits, set_limits
from hub.movements.passes.clashes import Clash, Grade
from hub.movements.passes.looking import Plan
from hub.movements.passes.planning import ClashesError, Override
from hub.movements.passes.records import PassSeries
from hub.movements.passes.rules import Escort, Reason
from hub.movements.passes.series import (
    SeriesDraft,
    add_people,
    all_series,
    begin_series,
    end_series,
    members_of,
    remove_person,
)
from hub.movements.passes.series_days import Times, days_ahead, leave_out, move_day, next_plan
from hub.movements.passes.sources import named_people, people_of, rosters, typed_people
from hub.movements.passes.words import ESCORTS, REASONS
from hub.movements.site.tree import load
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, writing
from hub.web.known import known_at, known_on, site_today
from hub.web.routes import Pages, number_in

pages = Pages("move_series", __name__, template_folder="templates")

LIMIT_WORDS: Final = {
    "early_s": Sentence("So long before the window somebody may set out"),
    "grace_s": Sentence("Added to what a way takes before somebody is overdue"),
    "unaccounted_after_s": Sentence("Overdue so long without a proof: unaccounted for"),
    "late_s": Sentence("A latecomer is let in so long after the window"),
    "converge_s": Sentence("Ways of two who must not meet are compared so far ahead"),
    "plan_ahead_s": Sentence("Series, visits and court dates become moves so far ahead"),
    "away_grace_s": Sentence("After the time of return, before somebody outside is overdue"),
    "not_left_after_s": Sentence("After the time of leaving, before somebody is told that nobody left"),
    "way_s": Sentence("What a way takes on which nobody was timed yet"),
    "away_lost_after_s": Sentence("Overdue from outside so long: unaccounted for"),
    "court_before_s": Sentence("Leaving so long before a date in court"),
    "court_after_s": Sentence("Due back so long after a date in court"),
    "visit_before_s": Sentence("Called so long before a visit"),
    "out_before_s": Sentence("May set out inside so long before leaving the prison"),
}


@pages.page("/moves/series", Permission.SEE_MOVES)
def series() -> str:
    return _list(None)


@pages.page("/moves/series", Permission.PLAN_MOVES, methods=("POST",))
def begin() -> Response | tuple[str, int]:
    try:
        with writing() as session:
            number = begin_series(session, _draft(session), actor=acting(), at=now())
    except RefusedError as error:
        return _list(error.message), 409
    return redirect(url_for("move_series.one_series", number=number), 303)


@pages.page("/moves/series/<int:number>", Permission.SEE_MOVES)
def one_series(number: int) -> str:
    return _show(number, None)


@pages.page("/moves/series/<int:number>", Permission.PLAN_MOVES, methods=("POST",))
def change_series(number: int) -> Response | tuple[str, int]:
    try:
        signed = typed.signer()
        override = None if signed is None else Override(signed, typed.text("override_reason"))
        with writing() as session:
            _change(session, number, override)
    except ClashesError as error:
        return _show(number, error.message, error.plan), 409
    except RefusedError as error:
        return _show(number, error.message), 409
    return redirect(url_for("move_series.one_series", number=number), 303)


@pages.page("/moves/rules", Permission.SET_LOCATION_RULES)
def rules() -> str:
    return _rules(None)


@pages.page("/moves/rules", Permission.SET_LOCATION_RULES, methods=("POST",))
def keep_rules() -> Response | tuple[str, int]:
    try:
        values = {name: _seconds(name) for name in NAMES}
        with writing() as session:
            set_limits(session, Limits(**values), reason=typed.text("reason"), actor=acting(), at=now())
    except RefusedError as error:
        return _rules(error.message), 409
    return redirect(url_for("move_series.rules"), 303)


def _change(session: Session, number: int, override: Override | None) -> None:
    act, at = request.form.get("act"), now()
    if act == "add":
        people = typed_people(session, typed.text("people", 40_000))
        if request.form.get("roster"):
            people = list(dict.fromkeys([*people, *people_of(session, request.form["roster"][:200], at)]))
        if not people:
            raise RefusedError("nobody", Sentence("Write the numbers of the people, or choose a list."))
        if request.form.get("clear") == "1":
            people = _clear_of(session, number, people)
        add_people(session, number, people, override=override, actor=acting(), at=at)
    elif act == "remove":
        person = person_by_number(session, typed.text("person", 16))
        remove_person(session, number, 0 if person is None else person.id, actor=acting(), at=at)
    elif act == "skip":
        leave_out(
            session, number, typed.day(typed.text("on", 10)), typed.text("reason"), actor=acting(), at=at
        )
    elif act == "move":
        times = Times(*(typed.seconds_of_day(name) for name in ("from_s", "there_s", "until_s")))
        on = typed.day(typed.text("on", 10))
        move_day(session, number, on, times, typed.text("reason"), actor=acting(), at=at)
    elif act == "end":
        end_series(session, number, typed.text("reason"), actor=acting(), at=at)


def _clear_of(session: Session, number: int, people: list[int]) -> list[int]:
    """Those against whom nothing speaks on the series' next day."""
    row = session.get(PassSeries, number)
    if row is None:
        abort(404)
    plan = next_plan(session, row, people, now())
    clear = plan.clear() if plan.drafts else range(len(people))
    if not clear:
        raise RefusedError("nobody", Sentence("Something speaks against each of them. Nobody was added."))
    return [people[place] for place in clear]


def _draft(session: Session) -> SeriesDraft:
    tree = load(session)
    until = typed.text("until_on", 10)
    return SeriesDraft(
        name=typed.text("name", 80),
        reason=typed.choice("reason", Reason),
        to_zone_id=typed.zone("to", tree),
        from_s=typed.seconds_of_day("from_s"),
        there_s=typed.seconds_of_day("there_s"),
        until_s=typed.seconds_of_day("until_s"),
        weekdays=typed.weekdays(),
        from_on=typed.day(typed.text("from_on", 10)),
        until_on=typed.day(until) if until else None,
        from_zone_id=typed.zone_if_any("start", tree),
        escort=typed.choice("escort", Escort),
        officer=typed.text("officer", 64).lower(),
        on_holidays=request.form.get("on_holidays") == "1",
    )


def _seconds(name: str) -> int:
    typed_one = request.form.get(name, "").strip()
    if not typed_one:
        raise RefusedError("limits", Sentence("Each limit is a number of seconds, at most a week."))
    return number_in(typed_one, -1)


def _list(problem: Sentence | None) -> str:
    with writing() as session:
        tree, held, ended = load(session), all_series(session), all_series(session, ended=True)
        write_down(session, at=now(), actor=acting(), act="series.look", detail=f"{len(held)}")
        lines = [(one, tree.path(one.row.to_zone_id)) for one in held]
        past = [(one, tree.path(one.row.to_zone_id)) for one in ended[-20:]]
    return render_template(
        "series.html",
        lines=lines,
        past=past,
        places=tree.zones(),
        path=tree.path,
        reasons=REASONS,
        escorts=ESCORTS,
        weekdays=typed.WEEKDAYS,
        clock_of=typed.clock_of,
        typed=request.form,
        today=site_today(),
        problem=problem,
    )


def _show(number: int, problem: Sentence | None, plan: Plan | None = None) -> str:
    with writing() as session:
        row = session.get(PassSeries, number)
        if row is None:
            abort(404)
        people = members_of(session, number)
        detail = " ".join(person.number for person in people)
        write_down(
            session, at=now(), actor=acting(), act="series.look", subject=str(number), detail=detail[:480]
        )
        tree = load(session)
        shown = {
            "one": row,
            "people": people,
            "days": days_ahead(session, row, site_today()),
            "against": [] if plan is None else _against(session, plan),
            "to": tree.path(row.to_zone_id),
            "start": "" if row.from_zone_id is None else tree.path(row.from_zone_id),
            "rosters": rosters(session, now()),
        }
    return render_template(
        "one_series.html", reasons=REASONS, escorts=ESCORTS, weekdays=typed.WEEKDAYS, clock_of=typed.clock_of,
        today=site_today(), typed=request.form, problem=problem, signs=_can_sign(plan), **shown,
    )  # fmt: skip


def _against(session: Session, plan: Plan) -> list[tuple[Person, list[Clash]]]:
    """Whom something speaks against, and what."""
    people = named_people(session, [one.person_id for one in plan.drafts])
    clear = set(plan.clear())
    return [
        (people[draft.person_id], plan.found.of(place))
        for place, draft in enumerate(plan.drafts)
        if place not in clear
    ]


def _can_sign(plan: Plan | None) -> bool:
    return plan is not None and plan.found.worst(range(len(plan.drafts))) is Grade.SECOND


def _rules(problem: Sentence | None) -> str:
    known = known_at()
    with reading() as session:
        told = history(session, known)
        held = limits(session) if known is None else _then(told)
    return render_template(
        "move_rules.html",
        values=asdict(held),
        words=LIMIT_WORDS,
        history=told,
        typed=request.form,
        problem=problem,
        known=known_on(),
    )


def _then(told: Sequence[PassRules]) -> Limits:
    row = next(iter(told), None)
    return Limits() if row is None else Limits(**{name: getattr(row, name) for name in NAMES})
