"""The evidence of one fact: every row about it, and taking back one's own last change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.accounts.records import AuditEntry
from hub.biometrics.documents.actions import documents_of
from hub.biometrics.documents.records import Document
from hub.custody.catalogue import KINDS
from hub.custody.facts.actions import withdraw
from hub.custody.facts.digest import digest_of
from hub.custody.facts.kinds import Kind, read_value
from hub.custody.facts.reading import Step, item_of, steps
from hub.custody.facts.records import Act, Fact
from hub.reception.file.page import GUIDED, may_take_back
from hub.reception.file.papers import may_open
from hub.reception.file.sections import may_record, values_of
from hub.reception.file.story import last_of, said_of, words_of
from hub.reception.file.subject import Look, actor, look
from hub.reception.file.values import clean
from hub.reception.file.vouching import OLDER, Vouching
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, visitor, writing
from hub.web.known import known_at, known_on
from hub.web.routes import Pages

pages = Pages("evidence", __name__, template_folder="templates")


@dataclass(frozen=True)
class Proof:
    """One row as evidence: what it says, and its digest.

    `agrees` says whether the trail holds the same digest; None where it holds none, as of what was brought in. Then
    `instead` says what the trail has.
    """

    step: Step
    said: Sentence
    digest: str
    agrees: bool | None
    instead: Sentence | None
    document: Document | None
    openable: bool


@pages.page("/people/<number>/facts/<int:fact>", Permission.SEE_PEOPLE)
def evidence(number: str, fact: int) -> str:
    with writing() as session:
        seen = look(session, number, known_at=known_at())
        row = next((row for row in seen.rows if row.id == fact), None)
        if row is None:
            abort(404)
        kind = KINDS[row.kind]
        rows = _rows_about(seen.rows, row, kind)
        proofs = _proofs(session, seen, rows, documents_of(session, seen.ids))
        write_down(
            session,
            at=now(),
            actor=actor(),
            act="fact.look",
            subject=seen.asked.number,
            detail=f"fact {fact}",
        )
    standing = any(step.row.id == fact and step.overtaken_by is None for step in steps(rows))
    return render_template(
        "evidence.html",
        look=seen,
        row=row,
        kind=kind,
        words=words_of(row),
        said=said_of(row),
        values=values_of(kind, read_value(kind, row.value), seen.rows),
        proofs=proofs,
        known_on=known_on(),
        part=request.headers.get("X-Fragment") == "1",
        may_write=may_record(seen, kind) and standing,
        guided=row.kind in GUIDED,
    )


@pages.page("/people/<number>/facts/<int:fact>/undo", Permission.SEE_PEOPLE, methods=("POST",))
def undo(number: str, fact: int) -> Response:
    """Take back one's own last change of this file; it stays in the history with the reason."""
    with writing() as session:
        seen = look(session, number)
        row = last_of(seen.every, visitor().login)
        if row is None or row.id != fact or row.kind not in KINDS:
            raise RefusedError(
                "not_the_last",
                Sentence("The file was changed since. Open it again: it shows what the last change is now."),
            )
        if not may_take_back(seen, row.kind):
            abort(403)
        reason = clean(request.form.get("reason", ""))
        if not reason:
            raise RefusedError("no_reason", Sentence("Write why, in a few words: it stays with the record."))
        undone = withdraw(session, row, KINDS[row.kind], reason=reason, actor=actor(), at=now())
    return redirect(url_for("people.file", number=number, done=undone.id) + "#story", 303)


def _rows_about(rows: list[Fact], row: Fact, kind: Kind[Any]) -> list[Fact]:
    """Every row about the same thing."""
    same = [other for other in rows if other.kind == row.kind and other.person_id == row.person_id]
    if kind.many:
        return [other for other in same if item_of(other) == item_of(row)]
    return [other for other in same if other.booking_id == row.booking_id]


def _in_trail(session: Session, seen: Look) -> dict[int, str]:
    """The digest that the trail holds of each fact of this file, by its row."""
    numbers = [member.number for member in seen.family]
    acts = [f"fact.{act}" for act in Act]
    wanted = select(AuditEntry.detail).where(AuditEntry.subject.in_(numbers), AuditEntry.act.in_(acts))
    said = [detail.split() for detail in session.scalars(wanted)]
    return {int(parts[1]): parts[-1] for parts in said if len(parts) == _PARTS and parts[1].isdigit()}


_PARTS: Final = 5
"""Kind, row, "item", item, digest."""


def _proofs(session: Session, seen: Look, rows: list[Fact], scans: Mapping[int, Document]) -> list[Proof]:
    """Every row, the newest first, those that take another back among them."""
    in_trail = _in_trail(session, seen)
    vouching = Vouching(session, [member.number for member in seen.family])
    found = []
    for step in reversed(steps(rows)):
        document = scans.get(step.row.document_id or 0)
        told = in_trail.get(step.row.id)
        agrees = _agrees(step.row, told)
        found.append(
            Proof(
                step=step,
                said=said_of(step.row),
                digest=digest_of(step.row),
                agrees=agrees,
                instead=None if agrees is not None else vouching.of(step.row) if told is None else OLDER,
                document=document,
                openable=document is not None and may_open(seen, document),
            )
        )
    return found


def _agrees(row: Fact, told: str | None) -> bool | None:
    if told is None:
        return None
    if told == digest_of(row):
        return True
    # An older digest is over the time as it was typed in, which the row does not keep: it proves nothing if it differs.
    return None if row.salt is None else False
