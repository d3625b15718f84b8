"""What the buttons of an admission's pages do besides "Save and go on": look, ask a desk, have somebody sign."""

from __future__ import annotations

import secrets
from typing import Final

from flask import request
from msgspec.structs import replace
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.accounts.permissions import Permission
from hub.accounts.second import second_officer
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.vault import Vault
from hub.custody.merging.actions import BY_OFFICER, suspect
from hub.custody.queries import person_by_number
from hub.reception.admitting.candidates import by_image
from hub.reception.admitting.content import Content, Found, Step
from hub.reception.admitting.keeping import Draft, save
from hub.reception.admitting.looking_up import chosen
from hub.reception.admitting.reading_forms import prefilled, signed
from hub.reception.desk.looks import LookStatus, ask_look, look_of
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, service, visitor, writing
from hub.web.routes import number_in

SUSPECT: Final = "suspect "
"""Before the number of a file that may be of the same person as the chosen one."""


def acting_visitor() -> Actor:
    """Whoever sits at this screen."""
    who = visitor()
    return Actor(who.login, who.address)


def act_of(draft: Draft, step: Step, content: Content) -> Content:
    """The content after what the button did. RefusedError when it could not be done."""
    act = request.form.get("act", "save")
    if step is Step.KNOWN and act == "look":
        return replace(content, searched_at=now().isoformat())
    if step is Step.KNOWN and act == "finger":
        return _searched(content)
    if step is Step.KNOWN and act == "desk":
        _ask_desk(draft)
        return replace(content, searched_at=now().isoformat())
    if step is Step.KNOWN and act.startswith(SUSPECT):
        _suspect(content, act.removeprefix(SUSPECT))
        return content
    if step is Step.ORDER and act == "sign":
        reason = _reason("override_reason")
        officer = second_officer(Permission.OVERRIDE_RECEPTION, besides=())
        return replace(content, override=signed(officer.login, reason, now()))
    if step is Step.CELL and act == "sign":
        reason = _reason("override_reason")
        officer = second_officer(Permission.SET_CELLS, besides=())
        return replace(content, cell_override=signed(officer.login, reason, now()))
    if step is Step.KNOWN:
        with reading() as session:
            return prefilled(content, chosen(session, content))
    return content


def _suspect(content: Content, other: str) -> None:
    """Two of the files shown may be one person's: officers decide that in their own time, not at the gate."""
    with writing() as session:
        mine, second = chosen(session, content), person_by_number(session, other)
        if mine is None or second is None or mine.id == second.id:
            raise RefusedError(
                "suspect",
                Sentence("Choose first which of the files is this person's, then say which other may be."),
            )
        suspect(session, mine.id, second.id, found_by=BY_OFFICER, actor=acting_visitor(), at=now())


def _reason(name: str) -> str:
    reason = request.form.get(name, "").strip()
    if len(reason) < 3:
        raise RefusedError("reason", Sentence("Write why, in a few words: it stays with the record."))
    return reason


def _searched(content: Content) -> Content:
    part = request.files.get("probe")
    raw = b"" if part is None else part.stream.read()
    if not raw:
        raise RefusedError("probe", Sentence("Choose an image of one finger first."))
    search = service(DuplicateSearch)
    to_read = search.catch_up()
    with reading() as session:
        found = by_image(search, raw, now(), session)
    with writing() as session:
        detail = f"{len(found.numbers)} of {found.searched} fingers"
        subject = found.numbers[0] if found.numbers else ""
        write_down(
            session, at=now(), actor=acting_visitor(), act="finger.search", subject=subject, detail=detail
        )
    if to_read and not found.numbers:
        raise RefusedError(
            "search_preparing",
            Sentence(
                "The search by finger is being prepared: nobody of the %(searched)s fingers read so far, and "
                "%(count)s are still to be read. Search by name and number meanwhile, and try the finger again "
                "in a minute.",
                {"searched": found.searched, "count": to_read},
            ),
        )
    return replace(content, found=found, searched_at=now().isoformat())


def _ask_desk(draft: Draft) -> None:
    with writing() as session:
        ask_look(
            session,
            number_in(request.form.get("look_desk", "")),
            subject=draft.row.key,
            person=None,
            position=number_in(request.form.get("look_finger", "")) or 2,
            name=secrets.token_hex(16),
            actor=acting_visitor(),
            at=now(),
        )


def with_answer_of_desk(session: Session, draft: Draft) -> Draft:
    """An answer that a desk gave since the last look at this page is kept with the admission."""
    look = look_of(session, draft.row.key)
    if look is None or look.status != LookStatus.DONE or look.answered_at is None:
        return draft
    told = look.answered_at.isoformat()
    held = draft.content.found
    if held is not None and held.at >= told:
        return draft
    numbers = [one for one in look.numbers.split(",") if one]
    found = Found(look.outcome, numbers, 0, 0, told)
    content = replace(draft.content, found=found)
    version = draft.row.version
    return save(
        session,
        service(Vault),
        draft,
        content,
        "desk answered",
        seen=version,
        actor=acting_visitor(),
        at=now(),
    )
