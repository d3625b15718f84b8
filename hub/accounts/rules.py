"""Pure rules of signing in: how long a session lives, how long a wrong password makes one wait."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from hub.sentences import Sentence

IDLE_LIMIT: Final = timedelta(minutes=30)
"""Without a page asked for in this time, everything but the watching screen asks to sign in again."""
ABSOLUTE_LIMIT: Final = timedelta(hours=13)
"""A twelve-hour shift and its hand-over."""

FREE_FAILURES: Final = 4
"""Wrong passwords from one place before the waiting starts."""
LONGEST_WAIT: Final = timedelta(minutes=5)
"""However often somebody fails, the next try is never further away than this."""
FAILURES_FORGOTTEN_AFTER: Final = timedelta(hours=24)

MIN_PASSWORD_LENGTH: Final = 12
MAX_PASSWORD_LENGTH: Final = 200

_LOGIN = re.compile(r"[a-z][a-z0-9._-]{1,39}\Z")
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without i, l, o, 0 and 1, which are misread on paper


def is_login(text: str) -> bool:
    """True for 2 to 40 lower-case letters, digits, dots, underscores and hyphens, beginning with a letter."""
    return _LOGIN.match(text) is not None


def wait_after(failures: int) -> timedelta:
    """How long after the last of `failures` wrong passwords the next try is heard."""
    if failures < FREE_FAILURES:
        return timedelta(0)
    doublings = min(failures - FREE_FAILURES, 16)
    return min(timedelta(seconds=2.0**doublings), LONGEST_WAIT)


def is_alive(created_at: datetime, seen_at: datetime, now: datetime, *, watching: bool) -> bool:
    """Whether a session still holds; one that only watches is not ended by idleness."""
    if not timedelta(0) <= now - created_at < ABSOLUTE_LIMIT:
        return False
    return watching or now - seen_at < IDLE_LIMIT


def make_password(choose: Callable[[str], str] = secrets.choice) -> str:
    """Four groups of four readable characters: 79 bits."""
    return readable_code(4, choose)


def readable_code(groups: int, choose: Callable[[str], str] = secrets.choice) -> str:
    """Groups of four characters that paper and a bad pen do not confuse: almost 20 bits a group."""
    return "-".join("".join(choose(_ALPHABET) for _ in range(4)) for _ in range(groups))


def fault_of_password(password: str, login: str) -> Sentence | None:
    """What is wrong with a password somebody chose, None when nothing is."""
    if len(password) < MIN_PASSWORD_LENGTH:
        return Sentence(
            "The new password is too short. Use at least %(count)s characters, for example four words.",
            {"count": MIN_PASSWORD_LENGTH},
        )
    if len(password) > MAX_PASSWORD_LENGTH:
        return Sentence(
            "The new password is too long. Use at most %(count)s characters.", {"count": MAX_PASSWORD_LENGTH}
        )
    if login in password.lower() or len(set(password)) < 5:
        return Sentence("The new password is too easy to guess. Choose one without the login or repetition.")
    return None
