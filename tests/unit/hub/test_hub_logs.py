"""What the hub's processes write to their logs when something breaks."""

from __future__ import annotations

import json
import logging
import sys

from hub.logs import JsonLines


def _broken(name: str) -> logging.LogRecord:
    try:
        try:
            raise ValueError(f"no room for {name}")
        except ValueError as cause:
            raise RuntimeError(f"row of {name}") from cause
    except RuntimeError:
        return logging.LogRecord("hub", logging.ERROR, __file__, 1, "a message broke", None, sys.exc_info())


def test_a_broken_message_is_logged_by_kind_and_place_and_never_in_its_own_words() -> None:
    text = JsonLines().format(_broken("NOVELO, Ana"))
    assert "NOVELO" not in text
    line = json.loads(text)
    assert line["error"] == "RuntimeError from ValueError"
    assert all(place.endswith(" _broken") for place in line["traceback"])
    assert len(line["traceback"]) == 2
