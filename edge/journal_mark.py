"""How far the journal was already found whole: signed for by the terminal, so that a start reads only what came since.

The chain is still followed from its first entry to its last in idle time, and by `pims-edge journal verify`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from edge.errors import JournalDamagedError
from edge.journal_file import Mark
from edge.log import Log
from edge.ports import Standing
from edge.storage import write_durably
from wire.codec import Strict, decode, encode
from wire.envelope import Signature, check_signature, preimage
from wire.errors import WireError
from wire.journal import JournalId, Link
from wire.keys import SigningKey
from wire.versions import Count

STEP = 2_000
"""Entries followed in one idle moment: some 20 ms on a Raspberry Pi."""
AGAIN_S = 86_400.0
"""A whole journal is followed again after this long."""
KEEP_S = 3_600.0
"""The mark is written this often, so that even a power cut leaves little to read."""


class _Stored(Strict, frozen=True):
    journal_id: JournalId
    sequence: Count
    link: Link
    signature: Signature


class MarkFile:
    """`journal.mark` of one terminal. What cannot be read, or is not by our key, is no mark."""

    def __init__(self, path: Path, terminal: str, key: SigningKey) -> None:
        self._path = path
        self._terminal = terminal
        self._key = key

    def load(self) -> Mark | None:
        """The mark that was kept last, None when there is none to be trusted."""
        with suppress(OSError, WireError):
            stored = decode(self._path.read_bytes(), _Stored)
            mark = Mark(stored.journal_id, stored.sequence, stored.link)
            check_signature(self._key.public_key(), stored.signature, self._covered(mark))
            return mark
        return None

    def keep(self, mark: Mark) -> None:
        """Replaces the mark durably; OSError when the disk does not take it."""
        signature = self._key.sign(self._covered(mark))
        stored = _Stored(
            journal_id=mark.journal_id, sequence=mark.sequence, link=mark.link, signature=signature
        )
        write_durably(self._path, encode(stored))

    def _covered(self, mark: Mark) -> bytes:
        return preimage("mark", self._terminal, mark.journal_id, mark.sequence, mark.link)


class Followed(Protocol):
    """The journal as it is followed."""

    def standing(self) -> Standing: ...
    def check_on(self, start: Mark, most: int) -> Mark: ...


class Follower:
    """Follows the chain in idle moments and keeps the mark. One thread uses it; times are monotonic seconds."""

    def __init__(self, journal: Followed, marks: MarkFile, log: Log, damaged: Callable[[], None]) -> None:
        self._journal = journal
        self._marks = marks
        self._log = log
        self._damaged = damaged
        self._at: Mark | None = None
        self._again_at = 0.0
        self._keep_at = 0.0

    def idle(self, now: float) -> None:
        """One step. `damaged` is called when the chain does not hold, with the journal still as it was."""
        if self._at is None and now < self._again_at:
            self._keep_if_due(now)
            return
        start = self._at or _beginning(self._journal.standing())
        try:
            self._at = self._journal.check_on(start, STEP)
        except JournalDamagedError as error:
            self._log.error("journal_damaged", say=error.sentence)
            self._at, self._again_at = None, now + AGAIN_S
            self._damaged()
            return
        if self._at.sequence >= self._journal.standing().last:
            self._at, self._again_at, self._keep_at = None, now + AGAIN_S, now
            self._keep_if_due(now)

    def _keep_if_due(self, now: float) -> None:
        if now >= self._keep_at:
            self._keep_at = now + KEEP_S
            self._keep()

    def _keep(self) -> None:
        standing = self._journal.standing()
        try:
            self._marks.keep(Mark(standing.journal_id, standing.last, standing.last_link))
        except OSError as error:
            self._log.warning("mark_not_kept", why=error.strerror)


def _beginning(standing: Standing) -> Mark:
    return Mark(standing.journal_id, standing.pruned_to, standing.pruned_link)
