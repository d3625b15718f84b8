"""What this terminal asks of the hub beside its entries, put together: the roll's key and its next certificate."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from edge.downlink import Downlink
from edge.errands import Errands
from edge.hub_link import HubLink
from edge.log import Log
from edge.ports import Clock
from edge.protection import RollKeys
from edge.provisioning import Folder, Keys
from edge.refusals import Refusals
from edge.release import KeyRelease
from edge.renewal import CertificateRenewal
from edge.roll_copy import RollCopy
from edge.roll_file import RollFile
from edge.settings import Settings
from edge.threads import Threads
from wire.keys import VerifyingKey
from wire.topics import Channel

NONCE_BYTES = 16


class Asking:
    """Made before the hub link, which takes its `handlers`; `start` then needs the link."""

    def __init__(
        self,
        folder: Folder,
        settings: Settings,
        keys: Keys,
        hub_key: VerifyingKey,
        file: RollFile,
        roll_keys: RollKeys,
        roll: RollCopy,
        refusals: Refusals,
        clock: Clock,
        log: Log,
        *,
        aside_name: Callable[[], str],
    ) -> None:
        downlink = Downlink(settings.terminal, hub_key, refusals)
        self._settings = settings
        self._roll = roll
        self._renewal = CertificateRenewal(
            folder, settings.terminal, keys.signing, downlink, clock, log.of("renewal")
        )
        release = KeyRelease(
            settings.terminal,
            (keys.signing, keys.opening),
            file,
            roll_keys,
            roll,
            downlink,
            refusals,
            clock,
            log.of("release"),
            new_nonce=lambda: secrets.token_bytes(NONCE_BYTES),
            aside_name=aside_name,
        )
        self._errands = Errands([release, self._renewal], refusals, log.of("errands"))

    def handlers(self) -> Mapping[Channel, Callable[[bytes], None]]:
        """For the hub link."""
        return self._errands.handlers()

    def start(self, link: HubLink, threads: Threads) -> None:
        """Starts the thread, and has the link say what is known here."""
        link.also_tell(self._state, self._health)
        self._renewal.renewed = link.reconnect
        beat = threads.beat("errands", self._settings.health.hung_s)
        threads.start("errands", lambda: self._errands.run(link.say, link.tell_now, beat), beat)

    def stop(self) -> None:
        self._errands.stop()

    def _state(self) -> Mapping[str, Any]:
        told = {"officers_page": self._settings.page.officers, "certificate_until": self._renewal.until()}
        return {**self._roll.tell(), **told}

    def _health(self) -> Mapping[str, Any]:
        return {"alarms": ["roll_locked"]} if self._roll.is_locked else {}
