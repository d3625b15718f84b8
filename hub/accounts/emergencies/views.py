"""Breaking the glass, and the list in which every use waits for its review."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.emergencies.actions import FINDINGS, KnownPeople, break_glass, close_use, review
from hub.accounts.emergencies.held import REVIEW_WITHIN, open_uses, unreviewed
from hub.accounts.emergencies.records import EmergencyUse
from hub.accounts.permissions import Permission
from hub.accounts.records import AuditEntry
from hub.accounts.words import role_words
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, service, visitor, writing
from hub.web.language import translated
from hub.web.routes import Pages

pages = Pages("emergencies", __name__, template_folder="../templates")

_REVIEWED_SHOWN = 50


@pages.page("/break-glass", Permission.BREAK_GLASS, methods=("GET", "POST"))
def glass() -> Response | str | tuple[str, int]:
    if request.method == "GET":
        return _glass(None)
    who, form = visitor(), request.form
    try:
        with writing() as session:
            use = break_glass(
                session,
                account_id=who.account_id,
                role=who.role,
                number=form.get("person", ""),
                reason=form.get("reason", ""),
                people=service(KnownPeople),
                actor=acting(),
                at=now(),
            )
    except RefusedError as error:
        return _glass(error.message), 400
    return redirect(f"/people/{use.person_number}", 303)


@pages.page("/break-glass/<int:use>/close", Permission.BREAK_GLASS, methods=("POST",))
def close(use: int) -> Response:
    try:
        with writing() as session:
            close_use(session, use, account_id=visitor().account_id, actor=acting(), at=now())
    except RefusedError:
        raise NotFound from None  # another's use is none of theirs
    return redirect(url_for("emergencies.glass"), 303)


@pages.page("/emergencies", Permission.REVIEW_EMERGENCIES)
def uses() -> str:
    with reading() as session:
        waiting = unreviewed(session)
        done = session.scalars(
            select(EmergencyUse)
            .where(EmergencyUse.reviewed_at.is_not(None))
            .order_by(EmergencyUse.reviewed_at.desc())
            .limit(_REVIEWED_SHOWN)
        ).all()
    return render_template(
        "emergencies.html",
        waiting=waiting,
        done=done,
        findings=FINDINGS,
        role_words=role_words,
        late_before=now() - REVIEW_WITHIN,
        now=now(),
    )


@pages.page("/emergencies/<int:use>", Permission.REVIEW_EMERGENCIES, methods=("GET", "POST"))
def one(use: int) -> Response | str | tuple[str, int]:
    if request.method == "GET":
        return _one(use, None)
    form = request.form
    try:
        with writing() as session:
            review(
                session,
                use,
                finding=form.get("finding", ""),
                words=form.get("words", ""),
                actor=acting(),
                at=now(),
            )
    except RefusedError as error:
        return _one(use, error.message), 409
    return redirect(url_for("emergencies.uses"), 303)


def _glass(problem: Sentence | None) -> str:
    with reading() as session:
        held = open_uses(session, visitor().account_id, now=now())
    return render_template(
        "break_glass.html",
        problem=problem,
        number=request.values.get("person", "")[:32],
        reason=request.form.get("reason", ""),
        uses=held,
    )


def _one(number: int, problem: Sentence | None) -> str:
    with reading() as session:
        use = session.get(EmergencyUse, number)
        if use is None:
            raise NotFound
        return render_template(
            "emergency.html",
            problem=problem,
            use=use,
            role=role_words(use.role),
            findings=translated(FINDINGS),
            finding_words=FINDINGS.get(use.finding),
            form=request.form,
            seen=_seen(session, use),
            own=use.login == visitor().login,
            late=now() - use.opened_at > REVIEW_WITHIN,
            now=now(),
        )


def _seen(session: Session, use: EmergencyUse) -> list[AuditEntry]:
    """What they looked at and did about this person while it was open."""
    rows = session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.actor == use.login,
            AuditEntry.subject == use.person_number,
            AuditEntry.at >= use.opened_at,
            AuditEntry.at <= (use.closed_at or use.until_at),
        )
        .order_by(AuditEntry.id)
        .limit(200)
    )
    return list(rows)
