"""Every check of the docket, by code. A check that is taken out of here leaves what it found."""

from __future__ import annotations

from typing import Final

from hub.docket.limits import DUE, Limit, Unit, figures
from hub.docket.rules import absences, authority, dates, files, persons, released, remand
from hub.docket.rules.base import Check
from hub.sentences import Sentence

CHECKS: Final[dict[str, Check]] = {
    check.code: check
    for check in (
        *authority.CHECKS,
        *dates.CHECKS,
        *remand.CHECKS,
        *persons.CHECKS,
        *absences.CHECKS,
        *files.CHECKS,
        *released.CHECKS,
    )
}


def all_limits() -> dict[str, Limit]:
    """Every figure with its initial value: those of the checks and the clock of each check."""
    clocks = (
        Limit(
            f"{DUE}{check.code}",
            Sentence("Hours to deal with: %(what)s", {"what": check.words}),
            Unit.HOURS,
            check.due_hours,
        )
        for check in CHECKS.values()
    )
    return {**figures(), **{limit.name: limit for limit in clocks}}
