"""Who is what at a moment, as known at a time: told from plain records, one person after the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from .statistics_truth import Rows, Stay, Truth

SITE = ZoneInfo("America/Belize")
NEVER = datetime(9000, 1, 1, tzinfo=SITE)
UNKNOWN = "_U"
DISTRICTS = {
    "Belize": "BZ-BZ",
    "Cayo District": "BZ-CY",
    " toledo": "BZ-TOL",
    "": UNKNOWN,
    "Atlantis": "OTHER",
}
ENDED_CHARGE = {"acquitted", "Acquitted", "discharged", "withdrawn", "Charges withdrawn"}


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SITE)


def day_of(at: datetime) -> date:
    return at.astimezone(SITE).date()


@dataclass(frozen=True)
class Span:
    """What held after `since` and up to `until`."""

    since: datetime
    until: datetime
    value: Any

    def at(self, moment: datetime) -> bool:
        return self.since < moment <= self.until


def spans(rows: Rows, known: datetime) -> list[Span]:
    """What held of one thing, as known then."""
    told: list[tuple[datetime, int, Any, datetime]] = []
    for place, row in enumerate(rows):
        if row.known > known or (row.withdrawn is not None and row.withdrawn <= known):
            continue
        value, since = row.value, row.since
        if row.corrected is not None and row.corrected[2] <= known:
            value, since = row.corrected[:2]
        ended = row.ended[0] if row.ended is not None and row.ended[1] <= known else NEVER
        told.append((since, place, value, ended))
    told.sort(key=lambda one: one[:2])
    found = []
    for place, (since, _order, value, ended) in enumerate(told):
        until = min(ended, told[place + 1][0]) if place + 1 < len(told) else ended
        found.append(Span(since, until, value))
    return found


@dataclass
class Known:
    """A stay as known."""

    person: int
    begins: datetime
    ends: datetime
    reason: str
    stay: Stay
    away: list[Span] = field(default_factory=list)

    def held(self, moment: datetime) -> bool:
        """Whether they were in custody at the end of the time before that moment."""
        return self.begins < moment <= self.ends and not any(one.at(moment) for one in self.away)


class Knowing:
    """People and stays as known at one time, and in which categories each is."""

    def __init__(self, truth: Truth, known: datetime) -> None:
        self.truth, self.known = truth, known
        self.leads = {led: lead for lead, led, at in truth.merges if at <= known}
        self.stays = [one for stay in truth.stays if (one := self._stay(stay)) is not None]

    def lead(self, person: int) -> int:
        return self.leads.get(person, person)

    def cuts(self, stay: Known, moment: datetime, day: date) -> dict[str, str]:
        """Categories of whoever is held at a moment."""
        bands = [one for rows in stay.stay.sentences for one in spans(rows, self.known) if one.at(moment)]
        return {
            **self.person_cuts(stay.person, moment, day),
            "AGE": self._age_band(stay.person, day),
            "DISTRICT": self._home(stay.person, moment),
            "LEGAL_STATUS": self._status(stay, moment),
            "ICCS": self._offence(stay, moment),
            "SENTENCE": max((self._band(stay, one, moment) for one in bands), default=(0, UNKNOWN))[1],
        }

    def person_cuts(self, person: int, moment: datetime, day: date) -> dict[str, str]:
        age = self._age(person, day)
        young = UNKNOWN if age is None else "JUVENILE" if age < 18 else "ADULT"
        return {
            "SEX": self._sex(person, moment),
            "CITIZENSHIP": self._citizen(person, moment),
            "JUVENILE": young,
        }

    def _stay(self, stay: Stay) -> Known | None:
        came = spans([stay.admission], self.known)
        if not came:
            return None
        gone = spans(stay.releases, self.known)
        ends, reason = gone[-1].value if gone else (NEVER, UNKNOWN)
        found = Known(self.lead(stay.person), came[0].value, ends, reason, stay)
        told = [one for rows in stay.away for one in spans(rows, self.known)]
        for one in sorted(told, key=lambda span: span.since):
            since, until = max(one.since, found.begins), min(one.until, found.ends)
            if since >= until:
                continue
            if found.away and since <= found.away[-1].until:  # who is at large does not escape
                before = found.away.pop()
                found.away.append(replace(before, until=max(until, before.until)))
            else:
                found.away.append(Span(since, until, one.value))
        return found

    def _sex(self, person: int, moment: datetime) -> str:
        told = spans(self.truth.people[person].identity, self.known)
        now = [one.value[0] for one in told if one.at(moment)] or [one.value[0] for one in told[:1]]
        return {"M": "M", "F": "F"}.get(now[0], UNKNOWN) if now else UNKNOWN

    def _age(self, person: int, day: date) -> int | None:
        told = spans(self.truth.people[person].identity, self.known)
        born = told[-1].value[1] if told else None
        return (
            None if born is None else day.year - born.year - ((day.month, day.day) < (born.month, born.day))
        )

    def _age_band(self, person: int, day: date) -> str:
        age = self._age(person, day)
        if age is None:
            return UNKNOWN
        bands = [
            (18, "Y_LT18"),
            (21, "Y18T20"),
            (25, "Y21T24"),
            (30, "Y25T29"),
            (40, "Y30T39"),
            (50, "Y40T49"),
        ]
        return next((code for below, code in [*bands, (60, "Y50T59")] if age < below), "Y_GE60")

    def _things(self, person: int, name: str, moment: datetime) -> list[Span]:
        """What is so of the things of a person, under whichever number; before the first of them as said first."""
        whose = [one for one in range(len(self.truth.people)) if self.lead(one) == person]
        told = [
            one
            for who in whose
            for rows in getattr(self.truth.people[who], name)
            for one in spans(rows, self.known)
        ]
        told = [one for one in told if one.since < one.until]  # what ended as it began never held
        earliest = min((one.since for one in told), default=NEVER)
        if moment <= earliest:
            return [one for one in told if one.since == earliest]
        return [one for one in told if one.at(moment)]

    def _citizen(self, person: int, moment: datetime) -> str:
        countries = {one.value for one in self._things(person, "nations", moment)}
        return UNKNOWN if not countries else "NATIONAL" if "BZ" in countries else "FOREIGN"

    def _home(self, person: int, moment: datetime) -> str:
        homes = self._things(person, "homes", moment)
        if not homes:
            return UNKNOWN
        latest = max(one.since for one in homes)
        district, country = [one.value for one in homes if one.since == latest][-1]
        return DISTRICTS[district] if country == "BZ" else "ABROAD"

    def _status(self, stay: Known, moment: datetime) -> str:
        now = [one.value for one in spans(stay.stay.statuses, self.known) if one.at(moment)]
        return UNKNOWN if not now or now[0] == "UNKNOWN" else now[0]

    def _offence(self, stay: Known, moment: datetime) -> str:
        sections = []
        for rows in stay.stay.charges:
            told = spans(rows, self.known)
            decided = [one.value[2] for one in told if one.value[1] in ENDED_CHARGE]
            over = midnight(decided[-1]) if decided else NEVER
            sections += [one.value[0][:2] for one in told if one.at(moment) and moment <= over]
        return min(sections, default=UNKNOWN)

    def _band(self, stay: Known, one: Span, moment: datetime) -> tuple[int, str]:
        """A band with its place among them, of a sentence and those that it follows."""
        days, chain = Fraction(0), one
        while True:
            kind, (years, months, weeks, single), follows = chain.value
            if kind not in ("term", "fine_in_default"):
                return 99, "NO_END"
            days += 365 * years + Fraction(365, 12) * months + 7 * weeks + single
            before = [] if follows is None else [
                each for each in spans(stay.stay.sentences[follows], self.known) if each.at(moment)
            ]  # fmt: skip
            if not before:
                break
            chain = before[0]
        limits = [(Fraction(365, 2), "M_LT6"), (365, "M6T12"), (3 * 365, "Y1T3"), (5 * 365, "Y3T5"),
                  (10 * 365, "Y5T10"), (20 * 365, "Y10T20")]  # fmt: skip
        place = next((place for place, (below, _) in enumerate(limits) if days < below), len(limits))
        return place, [*(code for _, code in limits), "Y_GE20"][place]

    def _first(self, things: Iterable[Rows], none: str = UNKNOWN) -> str:
        told = sorted((one.since, place, one.value) for place, rows in enumerate(things)
                      for one in spans(rows, self.known))  # fmt: skip
        return none if not told or told[0][2] == "UNKNOWN" else told[0][2]
