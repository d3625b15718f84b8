"""Where an agency's files go, set by an administrator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.permissions import Permission
from hub.sentences import RefusedError, Sentence
from hub.sharing.agreements.reading import agency_by_code
from hub.sharing.outbox.drop_records import KINDS, DropFile, Kind
from hub.sharing.outbox.drop_settings import DropWish, drop_of, end_drop, set_drop
from hub.web.door import now, reading, writing
from hub.web.routes import Pages, number_in

pages = Pages("drops", __name__, template_folder="templates")

_SHOWN: Final = 40
_SSH_PORT: Final = 22


@pages.page("/sharing/agencies/<code>/drop", Permission.MANAGE_PARTNERS)
def drop(code: str) -> str:
    return _show(code, {}, None)


@pages.page("/sharing/agencies/<code>/drop", Permission.MANAGE_PARTNERS, methods=("POST",))
def set_one(code: str) -> Response | tuple[str, int]:
    form = request.form
    try:
        with writing() as session:
            if agency_by_code(session, code) is None:
                abort(404)
            if form.get("act") == "end":
                end_drop(session, code, actor=acting(), at=now())
            else:
                set_drop(session, _wish(code, form), actor=acting(), at=now())
    except RefusedError as error:
        return _show(code, form, error.message), 409
    return redirect(url_for("drops.drop", code=code), 303)


def _wish(code: str, form: Mapping[str, str]) -> DropWish:
    kind = form.get("kind", "")
    return DropWish(
        code,
        Kind(kind) if kind in tuple(Kind) else Kind.FOLDER,
        form.get("place", "")[:200],
        form.get("host", "")[:253],
        number_in(form.get("port", ""), _SSH_PORT),
        form.get("login", "")[:64],
        form.get("host_key", "")[:2_000],
    )


def _show(code: str, typed: Mapping[str, str], problem: Sentence | None) -> str:
    with reading() as session:
        agency = agency_by_code(session, code)
        if agency is None:
            abort(404)
        held = drop_of(session, code)
        wanted = select(DropFile).where(DropFile.agency == code).order_by(DropFile.id.desc())
        files = session.scalars(wanted.limit(_SHOWN)).all()
    return render_template(
        "drop.html", agency=agency, held=held, files=files, typed=typed, problem=problem, kinds=KINDS
    )
