"""The board of moves, one pass with everything that became of it, and the lists for unlock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.custody.queries import person_by_number
from hub.custody.records import Person
from hub.movements import typed_moves as typed
from hub.movements.external.reading import away, convoys
from hub.movements.passes.anew import against, sign_for, spoken_against
from hub.movements.passes.board import Board, board, lines_of
from hub.movements.passes.changing import cancel_pass, change_times
from hub.movements.passes.clashes import Clash, Grade, worst
from hub.movements.passes.escorting import runs_of
from hub.movements.passes.lists import By, days_around, unlock_lists
from hub.movements.passes.planning import ClashesError, Override
from hub.movements.passes.reading import Pass, pass_of, passes_of_group, steps_of
from hub.movements.passes.rules import Escort, PassState, Reason
from hub.movements.passes.series import clashes_on
from hub.movements.passes.ways import PassWays, ways_of
from hub.movements.passes.words import ESCORTS, REASONS, STATES, STEPS, clash_words
from hub.movements.site.tree import load
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, writing
from hub.web.known import site_today
from hub.web.routes import Pages

pages = Pages("moves", __name__, template_folder="templates")

SPANS: Final = {"2": timedelta(hours=2), "8": timedelta(hours=8), "36": timedelta(hours=36)}
"""How far ahead the board shows who is due, by the hours of an address."""


@pages.page("/moves", Permission.SEE_MOVES)
def moves() -> str:
    with writing() as session:
        shown = _board(session)
        write_down(session, at=now(), actor=acting(), act="moves.look", detail=_figures(shown["board"]))
        days = (site_today(), site_today() + timedelta(days=1))
        left_out = [_left_out(session, on) for on in days]
        held = spoken_against(session, now(), now() + SPANS["36"])
        tree = load(session)
    return render_template(
        "moves.html",
        clash_words=clash_words,
        left_out=[one for some in left_out for one in some],
        held=[(one, tree.path(one.to_zone_id), clashes) for one, clashes in held],
        **shown,
    )


@pages.page("/moves/part", Permission.SEE_MOVES, watches=True)
def moves_part() -> str:
    """The lines alone, for the page that is open already."""
    with reading() as session:
        shown = _board(session)
    return render_template("moves_lines.html", **shown)


@pages.page("/moves/<int:number>", Permission.SEE_MOVES)
def one_pass(number: int) -> str:
    return _show(number, None)


@pages.page("/moves/<int:number>", Permission.PLAN_MOVES, methods=("POST",))
def change_pass(number: int) -> Response | tuple[str, int]:
    try:
        signed = typed.signer()
        override = None if signed is None else Override(signed, typed.text("override_reason"))
        with writing() as session:
            if request.form.get("act") == "cancel":
                cancel_pass(session, number, typed.text("reason"), actor=acting(), at=now())
            elif request.form.get("act") == "sign":
                if override is None:
                    raise RefusedError(
                        "second_missing", Sentence("The second officer types login and password here.")
                    )
                sign_for(session, number, override, actor=acting(), at=now())
            else:
                change_times(
                    session,
                    number,
                    typed.moment("there_at"),
                    typed.moment("until_at"),
                    typed.text("reason"),
                    override=override,
                    actor=acting(),
                    at=now(),
                )
    except ClashesError as error:
        return _show(number, error.message, error.plan.found.of(0)), 409
    except RefusedError as error:
        return _show(number, error.message), 409
    return redirect(url_for("moves.one_pass", number=number), 303)


@pages.page("/moves/lists", Permission.SEE_MOVES)
def lists() -> str:
    asked = request.args.get("day", "")
    on = typed.day(asked) if asked else site_today()
    by = By.DESTINATION if request.args.get("by") == By.DESTINATION else By.UNIT
    with writing() as session:
        sheets = unlock_lists(session, on, by, now())
        people = sorted({line.person for sheet in sheets for line in sheet.lines})
        write_down(
            session, at=now(), actor=acting(), act="moves.list", subject=on.isoformat(),
            detail=f"{by.value}: {' '.join(people)}"[:480],
        )  # fmt: skip
    only = request.args.get("sheet", "")
    return render_template(
        "unlock_lists.html",
        on=on,
        by=by,
        ways=By,
        sheets=[one for one in sheets if only in ("", one.name)],
        names=[one.name for one in sheets],
        only=only,
        days=days_around(on),
        printed_at=now(),
    )


def _board(session: Session) -> dict[str, Any]:
    at, number = now(), request.args.get("person", "")[:16].strip().upper()
    hours = request.args.get("hours", "2")
    ahead = SPANS.get(hours, SPANS["2"])
    person = person_by_number(session, number) if number else None
    tree = load(session)
    to = tree.by_code(request.args.get("to", "")[:64])
    shown = board(
        session,
        at,
        people=None if not number else ([] if person is None else [person.id]),
        to_zones=None if to is None else tree.within(to.id),
        ahead=ahead,
    )
    return {
        "board": shown,
        "person": person,
        "number": number,
        "hours": hours if hours in SPANS else "2",
        "spans": SPANS,
        "to": to,
        "places": tree.zones(),
        "states": STATES,
        "reasons": REASONS,
        "escorts": ESCORTS,
        "out": len(away(session, at)),
        "convoys": convoys(session, at),
        "late_states": (PassState.OVERDUE, PassState.UNACCOUNTED),
        "question": {
            name: value for name, value in request.args.items() if name in ("person", "hours", "to")
        },
    }


@dataclass
class _LeftOut:
    """People of whom the same keeps a move of a day from being planned."""

    on: date
    place: str
    reason: str
    codes: list[str]
    people: list[Person] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.people)


def _left_out(session: Session, on: date) -> list[_LeftOut]:
    tree, found = load(session), dict[tuple[int, str, str], _LeftOut]()
    for one, person in clashes_on(session, on):
        key = (one.to_zone_id, one.reason, one.codes)
        group = _LeftOut(on, tree.path(one.to_zone_id), one.reason, one.codes.split())
        found.setdefault(key, group).people.append(person)
    return sorted(found.values(), key=lambda group: (group.place, -group.count))


def _figures(shown: Board) -> str:
    return " ".join(f"{state.value}={shown.count(state)}" for state in shown.lines)


def _ends(one: Pass) -> list[tuple[int, int]]:
    """The way there, and the way back where there is one."""
    there = (one.from_zone_id, one.to_zone_id)
    return [there] if one.one_way else [there, there[::-1]]


def _learnt(ways: PassWays, start: int, end: int) -> dict[str, Any]:
    return {
        "typical": ways.typical(start, end),
        "late_after": ways.late_after(start, end),
        "measured": ways.measured(start, end),
    }


def _show(number: int, problem: Sentence | None, clashes: Sequence[Clash] = ()) -> str:
    with writing() as session:
        at = now()
        found = pass_of(session, number, at)
        if found is None:
            abort(404)
        write_down(
            session, at=at, actor=acting(), act="pass.look", subject=found.number, detail=f"{found.id}"
        )
        line = lines_of(session, [found], at)[0]
        tree, ways = load(session), ways_of(session, at)
        group = [one for one in passes_of_group(session, found.group, at) if found.group]
        shown: dict[str, Any] = {
            "steps": steps_of(session, number),
            "route": [tree.zone(zone).name for zone in found.route],
            "ways": [_learnt(ways, *way) for way in _ends(found)],
            "group": group,
            "clashes": clashes or against(session, found, at),
            "runs": runs_of(session, found.group) if found.group else [],
        }
    return render_template(
        "one_pass.html",
        one=found,
        line=line,
        problem=problem,
        signs=worst(shown["clashes"]) is Grade.SECOND,
        states=STATES,
        reason=REASONS[Reason(found.reason)],
        escort=ESCORTS[Escort(found.escort)],
        step_words=STEPS,
        local=typed.local,
        typed=request.form,
        **shown,
    )
