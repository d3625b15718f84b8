"""Every indicator reckoned a second time: one case after the other, from plain records, with no column and no database.

For each indicator and period it gives the cases that are looked at, with their categories and what is said of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from statistics import median
from typing import Any

from .statistics_knowing import NEVER, Knowing, Known, day_of, midnight, spans

GONE_FOR_GOOD = {"died", "deportation", "transferred_abroad"}
SENTENCED = {"SENTENCED", "INDETERMINATE_SENTENCE", "RECALL"}
ADMINISTRATIVE = {"CIVIL_PRISONER", "IMMIGRATION_DETAINEE"}
Held = list[tuple[Known, dict[str, str]]]


@dataclass(frozen=True)
class Case:
    """Somebody or something that is looked at: its categories, and of a share whether, of a length how long."""

    cuts: dict[str, str]
    value: Any = True


@dataclass(frozen=True)
class Answer:
    """What is said of one indicator: `sort` is count, share or a measure of lengths."""

    sort: str
    cases: list[Case]
    total: int | None = None

    def of(self, wanted: dict[str, str]) -> tuple[Any, int, int | None]:
        """Value, count and base of the cases in these categories."""
        found = [one for one in self.cases if all(one.cuts[cut] == code for cut, code in wanted.items())]
        if self.sort == "count":
            many = len(found) if self.total is None or wanted else self.total
            return many, many, None
        if self.sort == "share":
            yes = sum(1 for one in found if one.value)
            return (float(Fraction(100 * yes, len(found))) if found else None), yes, len(found)
        lengths = sorted(one.value for one in found)
        if not lengths:
            return None, 0, 0
        measured = median(lengths) if self.sort == "median" else lengths[-(-9 * len(lengths) // 10) - 1]
        return float(measured), len(lengths), len(lengths)


class Reckoner(Knowing):
    """What is said of a period, as known at one time."""

    def answers(self, first: date, last: date, today: date) -> dict[str, Answer]:
        """Every indicator of a period by its code; one is missing where the time has not passed yet."""
        begins, ends = midnight(first), midnight(last + timedelta(days=1))
        held = [(one, self.cuts(one, ends, last)) for one in self.stays if one.held(ends)]
        found = {
            "population": Answer(
                "count", [Case(cuts) for _, cuts in held], len({one.person for one, _ in held})
            ),
            "opening": Answer("count", [], len({one.person for one in self.stays if one.held(begins)})),
            **self._moves(begins, ends),
            **self._law(held, ends, last),
            **dict(self._returns(first, last, today)),
            **self._inside(begins, ends),
            **self._work(begins, ends),
        }
        return found

    def contradictory(self, answers: dict[str, Answer], begins: datetime, ends: datetime) -> set[str]:
        """Indicators that do not add up: somebody is in custody twice, and who came and who went do not tell of it."""
        people, opening = answers["population"].total, answers["opening"].total
        assert people is not None
        assert opening is not None
        found = set() if people == len(answers["population"].cases) else {"population"}
        many = {
            code: len(answers[code].cases)
            for code in ("admissions", "releases", "left_unlawfully", "retaken")
        }
        ended_at_large = sum(
            1
            for one in self.stays
            for away in one.away
            if begins <= one.ends < ends and away.until == one.ends
        )
        made = opening + many["admissions"] + many["retaken"] + ended_at_large
        if made - many["releases"] - many["left_unlawfully"] != people:
            found |= {"population", "opening", *many}
        if self.impossible(begins, ends):
            found |= {"population", "opening", *many}
        return found

    def impossible(self, begins: datetime, ends: datetime) -> bool:
        """Whether a stay ends before it begins, or begins while the same person is held already, in the period."""
        for one in self.stays:
            if one.ends < one.begins and (begins <= one.ends < ends or begins <= one.begins < ends):
                return True
            for other in self.stays:
                if other is one or other.person != one.person or not one.begins <= other.begins < one.ends:
                    continue
                until = min(one.ends, other.ends)
                at_large = any(away.since < other.begins and away.until >= until for away in one.away)
                if other.ends > other.begins and not at_large and other.begins < ends and until >= begins:
                    return True
        return False

    def average(self, first: date, last: date) -> Fraction:
        days = [first + timedelta(days=one + 1) for one in range((last - first).days + 1)]
        return Fraction(sum(one.held(midnight(day)) for day in days for one in self.stays), len(days))

    def capacity(self, last: date) -> int | None:
        entered = [one for one in self.truth.entered if one[1] <= last and one[2] <= self.known]
        if entered:
            newest = max(one[1] for one in entered)
            return [one[0] for one in entered if one[1] == newest][-1]
        ends, total = midnight(last + timedelta(days=1)), None
        for terms in self.truth.cells:
            for known, since, certified, out in reversed(terms):
                if known <= self.known and (known if since is None else midnight(since)) < ends:
                    total = (total or 0) + (0 if out else certified)
                    break
        return total

    def doubt(self, first: date, last: date) -> tuple[Fraction, int]:
        """Days of people with an open finding, and in how many stretches, minute by minute of none twice."""
        begins, ends = midnight(first), midnight(last + timedelta(days=1))
        total, stretches = timedelta(), 0
        for whose in {self.lead(one[0]) for one in self.truth.findings}:
            edge = None
            for opened, closed in sorted(
                (opened, closed if closed is not None and closed <= self.known else NEVER)
                for person, opened, closed in self.truth.findings
                if self.lead(person) == whose and opened <= self.known
            ):
                start, stop = max(opened, begins), min(closed, ends)
                if start >= stop:
                    continue
                if edge is None or start > edge:
                    stretches += 1
                    total += stop - start
                elif stop > edge:
                    total += stop - edge
                edge = stop if edge is None else max(edge, stop)
        return Fraction(total / timedelta(microseconds=1)) / 86_400_000_000, stretches

    def _moves(self, begins: datetime, ends: datetime) -> dict[str, Answer]:
        came, gone, left, back = [], [], [], []
        for one in self.stays:
            if begins <= one.begins < ends:
                cuts = self.person_cuts(
                    one.person, one.begins + timedelta(microseconds=1), day_of(one.begins)
                )
                orders, statuses = self._first(one.stay.orders), self._first([one.stay.statuses])
                came.append(Case({**cuts, "ORDER": orders, "LEGAL_STATUS": statuses}))
            if begins <= one.ends < ends:
                cuts = self.person_cuts(one.person, one.ends, day_of(one.ends))
                stayed = (one.ends - one.begins) // timedelta(days=1)
                gone.append((Case({**cuts, "REASON": one.reason}, stayed), one.reason))
            for away in one.away:
                if begins <= away.since < ends:
                    left.append(Case({"SEX": self._sex(one.person, away.since), "HOW": away.value}))
                if begins <= away.until < ends and away.until < one.ends:
                    back.append(Case({"SEX": self._sex(one.person, away.until), "HOW": away.value}))
        return {
            "admissions": Answer("count", came),
            "releases": Answer("count", [one for one, _ in gone]),
            "deaths": Answer("count", [one for one, why in gone if why == "died"]),
            "stay_median_days": Answer("median", [one for one, _ in gone]),
            "left_unlawfully": Answer("count", left),
            "retaken": Answer("count", back),
        }

    def _law(self, held: Held, ends: datetime, last: date) -> dict[str, Answer]:
        criminal = [cuts for _, cuts in held if cuts["LEGAL_STATUS"] not in ADMINISTRATIVE]
        narrow = [Case(cuts, cuts["LEGAL_STATUS"] == "REMAND") for cuts in criminal]
        wide = [Case(cuts, cuts["LEGAL_STATUS"] in ("REMAND", "CONVICTED_UNSENTENCED")) for cuts in criminal]
        waited = [
            Case(cuts, (ends - max(one.begins, self._remand_since(one, ends))) // timedelta(days=1))
            for one, cuts in held
            if cuts["LEGAL_STATUS"] == "REMAND"
        ]
        return {
            "unsentenced_share": Answer("share", narrow),
            "unsentenced_wide_share": Answer("share", wide),
            "sentenced": Answer(
                "count", [Case(cuts) for _, cuts in held if cuts["LEGAL_STATUS"] in SENTENCED]
            ),
            "remand_median_days": Answer("median", waited),
            "remand_p90_days": Answer("ninetieth", waited),
            "remand_over_limit": Answer("count", [one for one in waited if one.value > self._limit(last)]),
        }

    def _remand_since(self, one: Known, moment: datetime) -> datetime:
        told = [span for span in spans(one.stay.statuses, self.known) if span.since < moment]
        since = told[-1].since
        for span in reversed(told):
            if span.value != "REMAND":
                break
            since = span.since
        return since

    def _limit(self, last: date) -> int:
        told = [one for one in self.truth.limits if one[1] <= last and one[2] <= self.known]
        return sorted(told, key=lambda one: one[1])[-1][0] if told else 365

    def _returns(self, first: date, last: date, today: date) -> Iterator[tuple[str, Answer]]:
        begins, ends = midnight(first), midnight(last + timedelta(days=1))
        for years in (1, 2, 3):
            if anniversary(last, years) >= today:
                continue
            cases = []
            for person in {one.person for one in self.stays}:
                own = sorted((one for one in self.stays if one.person == person), key=lambda one: one.begins)
                free = [one for one in own if begins <= one.ends < ends and one.reason not in GONE_FOR_GOOD]
                if not free:
                    continue
                last_one = max(free, key=lambda one: (one.ends, one.begins))
                by = anniversary(day_of(last_one.ends), years)
                again = any(
                    one is not last_one and one.begins >= last_one.ends and day_of(one.begins) <= by
                    for one in own
                )
                cases.append(Case(self.person_cuts(person, last_one.ends, day_of(last_one.ends)), again))
            yield f"returned_{years}y", Answer("share", cases)

    def _inside(self, begins: datetime, ends: datetime) -> dict[str, Answer]:
        due, open_, visits, complaints, incidents = [], [], [], [], []
        for one in self.stays:
            for rows in one.stay.hearings:
                now = [span for span in spans(rows, self.known) if span.until == NEVER]
                if now and begins <= now[0].value[0] < ends and one.begins <= now[0].value[0] <= one.ends:
                    _when, outcome, brought = now[0].value
                    if outcome == "not_produced" or brought is not None:
                        due.append(Case({}, outcome != "not_produced" and brought))
                    else:
                        open_.append(Case({}))
        for stay in self.truth.stays:
            for rows in stay.visits:
                now = [span.value for span in spans(rows, self.known) if span.until == NEVER]
                if now and begins <= now[0][0] < ends and now[0][2] in ("took_place", "ended_early"):
                    visits.append(Case({"VISIT": now[0][1]}))
        for _whose, _confidential, rows in self.truth.complaints:
            told = spans(rows, self.known)
            over = midnight(told[-1].value[0] + timedelta(days=1)) if told else NEVER
            if told and begins < over <= ends:
                complaints.append(Case({}, any(one.value[1] and one.since < over for one in told)))
        for reports in self.truth.incidents:
            seen = [one for one in reports if one[0] <= self.known]
            if seen and begins <= seen[-1][2] < ends:
                incidents.append(Case({"INCIDENT": seen[-1][1]}))
        return {
            "produced_share": Answer("share", due),
            "hearings_unanswered": Answer("count", open_),
            "visits": Answer("count", visits),
            "complaints_in_time_share": Answer("share", complaints),
            "incidents": Answer("count", incidents),
            "assaults": Answer("count", [one for one in incidents if one.cuts["INCIDENT"] == "assault"]),
        }

    def _work(self, begins: datetime, ends: datetime) -> dict[str, Answer]:
        passes, first, in_time = [], [], []
        for made, from_at, steps in self.truth.passes:
            said = {what for what, at in steps if at <= self.known}
            if made <= self.known and begins <= from_at < ends and not said & {"CANCELLED", "NOT_USED"}:
                passes.append(Case({}, not said & {"OVERDUE", "UNACCOUNTED"}))
        for freeze, steps in self.truth.counts:
            told = [one for one in steps if one[1] <= self.known]
            cleared = [at for state, at in told if state == "CLEARED"]
            if cleared and begins <= freeze < ends:
                ladder = {"RECOUNT", "VACANT_BEDS", "BIOMETRIC", "EMERGENCY"}
                first.append(Case({}, not any(state in ladder for state, _ in told)))
                in_time.append(Case({}, cleared[0] - freeze <= timedelta(hours=1)))
        return {
            "passes": Answer("count", passes),
            "passes_in_time_share": Answer("share", passes),
            "counts_cleared": Answer("count", first),
            "counts_first_share": Answer("share", first),
            "counts_in_time_share": Answer("share", in_time),
        }


def anniversary(day: date, years: int) -> date:
    """The same day so many years later; 1 March where there is no 29 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
