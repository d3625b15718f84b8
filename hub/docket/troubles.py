"""What of a file cannot be read or reckoned with: it shows as a finding, and stops neither other checks nor others."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, ParamSpec, TypeVar

import msgspec

from hub.errors import HubError
from hub.sentences import Sentence

_T = TypeVar("_T")
_P = ParamSpec("_P")
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class Trouble:
    """`what` could not be done, in words for whoever has to mend the file; `rows` are facts to look at."""

    what: Sentence
    rows: tuple[int, ...] = ()


class UnreadableError(HubError):
    """Something was asked for that cannot be known, because of `trouble`."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__("unreadable", str(trouble.what))
        self.trouble = trouble


def known(value: _T | Trouble) -> _T:
    """The value; UnreadableError where there is none."""
    if isinstance(value, Trouble):
        raise UnreadableError(value)
    return value


def attempt(part: Sentence, make: Callable[_P, _T], *given: _P.args, **more: _P.kwargs) -> _T | Trouble:
    """What `make` gives, or why it cannot; `part` says what was tried."""
    try:
        return make(*given, **more)
    except Exception as error:  # noqa: BLE001 - whatever one file holds must not keep the others from being looked at
        return trouble_of(error, part)


def trouble_of(error: Exception, part: Sentence) -> Trouble:
    """Why `part` could not be done, in words."""
    if isinstance(error, UnreadableError):
        return error.trouble
    if isinstance(error, msgspec.MsgspecError):
        return Trouble(Sentence("%(part)s: an entry cannot be read by this version.", {"part": part}))
    if isinstance(error, ArithmeticError | ValueError):
        return Trouble(
            Sentence("%(part)s: a date or a number is too far off to be reckoned with.", {"part": part})
        )
    # The kind of error alone: its words may hold what was recorded.
    _log.error("docket: %s failed with %s", part.text, _where(error))
    return Trouble(Sentence("%(part)s: the program failed; its log says where.", {"part": part}))


def _where(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else f" at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
    return f"{type(error).__name__}{place}"
