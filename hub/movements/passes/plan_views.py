"""Planning moves: for one person or a whole workshop, with what speaks against each before anything is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.movements import typed_moves as typed
from hub.movements.passes.clashes import Grade, worst
from hub.movements.passes.groups import new_group
from hub.movements.passes.looking import Draft, Plan, check_times, look
from hub.movements.passes.planning import ClashesError, Override, make_passes
from hub.movements.passes.rules import Escort, Reason
from hub.movements.passes.sources import named_people, people_of, rosters, typed_people
from hub.movements.passes.words import ESCORTS, REASONS
from hub.movements.site.tree import load
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, writing
from hub.web.routes import Pages

pages = Pages("move_plans", __name__, template_folder="templates")


@dataclass(frozen=True)
class _Looked:
    """People who were looked at, each with what speaks against the move."""

    plan: Plan
    ticked: frozenset[str]


@pages.page("/moves/plan", Permission.PLAN_MOVES)
def plan() -> str:
    return _form(None, None)


@pages.page("/moves/plan", Permission.PLAN_MOVES, methods=("POST",))
def make() -> Response | str | tuple[str, int]:
    """First what speaks against it, and then, with the people who are ticked, the passes."""
    if request.form.get("act") != "keep":
        return _look()
    looked: _Looked | None = None
    try:
        signed = typed.signer()
        override = None if signed is None else Override(signed, typed.text("override_reason"))
        with writing() as session:
            people = typed_people(session, " ".join(request.form.getlist("person")))
            if not people:
                raise RefusedError(
                    "nobody", Sentence("Tick for whom the move is planned. Nobody was ticked.")
                )
            drafts = _drafts(session, people)
            drafts = _together(session, drafts)
            made = make_passes(session, drafts, override=override, actor=acting(), at=now())
            write_down(session, at=now(), actor=acting(), act="pass.plan", detail=_numbers(made))
    except ClashesError as error:
        looked = _Looked(error.plan, frozenset(request.form.getlist("person")))
        return _form(looked, error.message), 409
    except RefusedError as error:
        return _again(error.message), 409
    if len(made) == 1:
        return redirect(url_for("moves.one_pass", number=made[0]), 303)
    return redirect(url_for("moves.moves", hours=36, made=len(made)), 303)


def _look() -> str | tuple[str, int]:
    try:
        with writing() as session:
            people = typed_people(session, typed.text("people", 40_000))
            if request.form.get("roster"):
                wanted = people_of(session, request.form["roster"][:200], now())
                people = list(dict.fromkeys([*people, *wanted]))
            if not people:
                raise RefusedError("nobody", Sentence("Write the numbers of the people, or choose a list."))
            found = look(session, _drafts(session, people), now())
            write_down(session, at=now(), actor=acting(), act="pass.check", detail=f"{len(people)} people")
            numbers = {person.id: person.number for person in named_people(session, people).values()}
    except RefusedError as error:
        return _form(None, error.message), 409
    clear = {numbers[found.drafts[place].person_id] for place in found.clear()}
    return _form(_Looked(found, frozenset(clear)), None)


def _again(problem: Sentence) -> str:
    """The same people once more, with a sentence."""
    try:
        with reading() as session:
            people = typed_people(session, " ".join(request.form.getlist("listed")))
            found = look(session, _drafts(session, people), now()) if people else None
    except RefusedError as error:
        return _form(None, error.message)
    looked = None if found is None else _Looked(found, frozenset(request.form.getlist("person")))
    return _form(looked, problem)


def _drafts(session: Session, people: Sequence[int]) -> list[Draft]:
    tree = load(session)
    from_at, there_at, until_at = (typed.moment(name) for name in ("from_at", "there_at", "until_at"))
    check_times(from_at, there_at, until_at, now())
    to, start = typed.zone("to", tree), typed.zone_if_any("start", tree)
    reason, escort = typed.choice("reason", Reason), typed.choice("escort", Escort)
    return [
        Draft(
            person_id=person,
            to_zone_id=to,
            reason=reason,
            from_at=from_at,
            there_at=there_at,
            until_at=until_at,
            one_way=request.form.get("one_way") == "1",
            escort=escort,
            officer=typed.text("officer", 64).lower(),
            from_zone_id=start,
        )
        for person in people
    ]


def _together(session: Session, drafts: Sequence[Draft]) -> list[Draft]:
    """In a group everybody has its number, by which a gate counts them."""
    if drafts[0].escort is not Escort.GROUP:
        return list(drafts)

    name = str(REASONS[drafts[0].reason])
    group = new_group(session, name, drafts[0].officer, by=acting().login, at=now())
    return [replace(one, group_id=group) for one in drafts]


def _numbers(made: Sequence[int]) -> str:
    return f"{made[0]} to {made[-1]}" if len(made) > 1 else str(made[0])


def _form(looked: _Looked | None, problem: Sentence | None) -> str:
    with reading() as session:
        tree = load(session)
        lists = rosters(session, now())
        shown = [] if looked is None else _lines(session, looked)
    grade = None if looked is None else looked.plan.found.worst(range(len(looked.plan.drafts)))
    return render_template(
        "plan_moves.html",
        reasons=REASONS,
        escorts=ESCORTS,
        places=tree.zones(),
        path=tree.path,
        rosters=lists,
        typed=request.form or request.args,
        defaults=_defaults(),
        looked=looked,
        lines=shown,
        signs=grade is Grade.SECOND,
        grades=Grade,
        problem=problem,
    )


def _lines(session: Session, looked: _Looked) -> list[dict[str, Any]]:
    people = named_people(session, [one.person_id for one in looked.plan.drafts])
    tree = load(session)
    found = []
    for place, draft in enumerate(looked.plan.drafts):
        clashes = looked.plan.found.of(place)
        person = people[draft.person_id]
        found.append(
            {
                "person": person,
                "start": "" if draft.from_zone_id is None else tree.path(draft.from_zone_id),
                "clashes": clashes,
                "never": worst(clashes) is Grade.NEVER,
                "ticked": person.number in looked.ticked,
            }
        )
    return found


def _defaults() -> dict[str, str]:
    """The next quarter of an hour, for an hour."""
    at = now()
    start = at + timedelta(minutes=15 - at.minute % 15)
    return {
        "from_at": typed.local(start),
        "there_at": typed.local(start + timedelta(minutes=15)),
        "until_at": typed.local(start + timedelta(minutes=75)),
    }
