"""The records office on the day, at its pages: a wrong fact is put right, somebody is let go, lists are compared."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Final

from hub.web.formats import SITE_ZONE
from simulation.staff import Member
from simulation.visitor import CannotSignIn, Value, Visitor, fields_of

_WHY: Final = "The day in ten minutes"
_VOUCHES: Final = re.compile(
    r'name="what" value="([^"]+)"><input type="hidden" name="subject" value="([^"]*)"'
)
_DIFFERENCE: Final = re.compile(r'href="/sharing/census/differences/(\d+)"')
_ROUNDS: Final = 8
"""In which a release's conditions are gone through: one that is met can bring up another."""


class Records:
    """`officer` is a records officer, `second` whoever signs a release beside them."""

    def __init__(self, officer: Visitor, second: Member, password: str) -> None:
        self.officer, self._second, self._password = officer, second, password

    def correct_birth(self, number: str, fact: int, born_on: date) -> None:
        """It was recorded wrongly, and this is right."""
        page = f"/people/{number}/facts/{fact}/correct"
        form = fields_of(self.officer.read(page), {"f_born_on", "reason"})
        right = {"f_born_on": born_on.isoformat(), "source": "Birth certificate", "reason": "Misread"}
        # Of a day long ago the page asks once whether it is sure.
        self.officer.submit(page, {**form, **right, "sure": form["effective"]})

    def release(self, number: str, reason: str) -> None:
        """Every condition is gone through, two sign, and they go; CannotSignIn when something still keeps them."""
        case = self.officer.fill(f"/people/{number}/release", {"reason": reason})
        signed = {"second_login": self._second.login, "second_password": self._second.password}
        for _ in range(_ROUNDS):
            page = self.officer.read(case)
            if "disabled>" not in page:
                break
            for what, subject in _VOUCHES.findall(page):
                self._act(case, act="vouch", what=what, subject=subject, note=_WHY)
            if 'value="attest_second"' in page:
                self._act(case, act="attest_second", note=_WHY, **signed)
            elif 'name="act" value="second"' in page:
                self._act(case, act="second", **signed)
        form = self.officer.form(case) | {"proof": "password", "password": self._password}
        self.officer.submit(f"{case}/release", form)

    def compare_weekly(self, agency: str) -> None:
        """The census with this agency is today, from the first hour on."""
        page = f"/sharing/census/{agency}"
        today = datetime.now(UTC).astimezone(SITE_ZONE)
        rule = {"weekday": str(today.weekday()), "hour": "0", "days": "7", "scope": "everybody"}
        self.officer.fill(page, rule, to=f"{page}/rule")

    def compare(self, agency: str) -> None:
        """Their list came: compare it now."""
        page = f"/sharing/census/{agency}"
        self.officer.submit(page, self.officer.form(page))

    def work(self, agency: str) -> int:
        """Take each difference on and close it; how many there were."""
        found = list(dict.fromkeys(_DIFFERENCE.findall(self.officer.read(f"/sharing/census/{agency}"))))
        for one in found:
            page = f"/sharing/census/differences/{one}"
            self._submit(page, {"act": "take"})
            self._submit(page, {"why": "theirs_wrong", "words": "Told by telephone, they look it up"})
        return len(found)

    def _act(self, case: str, **fields: str) -> None:
        self.officer.submit(case, self.officer.form(case) | fields)

    def _submit(self, page: str, fields: dict[str, Value]) -> None:
        html = self.officer.read(page)
        try:
            form = fields_of(html, {"version", *fields})
        except LookupError as error:
            raise CannotSignIn(f"The page {page} has {error}.") from error
        self.officer.submit(page, {**form, **fields})
