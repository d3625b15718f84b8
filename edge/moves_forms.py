"""What the officer's page asks of moves, and what it is told."""

from __future__ import annotations

from msgspec import field

from edge.attestation.forms import Reason, Token
from wire.codec import Strict
from wire.happenings import PersonNumber
from wire.versions import Count


class EscortQuestion(Strict, frozen=True):
    """Begin taking `group` through; SINGLE (0) are those who are taken one by one."""

    token: Token
    group: Count


class AreaResetQuestion(Strict, frozen=True):
    """Who is behind this gate is not known by scans from before now, and why."""

    token: Token
    reason: Reason


class Taken(Strict, frozen=True):
    """Somebody of a group, and whether they went through here."""

    person: PersonNumber
    name: str
    through: bool


class DueGroup(Strict, frozen=True):
    """A group that is to be taken through here now; `officer` is set for the one that is under way."""

    group: Count
    people: list[Taken]
    officer: str = ""


class EscortsShown(Strict, frozen=True):
    """The escort under way, if any, and the groups that may be taken through here now."""

    under_way: DueGroup | None
    due: list[DueGroup] = field(default_factory=list)
