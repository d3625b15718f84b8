"""The call for help at the foot of every page: held for two seconds, and SENT only when somebody has said so."""

from __future__ import annotations

from flask import Blueprint, jsonify
from werkzeug.wrappers import Response

from edge.attestation.forms import Nothing
from edge.errors import DeskAbsentError, DeskRefusedError
from edge.kiosk.door import desk, token
from edge.kiosk.units import terminal
from edge.unit.forms import CallQuestion, CallState

pages = Blueprint("panic", __name__)


@pages.post("/panic")
def call() -> tuple[Response, int]:
    """503 when it is not even in the journal."""
    try:
        return _told(desk().ask("call", CallQuestion(token=token()), CallState))
    except (DeskAbsentError, DeskRefusedError):
        return jsonify({"sequence": 0}), 503


@pages.get("/panic")
def state() -> tuple[Response, int]:
    """What became of the last call from this terminal; whoever walks by may see it."""
    try:
        return _told(desk().ask("call_state", Nothing(), CallState))
    except (DeskAbsentError, DeskRefusedError):
        return jsonify({"sequence": 0}), 503


def _told(said: CallState) -> tuple[Response, int]:
    """Who acknowledged it is for officers: others read that it was heard. `away`: nobody can have heard it yet."""
    away = bool(said.sequence) and not said.by and terminal().connected is False
    heard = {"at_hub": said.at_hub, "heard": bool(said.by), "away": away}
    return jsonify({"sequence": said.sequence, "age_s": said.age_s, **heard}), 200
