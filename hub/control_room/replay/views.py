"""The pages of replay: opening an hour, its reel, and bundles of hours for courts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import msgspec
from flask import Response as Sent
from flask import abort, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.fresh import require_fresh_factor
from hub.accounts.permissions import Permission
from hub.control_room.replay import bundles
from hub.control_room.replay.bundles import KEPT, BundlePlace, State, Wish, check_time
from hub.control_room.replay.records import ReplayBundle
from hub.control_room.replay.reel import reel
from hub.control_room.replay.site_then import maps_then
from hub.control_room.replay.words import LENGTHS, PROBLEMS, STATES, player_words
from hub.control_room.site_map import SiteMap
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, service, visitor, writing
from hub.web.formats import SITE_ZONE
from hub.web.known import known_at, known_on, site_today
from hub.web.language import current_language, say
from hub.web.routes import Pages, number_in

pages = Pages("replay", __name__, template_folder="../templates")

_HOUR: Final = 60
_SHOWN: Final = 50
_PIECE: Final = 1 << 18


@dataclass(frozen=True)
class Chosen:
    """A time at the site, as UTC."""

    from_at: datetime
    to_at: datetime


@pages.page("/replay", Permission.SEE_REPLAY)
def page() -> str | tuple[str, int]:
    """Choosing an hour, and the hour that was chosen."""
    asked = _asked()
    problem: Sentence | None = None
    chosen: Chosen | None = None
    known = known_on()
    if "day" in request.args:
        try:
            chosen = _chosen()
        except RefusedError as error:
            problem = error.message
    address, maps = None, list[SiteMap]()
    if chosen is not None:
        query: dict[str, Any] = {"from": chosen.from_at.isoformat(), "to": chosen.to_at.isoformat()}
        if known is not None:
            query["known"] = known.isoformat()
        address = url_for("replay.hour", **query)
        with reading() as session:
            maps = maps_then(session, chosen.from_at)
    shown = render_template(
        "replay.html",
        asked=asked,
        chosen=chosen,
        reel=address,
        maps=maps,
        known=known,
        today=site_today(),
        problem=problem,
        lengths=[(minutes, say(words)) for minutes, words in LENGTHS.items()],
        words=player_words(current_language()),
        may_export=visitor().may(Permission.EXPORT_REPLAY),
    )
    return shown if problem is None else (shown, 409)


@pages.page("/replay/hour", Permission.SEE_REPLAY)
def hour() -> Sent:
    """The reel: names and places of everybody, so one line of the trail each time."""
    try:
        chosen = Chosen(_aware("from"), _aware("to"))
        check_time(chosen.from_at, chosen.to_at, now())
    except (RefusedError, ValueError):
        abort(400)
    with writing() as session:
        detail = f"{chosen.from_at:%Y-%m-%dT%H:%M:%SZ}/{chosen.to_at:%Y-%m-%dT%H:%M:%SZ}"
        write_down(session, at=now(), actor=acting(), act="replay.look", detail=detail)
    with reading() as session:
        found = reel(session, chosen.from_at, chosen.to_at, now(), known_at())
    return Sent(msgspec.json.encode(found), mimetype="application/json")


@pages.page("/replay/bundles", Permission.EXPORT_REPLAY)
def bundle_list() -> str:
    """Every bundle that was asked for, and asking for another."""
    return _list(None)


@pages.page("/replay/bundles", Permission.EXPORT_REPLAY, methods=("POST",))
def ask() -> Response | str | tuple[str, int]:
    if service(BundlePlace).folder is None:
        return _list(
            Sentence("This site has no folder for bundles. Use the command: pims-hub replay bundle")
        ), 409
    answer = require_fresh_factor()
    if answer is not None:
        return answer
    try:
        chosen = _chosen()
        wish = Wish(
            chosen.from_at, chosen.to_at, request.form.get("recipient", ""), request.form.get("reason", "")
        )
        with writing() as session:
            number = bundles.ask(session, wish, actor=acting(), at=now()).id
    except RefusedError as error:
        return _list(error.message), 409
    return redirect(url_for("replay.bundle", number=number), 303)


@pages.page("/replay/bundles/<int:number>", Permission.EXPORT_REPLAY)
def bundle(number: int) -> str:
    return _one(number, None)


@pages.page("/replay/bundles/<int:number>/standing", Permission.EXPORT_REPLAY)
def standing(number: int) -> str:
    """How it stands alone, asked for again by itself."""
    return render_template("replay_bundle_standing.html", **_shown_one(number))


@pages.page("/replay/bundles/<int:number>/fetch", Permission.EXPORT_REPLAY, methods=("POST",))
def fetch(number: int) -> Response | tuple[str, int]:
    """The file; each fetching is written down before the first byte leaves."""
    answer = require_fresh_factor()
    if answer is not None:
        return answer
    try:
        with writing() as session:
            row = bundles.fetch(session, number, actor=acting(), at=now())
            file = service(BundlePlace).open(number)
    except RefusedError as error:
        return _one(number, error.message), 409

    def pieces() -> Iterator[bytes]:
        with file:
            while piece := file.read(_PIECE):
                yield piece

    sent = Sent(pieces(), mimetype="application/zip")
    sent.content_length = row.size_bytes
    name = f"replay-{row.id}-{row.from_at.astimezone(SITE_ZONE):%Y%m%d-%H%M}.zip"
    sent.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return sent


def _asked() -> dict[str, object]:
    """What stands in the form: what was asked for, else the hour that ended last."""
    values = request.values
    last = now().astimezone(SITE_ZONE).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    return {
        "day": values.get("day", last.date().isoformat()),
        "at": values.get("at", f"{last:%H:%M}"),
        "minutes": number_in(values.get("minutes", ""), _HOUR) or _HOUR,
    }


def _chosen() -> Chosen:
    """The time asked for; RefusedError when it is none, or not over yet."""
    asked = _asked()
    try:
        day, at = date.fromisoformat(str(asked["day"])), time.fromisoformat(str(asked["at"]))
    except ValueError:
        raise RefusedError(
            "no_time", Sentence("Write the day as in 2026-11-22 and the time as in 14:05.")
        ) from None
    if not 1900 <= day.year <= 2999 or at.tzinfo is not None:
        raise RefusedError("no_time", Sentence("Write the day as in 2026-11-22 and the time as in 14:05."))
    begin = datetime.combine(day, at, SITE_ZONE).astimezone(UTC)
    if begin >= now():
        raise RefusedError("not_yet", Sentence("That time is not over yet. Choose one that is."))
    end = begin + timedelta(minutes=int(str(asked["minutes"])))
    # Of an hour that is still going on, what was of it until now.
    chosen = Chosen(begin, min(end, now()))
    check_time(chosen.from_at, end if end <= now() else chosen.to_at, now())
    return chosen


def _aware(field: str) -> datetime:
    found = datetime.fromisoformat(request.args.get(field, ""))
    if found.tzinfo is None:
        raise ValueError(field)
    return found.astimezone(UTC)


def _list(problem: Sentence | None) -> str:
    with reading() as session:
        rows = session.scalars(select(ReplayBundle).order_by(ReplayBundle.id.desc()).limit(_SHOWN)).all()
    return render_template(
        "replay_bundles.html",
        rows=rows,
        states=STATES,
        problem=problem,
        typed=request.form,
        asked=_asked(),
        today=site_today(),
        lengths=[(minutes, say(words)) for minutes, words in LENGTHS.items()],
    )


def _one(number: int, problem: Sentence | None) -> str:
    return render_template("replay_bundle.html", problem=problem, **_shown_one(number))


def _shown_one(number: int) -> dict[str, object]:
    with reading() as session:
        row = session.get(ReplayBundle, number)
    if row is None:
        abort(404)
    return {
        "row": row,
        "states": STATES,
        "problems": PROBLEMS,
        "waits": row.state in (State.ASKED, State.MAKING),
        "is_ready": row.state == State.READY,
        "kept_until": None if row.made_at is None else row.made_at + KEPT,
    }
