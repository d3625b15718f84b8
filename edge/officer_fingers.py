"""Officers' fingers: searched only for a finger that is nobody's on the roll, and never an inmate's way through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from matching import Template, TemplateError
from wire.happenings import Outcome
from wire.roll import RollOfficer

IS_THEIRS = 4.0
"""Score by which one named officer is confirmed: one false match in 10,000, after the PIN."""


class Gallery(Protocol):
    """`matching.Gallery`."""

    def enrol(self, key: str, template: Template) -> None: ...
    def identify(self, probe: Template, fmr: float) -> Any: ...


class OfficerFingers:
    """`roster` is that of the roll copy; its gallery is made anew when the roster changed. For the agent's thread."""

    def __init__(
        self,
        roster: Callable[[], Sequence[RollOfficer]],
        new_gallery: Callable[[], Gallery],
        compare: Callable[[Template, Template], float],
        *,
        fmr: float,
    ) -> None:
        self._roster = roster
        self._new_gallery = new_gallery
        self._compare = compare
        self._fmr = fmr
        self._made_of: Sequence[RollOfficer] | None = None
        self._gallery: Gallery | None = None

    def named(self, probe: object) -> str | None:
        """The login of the officer whose finger it is, None when it is nobody's or not beyond doubt."""
        gallery = self._current()
        if gallery is None or not isinstance(probe, Template):
            return None
        found = gallery.identify(probe, self._fmr)
        return str(found.key) if Outcome(found.outcome.name) is Outcome.MATCH else None

    def has(self, login: str) -> bool:
        """Whether fingers of this officer are here."""
        return any(one.login == login and one.fingers for one in self._roster())

    def is_of(self, login: str, probe: object) -> bool:
        """Whether a finger is of this one officer."""
        if not isinstance(probe, Template):
            return False
        mine = (finger for one in self._roster() if one.login == login for finger in one.fingers)
        return any(self._compare(probe, held) >= IS_THEIRS for held in map(_template, _records(mine)) if held)

    def _current(self) -> Gallery | None:
        roster = self._roster()
        if roster is not self._made_of:
            self._gallery = self._filled(roster)
            self._made_of = roster
        return self._gallery

    def _filled(self, roster: Sequence[RollOfficer]) -> Gallery | None:
        if not any(one.fingers for one in roster):
            return None
        gallery = self._new_gallery()
        for one in roster:
            for held in map(_template, _records(one.fingers)):
                if held is not None:
                    gallery.enrol(one.login, held)
        return gallery


def _records(fingers: Any) -> list[bytes]:
    return [finger.template for finger in fingers]


def _template(record: bytes) -> Template | None:
    """One that cannot be read costs its owner a finger here, and nobody else anything."""
    try:
        return Template.from_iso(record)
    except TemplateError:
        return None
