"""The agencies' listener at work: nobody holds it up by being slow, and what is no HTTP gets a problem document too."""

from __future__ import annotations

import logging
from typing import ClassVar, Final

import msgspec

from hub.sharing.api import problems as p
from hub.website.patience import Limits
from hub.website.worker import Worker, answer_of

THREADS: Final = 64
"""Calls at one time. A database of one writer uses few; the others are there so that slow lines hold up nobody."""
_KINDS: Final = {414: p.LONG_ADDRESS, 431: p.LARGE_HEADERS, 400: p.BAD_REQUEST}


class AgencyWorker(Worker):
    """Here a call has its time as a whole too, and answers what it cannot read as it answers everything else."""

    logger: ClassVar = logging.getLogger("pims.hub.agencies")
    limits: ClassVar = Limits(pressed=THREADS // 2, whole_s=30.0, pressed_whole_s=10.0)

    def unread(self, status: int) -> bytes:
        """A problem document."""
        return unread(_KINDS.get(status, p.FAULT))


def unread(kind: p.ProblemKind) -> bytes:
    """The whole answer to a request that was not read to its end."""
    return answer_of(
        kind.status, kind.title, p.MEDIA_TYPE, msgspec.json.encode(p.document(kind, kind.page, {}))
    )
