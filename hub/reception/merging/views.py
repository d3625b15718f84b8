"""Pages of merges: the list, two files side by side, and what officers decide about them."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.audit import write_down
from hub.accounts.fresh import require_fresh_factor
from hub.accounts.permissions import Permission
from hub.custody.catalogue import KINDS
from hub.custody.merging import actions, parting
from hub.custody.merging.checks import Proposal
from hub.custody.merging.reading import Standing, all_cases, lead_of, standing_of
from hub.custody.merging.rules import JOINING, Act
from hub.custody.queries import names, person_by_number
from hub.custody.records import Person
from hub.custody.search.projection import refresh
from hub.movements.whereabouts.prove import refold
from hub.reception.file.subject import actor, person_of
from hub.reception.merging.comparing import later_lines, lines, side
from hub.reception.merging.words import ACTS, FOUND_BY
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, visitor, writing
from hub.web.routes import Pages, number_in

pages = Pages("merging", __name__, template_folder="templates")


@pages.page("/merges", Permission.MERGE_FILES)
def merges() -> str:
    everything = request.args.get("all") == "1"
    with writing() as session:
        cases = all_cases(session, open_only=not everything)[:200]
        people = names(session, {one for case in cases for one in (case.case.one_id, case.case.other_id)})
        write_down(session, at=now(), actor=actor(), act="merge.list", detail=f"{len(cases)} cases")
    return render_template(
        "merging/list.html", cases=cases, people=people, everything=everything, acts=ACTS, found_by=FOUND_BY
    )


@pages.page("/people/<number>/merge", Permission.MERGE_FILES)
def compare(number: str) -> str:
    return _compare(number, request.args.get("with", ""), None)


@pages.page("/people/<number>/merge", Permission.MERGE_FILES, methods=("POST",))
def propose(number: str) -> Response | tuple[str, int]:
    form = request.form
    try:
        with writing() as session:
            person, other = person_of(session, number), _other(session, form.get("with", ""))
            leading = _other(session, form.get("lead", number))
            if leading.id not in (person.id, other.id):
                abort(400)
            wanted = Proposal(
                leading.id,
                other.id if leading.id == person.id else person.id,
                form.get("reason", ""),
                same_stay=form.get("same_stay") == "1",
            )
            case = actions.propose(session, wanted, actor=actor(), at=now())
    except RefusedError as error:
        return _compare(number, form.get("with", ""), error.message), 400
    return redirect(url_for("merging.case", case=case.id), 303)


@pages.page("/merges/<int:case>", Permission.MERGE_FILES)
def case(case: int) -> str:
    return _show(case, None)


@pages.page("/merges/<int:case>", Permission.MERGE_FILES, methods=("POST",))
def decide(case: int) -> Response | str | tuple[str, int]:
    asked = require_fresh_factor()
    if asked is not None:
        return asked
    try:
        with writing() as session:
            _act(session, case)
    except RefusedError as error:
        return _show(case, error.message), 400
    return redirect(url_for("merging.case", case=case), 303)


def _act(session: Session, case: int) -> None:
    form, at, who = request.form, now(), actor()
    seen = number_in(form.get("seen", ""))
    match form.get("act"):
        case "confirm":
            actions.confirm(session, case, seen=seen, actor=who, at=at)
        case "refuse":
            actions.refuse(session, case, form.get("reason", ""), seen=seen, actor=who, at=at)
        case "ask":
            moves = parting.Moves(items=_given("item"), stays=_given("stay"))
            parting.ask(
                session, case, moves, form.get("reason", ""), kinds=KINDS, seen=seen, actor=who, at=at
            )
        case "part":
            parting.part(session, case, kinds=KINDS, seen=seen, actor=who, at=at)
        case _:
            abort(400)
    standing = standing_of(session, case)
    if standing is not None and standing.last.act in (Act.MERGED, Act.PARTED):
        both = [standing.case.one_id, standing.case.other_id]
        refresh(session, both)
        refold(session, both)


def _given(prefix: str) -> dict[int, int]:
    """Fields item_12=3: the thing 12 goes to the person 3."""
    found = {}
    for name, value in request.form.items():
        start, _, thing = name.partition("_")
        if start == prefix and number_in(thing) and number_in(value):
            found[number_in(thing)] = number_in(value)
    return found


def _compare(number: str, with_number: str, problem: Sentence | None) -> str:
    with writing() as session:
        person = person_of(session, number)
        other = person_by_number(session, with_number) if with_number.strip() else None
        if with_number.strip() and other is None and problem is None:
            problem = Sentence("There is no person with this number. Check it on the file.")
        if other is not None and other.id == person.id and problem is None:
            problem = Sentence("This is one and the same file. Write the number of the other one.")
            other = None
        for looked in (person, other):
            if looked is not None:
                write_down(session, at=now(), actor=actor(), act="merge.compare", subject=looked.number)
        may = visitor().may
        one = side(session, person, may)
        two = None if other is None else side(session, other, may)
        joined = other is not None and lead_of(session, other.id) == lead_of(session, person.id)
    return render_template(
        "merging/compare.html",
        one=one,
        two=two,
        joined=joined,
        lines=[] if two is None else lines(one, two),
        with_number=with_number,
        problem=problem,
        typed=request.form,
    )


def _show(case_id: int, problem: Sentence | None) -> str:
    with writing() as session:
        standing = standing_of(session, case_id)
        if standing is None:
            abort(404)
        pair = standing.case.one_id, standing.case.other_id
        one, two = (side(session, session.get_one(Person, each), visitor().may) for each in pair)
        for each in (one, two):
            write_down(session, at=now(), actor=actor(), act="merge.look", subject=each.person.number)
        later = parting.later(session, standing) if standing.last.act in JOINING else None
        given = parting.moves_of(standing) if standing.last.act == Act.PART_ASKED else None
        rows = [] if later is None else later_lines(later, visitor().may)
    return render_template(
        "merging/case.html",
        standing=standing,
        one=one,
        two=two,
        lines=lines(one, two),
        later=later,
        later_rows=rows,
        given=given,
        leading=_leading(standing),
        acts=ACTS,
        found_by=FOUND_BY,
        own=standing.last.by == visitor().login,
        problem=problem,
        typed=request.form,
    )


def _leading(standing: Standing) -> int | None:
    found = [step.lead_id for step in standing.steps if step.lead_id is not None]
    return found[-1] if found else None


def _other(session: Session, number: str) -> Person:
    person = person_by_number(session, number)
    if person is None:
        raise RefusedError(
            "no_person", Sentence("There is no person with this number. Check it on the file.")
        )
    return person
