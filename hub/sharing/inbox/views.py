"""The work list of what other agencies sent, and one message beside the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.audit import Actor, write_down
from hub.accounts.permissions import Permission
from hub.custody.queries import person_by_number
from hub.custody.records import Person
from hub.sentences import RefusedError, Sentence
from hub.sharing.agreements.reading import agencies
from hub.sharing.catalogue import EXCHANGES
from hub.sharing.inbox import deciding
from hub.sharing.inbox.clocks import LIBERTY_WORDS
from hub.sharing.inbox.deciding import REASONS, Why, newest_line
from hub.sharing.inbox.drafts import Draft, as_proposed, as_typed, prefix_of
from hub.sharing.inbox.lists import PAGE, PARTS, Part, Read, by_number, listed, read
from hub.sharing.inbox.records import DONE, OPEN, State
from hub.sharing.inbox.showing import (
    became,
    candidates,
    field_choices,
    held_now,
    lines_of,
    message_lines,
    trial,
    unanswered,
)
from hub.sharing.inbox.steps import history
from hub.sharing.inbox.words import ACTS, STATES
from hub.web.door import now, visitor, writing
from hub.web.known import site_today
from hub.web.routes import Pages, number_in

pages = Pages("inbox", __name__, template_folder="templates")

MAX_FORM_BYTES: Final = 256 * 1024
LAST_PAGE: Final = 100_000


@pages.page("/inbox", Permission.WORK_INBOX)
def worklist() -> str:
    asked = request.args
    part = Part(asked.get("part", "")) if asked.get("part") in set(Part) else Part.OPEN
    page = min(max(1, number_in(asked.get("page", "1"))), LAST_PAGE)
    mine, agency = asked.get("mine") == "1", asked.get("agency", "")[:32]
    with writing() as session:
        owner = visitor().login if mine else ""
        found = listed(session, part, now(), page=page, owner=owner, agency=agency)
        names = _names(session)
        page = found.page
        write_down(
            session,
            at=now(),
            actor=actor(),
            act="inbox.list",
            detail=f"{part.value} {len(found.lines)} of {found.total}",
        )
    return render_template(
        "inbox/list.html",
        found=found,
        part=part,
        parts=PARTS,
        mine=mine,
        agency=agency,
        names=names,
        page=page,
        last=max(1, -(-found.total // PAGE)),
        at=now(),
        exchanges=EXCHANGES,
        liberty=LIBERTY_WORDS,
        states=STATES,
        refused=number_in(asked.get("refused", "")),
    )


@pages.page("/inbox/<number>", Permission.WORK_INBOX)
def message(number: str) -> str:
    return _show(number, {}, None)


@pages.page("/inbox/<number>", Permission.WORK_INBOX, methods=("POST",), max_bytes=MAX_FORM_BYTES)
def act(number: str) -> Response | tuple[str, int]:
    doing = request.form.get("act", "")
    if doing not in _ACTS:
        abort(400)
    if doing == "try":
        return _show(number, request.form, None), 200
    try:
        with writing() as session:
            _do(session, number, doing)
    except RefusedError as error:
        return _show(number, request.form, error.message), 409 if "changed" in error.code else 400
    return redirect(url_for("inbox.message", number=number), 303)


_ACTS: Final = frozenset({"take", "choose", "keep", "refuse", "accept", "try", "take_back"})


def actor() -> Actor:
    """Whoever is at the page."""
    who = visitor()
    return Actor(who.login, who.address)


def _do(session: Session, number: str, doing: str) -> None:
    form, at = request.form, now()
    version = number_in(form.get("version", ""))
    match doing:
        case "take":
            deciding.take(session, number, version, actor=actor(), at=at)
        case "choose":
            person = person_by_number(session, form.get("person", ""))
            if person is None:
                raise RefusedError("nobody", Sentence("Nobody has this number. Type it as in P-000123."))
            deciding.choose(session, number, version, person, actor=actor(), at=at)
        case "keep":
            deciding.keep(session, number, version, actor=actor(), at=at)
        case "refuse":
            if form.get("why") not in set(Why):
                raise RefusedError("why", Sentence("Choose why it is refused."))
            words = form.get("words", "")
            deciding.refuse(session, number, version, Why(form["why"]), words, actor=actor(), at=at)
        case "take_back":
            deciding.take_back(session, number, version, form.get("words", ""), actor=actor(), at=at)
        case "accept":
            _accept(session, number, version)


def _accept(session: Session, number: str, version: int) -> None:
    found = _read(session, number)
    person = None if found.match is None else found.match.person
    _refuse_another(found, request.form.get("whose", ""))
    drafts = _drafts(found, request.form)
    deciding.accept(
        session,
        number,
        version,
        drafts,
        person,
        None if found.match is None else found.match.booking,
        seen=number_in(request.form.get("seen", "")),
        reference=str(getattr(found.message, "reference", "")),
        may=visitor().may,
        actor=actor(),
        at=now(),
    )


def whose(found: Read) -> str:
    """Whom the page shows the message as being about, and in which stay: an officer accepts it of these alone."""
    match = found.match
    if match is None or match.person is None:
        return ""
    return f"{match.person.number} {'' if match.booking is None else match.booking.number}".strip()


def _refuse_another(found: Read, seen: str) -> None:
    if found.about is None:
        return
    if found.match is None or found.match.person is None:
        raise RefusedError(
            "nobody_chosen", Sentence("Say first whom it is about: nothing is recorded of nobody.")
        )
    if found.match.booking is None:
        raise RefusedError(
            "not_in_custody",
            Sentence(
                "This person is not in custody, or left since you opened this page: nothing was recorded. Refuse it, "
                "or keep it until they come again."
            ),
        )
    if whose(found) != seen:
        raise RefusedError(
            "changed_meanwhile",
            Sentence(
                "It may be about somebody else, or another stay, than when you opened this page: nothing was recorded. "
                "Look whom it is about now."
            ),
        )


def _drafts(found: Read, form: Mapping[str, str]) -> list[Draft]:
    if "version" not in form:
        return as_proposed(found.proposals, site_today())
    recorded = {one.name for one in found.proposals if form.get(f"record-{one.name}") == "yes"}
    if form.get("act") not in ("accept", "try"):
        return as_proposed(found.proposals, site_today())
    return as_typed(found.proposals, form, recorded, site_today())


def _read(session: Session, number: str) -> Read:
    pair = by_number(session, number)
    if pair is None:
        abort(404)
    return read(session, *pair, now())


def _show(number: str, form: Mapping[str, str], problem: Sentence | None) -> str:
    with writing() as session:
        found = _read(session, number)
        match = found.match
        people = [] if match is None else [one for one in (match.person, *match.others) if one is not None]
        _write_looks(session, found, people)
        drafts = _drafts(found, form)
        decides = found.item.state in (*OPEN, State.KEPT.value)
        reckoned = trial(session, found, drafts, actor=actor(), at=now()) if decides else None
        seen = 0 if match is None or match.person is None else newest_line(session, match.person.id)
        shown = {
            "candidates": candidates(session, found.about.subject, people) if found.about is not None else [],
            "became": became(session, found.row.id),
            "names": _names(session),
            "steps": history(session, found.row.id),
            "on_file": [] if found.there is None else held_now(found.there),
            "choices": {} if found.there is None else field_choices(found.there, drafts),
        }
    return render_template(
        "inbox/message.html",
        found=found,
        row=found.row,
        item=found.item,
        drafts=drafts,
        lines=lines_of,
        prefix=prefix_of,
        three=unanswered,
        said=message_lines(found),
        trial=reckoned,
        seen=seen,
        whose=whose(found),
        decides=decides,
        may_take_back=found.item.state in DONE,
        problem=problem,
        typed=form,
        exchange=EXCHANGES[found.row.exchange],
        liberty=LIBERTY_WORDS,
        states=STATES,
        acts=ACTS,
        reasons=REASONS,
        at=now(),
        **shown,
    )


def _names(session: Session) -> dict[str, str]:
    """What agencies are called, by code; what they wrote themselves is in the history under `agency:` and the code."""
    return {one.code: one.name for one in agencies(session)}


def _write_looks(session: Session, found: Read, people: Sequence[Person]) -> None:
    """Whoever is compared with a message is looked at: a line for each file, and one for the message."""
    write_down(session, at=now(), actor=actor(), act="inbox.look", subject=found.row.number)
    for one in people:
        write_down(
            session,
            at=now(),
            actor=actor(),
            act="inbox.compare",
            subject=one.number,
            detail=found.row.number,
        )
