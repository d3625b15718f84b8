"""Asks the hub for its half of the roll's key: at each boot of a terminal that keeps only its own half."""

from __future__ import annotations

from collections.abc import Callable

from edge.downlink import Downlink
from edge.log import Log
from edge.ports import Clock
from edge.protection import RollKeys
from edge.refusals import Refusals
from edge.roll_copy import RollCopy
from edge.roll_file import RollFile
from wire.codec import decode
from wire.envelope import HUB, sign
from wire.errors import WireError
from wire.keys import OpeningKey, SigningKey
from wire.release import BACK, KIND, Half, Release, Released, release_context
from wire.sealing import unseal
from wire.topics import Channel

FIRST_PATIENCE_S = 2.0
LONGEST_PATIENCE_S = 15.0
"""Everybody is referred meanwhile, so it is asked for often."""


class KeyRelease:
    """An errand, as `edge.renewal.CertificateRenewal`."""

    channel = Channel.RELEASE
    answered = Channel.RELEASED

    def __init__(
        self,
        terminal: str,
        keys: tuple[SigningKey, OpeningKey],
        file: RollFile,
        roll_keys: RollKeys,
        roll: RollCopy,
        downlink: Downlink,
        refusals: Refusals,
        clock: Clock,
        log: Log,
        *,
        new_nonce: Callable[[], bytes],
        aside_name: Callable[[], str],
    ) -> None:
        self._terminal = terminal
        self._signing, self._opening = keys
        self._file = file
        self._roll_keys = roll_keys
        self._roll = roll
        self._downlink = downlink
        self._refusals = refusals
        self._clock = clock
        self._log = log
        self._new_nonce = new_nonce
        self._aside_name = aside_name
        self._nonce: bytes | None = None
        self._not_before_s = 0.0
        self._patience_s = FIRST_PATIENCE_S

    def next_word(self, now_s: float) -> bytes | None:
        """The signed question while the half is missed; each one makes an answer to an earlier one worthless."""
        if now_s < self._not_before_s or not self._file.misses_half():
            return None
        self._not_before_s = now_s + self._patience_s
        self._patience_s = min(self._patience_s * 2, LONGEST_PATIENCE_S)
        self._nonce = self._new_nonce()
        asked = Release(nonce=self._nonce, boot_id=self._clock.read().boot_id)
        return sign(KIND, self._terminal, HUB, asked, self._signing)

    def take(self, raw: bytes, _now_s: float) -> None:
        """Opens the hub's answer and brings the roll copy back with it; the half is kept in memory alone."""
        answer = self._downlink.read(raw, BACK, Released)
        if answer is None or answer.nonce != self._nonce:
            return
        if not answer.sealed:
            self._log.warning("roll_key_not_released", why=answer.why)
            return
        try:
            context = release_context(self._terminal, answer.nonce)
            half = decode(unseal(answer.sealed, self._opening, context), Half)
        except WireError as error:
            self._refusals.count(error.reason)
            return
        self._nonce = None
        self._roll_keys.release(half.half)
        self._roll.unlock(self._aside_name())
        self._log.info("roll_key_released", version=str(self._roll.content().version))
