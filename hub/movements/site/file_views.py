"""Bringing a site in from files, looked at first; and taking it out."""

from __future__ import annotations

from typing import Any, Final

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.permissions import Permission
from hub.movements.site.comparing import differences
from hub.movements.site.exporting import as_toml, site_file
from hub.movements.site.files import SiteError, read_site, text_of
from hub.movements.site.forms import Kind, kind_of, written
from hub.movements.site.importing import REASON, Preview, bring_in, preview
from hub.movements.site.table_files import as_table, read_table
from hub.movements.site.touched import Grade
from hub.movements.site.words import FIELDS, THINGS
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, writing
from hub.web.routes import Pages, number_in

pages = Pages("site_files", __name__, template_folder="templates")

MOST_BYTES: Final = 200_000
SHOWN: Final = 200
_GUESSED: Final = Sentence(
    "The file is not UTF-8: it was read as Windows-1252. Look whether names are right."
)


@pages.page("/site/import", Permission.EDIT_SITE)
def choose() -> str:
    return _page(None)


@pages.page("/site/import", Permission.EDIT_SITE, methods=("POST",), max_bytes=2 * MOST_BYTES)
def look() -> str | tuple[str, int]:
    """What a file would change."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _page(Sentence("Choose a file first: site.toml, or a table of zones or checkpoints.")), 400
    raw = file.stream.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        return _page(Sentence("The file is larger than 200 KB. Bring it in in parts, or at the hub.")), 400
    try:
        text, told = text_of(raw)
        with reading() as session:
            found = _preview(session, file.filename, text)
            return _page(None, file.filename, text, found, note=None if told else _GUESSED)
    except SiteError as error:
        return _page(error.message, file.filename), 409


@pages.page("/site/import/carry-out", Permission.EDIT_SITE, methods=("POST",), max_bytes=2 * MOST_BYTES)
def carry_out() -> Response | tuple[str, int]:
    """Bring in what was looked at, unless the site changed since."""
    name, text = request.form.get("name", ""), request.form.get("content", "").replace("\r\n", "\n")
    try:
        with writing() as session:
            found = _preview(session, name, text)
            if found.stamp != number_in(request.form.get("stamp", ""), none=-1):
                words = Sentence("The site was changed meanwhile. Look again at what this file would change.")
                return _page(words, name, text, found), 409
            if any(one.grade is Grade.ASK for _, one in found.touched) and request.form.get("seen") != "yes":
                words = Sentence("Confirm that you have seen what this touches.")
                return _page(words, name, text, found), 409
            reason = request.form.get("reason", "").strip() or f"{REASON} {name}"
            bring_in(session, found, actor=acting(), at=now(), reason=reason)
    except RefusedError as error:
        return _page(error.message, name), 409
    return redirect(url_for("site.changes"), 303)


@pages.page("/site.toml", Permission.SEE_TERMINALS)
def site_toml() -> Response:
    with reading() as session:
        return _download(as_toml(site_file(session)), "site.toml", "application/toml")


@pages.page("/site/zones.csv", Permission.SEE_TERMINALS)
def zones_csv() -> Response:
    with reading() as session:
        return _download(as_table(site_file(session), Kind.ZONE), "zones.csv", "text/csv")


@pages.page("/site/checkpoints.csv", Permission.SEE_TERMINALS)
def checkpoints_csv() -> Response:
    with reading() as session:
        return _download(as_table(site_file(session), Kind.CHECKPOINT), "checkpoints.csv", "text/csv")


def _download(text: str, name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, mimetype=kind, headers=headers)


def _preview(session: Session, name: str, text: str) -> Preview:
    if name.lower().endswith(".csv"):
        table = read_table(text.encode())
        return preview(session, table.file, now(), table.places, table.troubles, table.unread)
    return preview(session, read_site(text.encode()), now())


def _page(
    problem: Sentence | None,
    name: str = "",
    text: str = "",
    found: Preview | None = None,
    note: Sentence | None = None,
) -> str:
    parts: dict[str, Any] = {"things": THINGS, "kind_of": kind_of, "shown": SHOWN, "note": note}
    parts |= {"differences": differences, "written": written, "fields": FIELDS}
    if found is not None:
        parts["asks"] = [one for one in found.touched if one[1].grade is Grade.ASK]
        parts["notes"] = [one for one in found.touched if one[1].grade is Grade.NOTE]
    return render_template("site_import.html", problem=problem, name=name, text=text, found=found, **parts)
