"""What is needed to look at fingers that desks sent sealed: database, vault, key, clock, and everybody's fingers."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.vault import Vault
from hub.database import Sessions
from hub.logs import log
from wire.codec import decode
from wire.enrolment import TakenFinger, part_context
from wire.errors import WireError
from wire.keys import OpeningKey
from wire.sealing import unseal

_log = logging.getLogger("hub.enrolment")


@dataclass(frozen=True)
class Workbench:
    """Shared by all who look at such fingers; `receiving_key` opens what was sealed to this hub."""

    sessions: Sessions
    vault: Vault
    receiving_key: OpeningKey
    clock: Callable[[], datetime]
    search: DuplicateSearch

    def open(self, terminal: str, task: str, position: int, sealed: bytes) -> TakenFinger | None:
        """The finger that a terminal sealed for this task and position.

        None where it cannot be opened, is of another task or position, or has both impressions and a reason why there
        are none, or neither.
        """
        try:
            taken = decode(
                unseal(sealed, self.receiving_key, part_context(terminal, task, position)), TakenFinger
            )
        except WireError as error:
            log(_log, logging.WARNING, "a finger cannot be opened", reason=error.reason.value)
            return None
        right = taken.task == task and taken.position == position
        return taken if right and bool(taken.impressions) == (taken.unusable is None) else None
