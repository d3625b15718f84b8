"""The call for help at the foot of every page: held for two seconds, and then the truth about whether it was heard."""

from __future__ import annotations

from flask import Blueprint, jsonify
from werkzeug.wrappers import Response

from edge.attestation.forms import HeardQuestion, Nothing, Sent
from edge.errors import DeskAbsentError, DeskRefusedError
from edge.kiosk.door import desk

pages = Blueprint("panic", __name__)


@pages.post("/panic")
def call() -> tuple[Response, int]:
    """Number of the entry; 503 when it is not even in the journal."""
    try:
        sent = desk().ask("duress", Nothing(), Sent)
    except (DeskAbsentError, DeskRefusedError):
        return jsonify({"sequence": None}), 503
    return jsonify({"sequence": sent.sequence}), 200


@pages.get("/panic/<int:sequence>")
def heard(sequence: int) -> tuple[Response, int]:
    """Whether the hub has it."""
    try:
        return jsonify({"heard": desk().ask("heard", HeardQuestion(sequence=sequence), bool)}), 200
    except (DeskAbsentError, DeskRefusedError):
        return jsonify({"heard": False}), 503
