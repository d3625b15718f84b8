"""Answers to terminals that ask for the hub's half of their roll's key, or for their next certificate."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from hub.ingest.answers import Answer, Reply
from hub.ingest.doorkeeper import VerifiedWord
from hub.logs import log
from hub.terminals.errors import KeysError, RequestError
from hub.terminals.key_files import read_release_key
from hub.terminals.protection.actions import release_half
from hub.terminals.renewal.actions import note_wish
from wire import release, renewal
from wire.codec import decode, encode
from wire.errors import WireError
from wire.keys import sealing_key
from wire.sealing import seal
from wire.topics import Channel

DESTROYED = "This key was destroyed. Take the terminal in anew: its roll copy then comes again."
NO_KEY = "The hub cannot open its own key. Its operator has to look at the folder of keys."

_log = logging.getLogger("hub.ingest")


def answer_release(keys: Path) -> Answer:
    """Gives the half out, sealed to the terminal. One that is cut off never comes so far."""

    def answer(session: Session, word: VerifiedWord, now: datetime) -> Sequence[Reply]:
        asked = decode(word.body, release.Release)
        try:
            half = release_half(session, word.keys.terminal_id, asked.boot_id, read_release_key(keys), now)
        except (KeysError, WireError) as error:
            log(_log, logging.ERROR, "no half of a key can be given out", cause=type(error).__name__)
            return [_released(asked.nonce, b"", NO_KEY)]
        if half is None:
            return [_released(asked.nonce, b"", DESTROYED)]
        context = release.release_context(word.keys.name, asked.nonce)
        sealed = seal(encode(release.Half(half=half)), sealing_key(word.keys.sealing_key), context)
        return [_released(asked.nonce, sealed, "")]

    return answer


def answer_renewal(session: Session, word: VerifiedWord, now: datetime) -> Sequence[Reply]:
    """Keeps the wish; who holds the authority's key certifies it, and a desk sends the answer."""
    asked = decode(word.body, renewal.Renewal)
    try:
        note_wish(session, word.keys.terminal_id, word.keys.name, asked.certificate_request, now)
    except RequestError as error:
        refused = renewal.Renewed(certificate="", authority="", why=error.sentence[:200])
        return [Reply(Channel.RENEWED, renewal.BACK, refused)]
    return []


def _released(nonce: bytes, sealed: bytes, why: str) -> Reply:
    return Reply(Channel.RELEASED, release.BACK, release.Released(nonce=nonce, sealed=sealed, why=why))
