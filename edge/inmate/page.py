"""The inmate's page: one symbol, one line, one sound, on a display of 480x272 or 800x480."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import msgspec
from flask import Blueprint, Response, render_template

from edge.errors import EdgeError
from edge.inmate.front import TURN_S, Picture
from edge.inmate.looks import LOOKS
from edge.inmate.moments import OUT_OF_SERVICE
from edge.inmate.words import load_languages

Ask = Callable[[], Picture]
"""The agent's picture; raises EdgeError when the agent does not answer."""


def blueprint(ask: Ask) -> Blueprint:
    """Serves `/inmate` and, for its script, `/inmate/moment`. The page works when the agent does not."""
    pages = Blueprint(
        "inmate",
        __name__,
        url_prefix="/inmate",
        template_folder="templates",
        static_folder="static",
        static_url_path="/static",
    )
    languages = load_languages()
    look = LOOKS[OUT_OF_SERVICE.sign]

    def absent() -> Picture:
        codes = sorted(languages)
        language = languages[codes[int(time.monotonic() / TURN_S) % len(codes)]]
        return Picture(
            sign=OUT_OF_SERVICE.sign.value,
            symbol=look.symbol,
            colour=look.colour,
            line=language.line(OUT_OF_SERVICE),
            language=language.language,
            sound=[],
            repeats=False,
            serial=0,
        )

    def picture() -> Picture:
        try:
            return ask()
        except EdgeError:
            return absent()

    @pages.get("")
    def page() -> str:
        return render_template("inmate.html", now=picture(), absent=absent())

    @pages.get("/moment")
    def moment() -> Any:
        return Response(msgspec.json.encode(picture()), mimetype="application/json")

    return pages
