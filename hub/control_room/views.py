"""The control room's screen, its stream, and the page of terminals."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec
from flask import Response, abort, render_template, request
from sqlalchemy import select

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.control_room.events import message
from hub.control_room.feed_picture import picture
from hub.control_room.live import Live
from hub.control_room.picture import Viewer
from hub.control_room.site_map import site_maps
from hub.control_room.terminal_page import terminal_page
from hub.control_room.terminals import terminal_lines
from hub.control_room.words import DOORS, LEVELS, PROTECTION_SHORT, SENSORS, TERMINAL_ALARMS, screen_words
from hub.movements.records import Site as PrisonSite
from hub.reception.words import in_words
from hub.terminals.protection.actions import PROTECTION_WORDS
from hub.web.door import Site, now, reading, service, visitor, writing
from hub.web.language import current_language
from hub.web.routes import Pages

pages = Pages("control_room", __name__, template_folder="templates")

CHECK_SESSION_S: Final = 10.0
"""How long a screen goes on after its session was ended."""
MOST_SCREENS: Final = 40
"""Each holds a thread of the server; the rest of them stay free for pages."""
RETRY: Final = b"retry: 1000\n\n"


@pages.page("/control-room", Permission.WATCH, watches=True)
def screen() -> str:
    with reading() as session:
        maps = site_maps(session)
        sites = session.scalars(select(PrisonSite).order_by(PrisonSite.sort, PrisonSite.id)).all()
    return render_template("control_room.html", maps=maps, sites=sites, words=screen_words())


@pages.page("/control-room/picture", Permission.WATCH, watches=True)
def whole_picture() -> Response:
    _write_down_look()
    return Response(picture(service(Site).sessions, _viewer(), now()), mimetype="application/json")


@pages.page("/control-room/alive", Permission.WATCH, watches=True)
def alive() -> Response:
    """Whether this session may still watch, for a screen whose stream was refused."""
    return Response("{}", mimetype="application/json")


@pages.page("/control-room/events", Permission.WATCH, watches=True)
def events() -> Response:
    live = service(Live)
    if live.screens >= MOST_SCREENS:
        abort(503)
    _write_down_look()
    live.start()
    last = request.headers.get("Last-Event-ID", "")
    after = int(last) if last.isascii() and last.isdigit() and len(last) < 18 else None
    stream = _stream(live, after, _viewer(), _still_signed_in())
    return Response(stream, mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})


def _write_down_look() -> None:
    """Names and places of everybody at once: one line of the trail each time that a screen opens or comes back."""
    with writing() as session:
        write_down(session, at=now(), actor=acting(), act="control_room.picture")


def _viewer() -> Viewer:
    """Whoever leads or clears counts is shown all; others may be counting."""
    who = visitor()
    sees_totals = who.may(Permission.RUN_COUNT) or who.may(Permission.CLEAR_COUNT)
    return Viewer(current_language(), sees_totals)


@pages.page("/terminals", Permission.SEE_TERMINALS)
def terminals() -> str:
    with reading() as session:
        lines = terminal_lines(session, now(), current_language())
    return render_template(
        "terminals.html",
        lines=lines,
        levels=LEVELS,
        sensors=SENSORS,
        protections=PROTECTION_SHORT,
        in_words=in_words,
    )


@pages.page("/terminals/<name>", Permission.SEE_TERMINALS)
def one_terminal(name: str) -> str:
    with reading() as session:
        page = terminal_page(session, name, now())
        if page is None:
            abort(404)
        return render_template(
            "terminal.html",
            page=page,
            levels=LEVELS,
            sensors=SENSORS,
            doors=DOORS,
            alarms=TERMINAL_ALARMS,
            protections=PROTECTION_WORDS,
            in_words=in_words,
        )


def _stream(live: Live, after: int | None, viewer: Viewer, signed_in: Callable[[], bool]) -> Iterator[bytes]:
    subscriber = live.subscribe(viewer)
    try:
        yield RETRY
        if after is not None and viewer.sees_totals:
            # What was missed line by line, and then the picture, which is all that a screen needs.
            yield from live.missed(after)
        checked = time.monotonic()
        for encoded in subscriber.messages():
            if time.monotonic() - checked > CHECK_SESSION_S:
                checked = time.monotonic()
                if not signed_in():
                    yield message("signed-out", {})
                    return
            yield encoded
    finally:
        live.leave(subscriber)


def _still_signed_in() -> Callable[[], bool]:
    """A question that can be asked after the request's own context is gone."""
    site = service(Site)
    token, address = request.cookies.get(site.session_cookie, ""), visitor().address

    def ask() -> bool:
        found = site.recognise(token, address, True, site.clock())
        return found is not None and found.may(Permission.WATCH)

    return ask


def _json(document: Any) -> Response:
    return Response(msgspec.json.encode(document), mimetype="application/json")
