"""Prisons made up at random, from a seed: moments often at the stroke of midnight, things often recorded late."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from .statistics_knowing import DISTRICTS, midnight
from .statistics_truth import Person, Rows, Said, Stay, Truth

FIRST, LAST = date(2023, 11, 1), date(2026, 5, 1)
TOLD_BY = midnight(date(2027, 5, 1))
STATUSES = ("REMAND", "REMAND", "REMAND", "SENTENCED", "SENTENCED", "SENTENCED", "CONVICTED_UNSENTENCED",
            "INDETERMINATE_SENTENCE", "RECALL", "CIVIL_PRISONER", "IMMIGRATION_DETAINEE", "OTHER", "UNKNOWN",
            "UNCONTROLLABLE_BEHAVIOUR_ORDER")  # fmt: skip
REASONS = (
    "bail",
    "bail",
    "sentence_served",
    "acquitted",
    "died",
    "deportation",
    "transferred_abroad",
    "parole",
)
SENTENCE_SORTS = ("term", "term", "term", "term", "fine_in_default", "life")
TERMS = (
    (0, 3, 0, 0),
    (0, 6, 0, 0),
    (1, 0, 0, 0),
    (0, 0, 26, 0),
    (2, 6, 0, 0),
    (5, 0, 0, 0),
    (12, 0, 0, 5),
    (21, 0, 0, 0),
)
SORTS_OF_VISIT = ("family", "friend", "legal", "consular")
OUTCOMES_OF_VISIT = ("", "took_place", "took_place", "ended_early", "not_come")
INCIDENTS = ("assault", "fight", "self_harm", "fire")


class Inventor:
    """One prison for each seed."""

    def __init__(self, seed: int, people: int = 30) -> None:
        self._any = Random(seed)
        self.truth = Truth()
        for number in range(people):
            self._person(number)
        # Two files of one person, neither of whom is inside twice.
        self.truth.merges = [(0, 1, self._moment(date(2025, 1, 1), date(2025, 12, 1)))]
        self._books()
        self._work()

    def _moment(self, first: date, last: date) -> datetime:
        """Every fourth at the stroke of midnight, or the second before or after it."""
        day = midnight(first + timedelta(days=self._any.randint(0, max(0, (last - first).days))))
        if self._any.random() < 0.25:
            return day + timedelta(seconds=self._any.choice((-1, 0, 0, 1)))
        return day + timedelta(minutes=self._any.randint(0, 1439))

    def _after(self, at: datetime, days: int) -> datetime:
        found = self._moment(at.date(), at.date() + timedelta(days=days))
        return max(found, at + timedelta(seconds=self._any.choice((0, 1, 60))))

    def _known(self, at: datetime) -> datetime:
        """When it was recorded: mostly at once, at times weeks or a year later."""
        late = self._any.random()
        days = 0 if late < 0.6 else self._any.randint(0, 40) if late < 0.9 else self._any.randint(100, 500)
        found = at + timedelta(days=days, seconds=self._any.randint(0, 5))
        return max(at, min(found, TOLD_BY))

    def _said(self, value: Any, since: datetime) -> Said:
        return Said(value, since, self._known(since))

    def _maybe_ended(self, one: Said, chance: float = 0.2) -> Said:
        if self._any.random() < chance:
            when = self._after(one.since, 300)
            one.ended = (when, max(self._known(when), one.known))
        return one

    def _person(self, number: int) -> None:
        pick = self._any.choice
        came = self._moment(FIRST, date(2025, 6, 1))
        born = None if self._any.random() < 0.15 else pick(
            (date(1990, 5, 1), date(2008, 2, 29), date(2006, 1, 1), date(1956, 3, 1), date(2004, 12, 31))
        )  # fmt: skip
        identity = [Said((pick("MMMFU"), born), came, came)]
        if self._any.random() < 0.3:
            later = self._after(came, 400)
            identity.append(self._said((pick("MF"), pick((born, date(1999, 9, 9)))), later))
        person = Person(identity)
        for _one in range(pick((0, 1, 1, 2))):
            person.nations.append(
                [self._maybe_ended(self._said(pick(("BZ", "GT", "MX")), self._after(came, 200)))]
            )
        for _one in range(pick((0, 1, 1, 2))):
            value = (pick(list(DISTRICTS)), pick(("BZ", "BZ", "BZ", "MX")))
            person.homes.append([self._maybe_ended(self._said(value, self._after(came, 200)))])
        if person.homes and self._any.random() < 0.3:
            one = person.homes[0][0]
            if one.ended is None:
                one.corrected = (("Cayo District", "BZ"), one.since, self._known(one.known))
        self.truth.people.append(person)
        if number == 1:
            return  # the file that is joined to the first has no stay, but what is said of the person counts
        at = came
        for _stay in range(pick((1, 1, 2, 3))):
            left = self._stay(number, at)
            if left is None:
                return
            at = left + timedelta(days=pick((0, 0, 2, 30, 365, 366, 400)))
            if at.date() > LAST:
                return

    def _stay(self, person: int, at: datetime) -> datetime | None:
        """One stay that begins then; gives when it ended."""
        pick = self._any.choice
        known = at if not self.truth.stays or self.truth.stays[-1].person != person else self._known(at)
        stay = Stay(person, Said(at, at, known))
        self.truth.stays.append(stay)
        if self._any.random() < 0.4:  # asked at the desk
            self.truth.people[person].nations.append([Said(pick(("BZ", "GT")), at, known)])
        ends = self._after(at, pick((0, 1, 40, 300, 500))) if self._any.random() < 0.8 else None
        stay.statuses = self._course(at, STATUSES)
        stay.orders = [[self._said(pick(("warrant", "committal", "remand_order", "sentence_order")), at)]
                       for _ in range(pick((0, 1, 2)))]  # fmt: skip
        stay.charges = [self._charge(at) for _ in range(pick((0, 1, 1, 2)))]
        for place in range(pick((0, 1, 2, 3))):
            follows = place - 1 if place and self._any.random() < 0.8 else None
            value = (pick(SENTENCE_SORTS), pick(TERMS), follows)
            rows = [self._maybe_ended(self._said(value, self._after(at, 100)), 0.1)]
            if rows[0].ended is None and self._any.random() < 0.3:  # changed on appeal
                rows.append(self._said((value[0], pick(TERMS), follows), self._after(rows[0].since, 200)))
            stay.sentences.append(rows)
        self._away(stay, at, ends)
        for _one in range(pick((0, 1, 2, 4))):
            fixed = self._after(at, 300)
            rows = [self._said((self._after(fixed, 60), "", None), fixed)]
            if self._any.random() < 0.7:
                outcome, brought = pick(
                    (("remanded", True), ("not_produced", None), ("adjourned", None), ("", False))
                )
                rows.append(self._said((rows[0].value[0], outcome, brought), self._after(fixed, 70)))
            stay.hearings.append(rows)
        for _one in range(pick((0, 0, 2))):
            booked = self._after(at, 300)
            when, sort = self._after(booked, 20), pick(SORTS_OF_VISIT)
            rows = [self._said((when, sort, ""), booked)]
            rows.append(self._said((when, sort, pick(OUTCOMES_OF_VISIT)), self._after(booked, 30)))
            stay.visits.append(rows)
        if ends is None:
            return None
        gone = self._said((ends, pick(REASONS)), ends)
        gone.known = max(gone.known, stay.admission.known)
        if self._any.random() < 0.1:  # released in error on paper, and taken back: the stay goes on
            gone.withdrawn = min(gone.known + timedelta(days=pick((0, 3, 200))), TOLD_BY)
            stay.releases = [gone]
            return None
        stay.releases = [gone]
        if self._any.random() < 0.15:
            other = ends + timedelta(hours=pick((-2, 0, 30)))
            other = max(other, at)
            gone.corrected = ((other, gone.value[1]), other, self._known(max(other, gone.known)))
            return max(ends, other)
        return ends

    def _course(self, at: datetime, values: tuple[str, ...]) -> Rows:
        found, when = [], at
        for _one in range(self._any.choice((0, 1, 1, 2, 3))):
            row = self._said(self._any.choice(values), when)
            if self._any.random() < 0.15:
                row.corrected = (self._any.choice(values), when, self._known(row.known))
            found.append(row)
            when = self._after(when, 200) + timedelta(seconds=2)
        return found

    def _charge(self, at: datetime) -> Rows:
        section = f"{self._any.choice((1, 2, 5, 6)):02}01"
        rows = [self._said((section, "", None), self._after(at, 30))]
        if self._any.random() < 0.5:
            told = self._after(rows[0].since, 200)
            outcome = self._any.choice(("acquitted", "Charges withdrawn", "convicted", "Acquitted"))
            decided = (told - timedelta(days=self._any.choice((0, 0, 1, 5)))).date()
            rows.append(self._said((section, outcome, decided), told))
        return rows

    def _away(self, stay: Stay, at: datetime, ends: datetime | None) -> None:
        when = at
        for _one in range(self._any.choice((0, 0, 0, 1, 2))):
            when = self._after(when, 60) + timedelta(seconds=2)
            back = self._after(when, 60) + timedelta(seconds=2)
            one = self._said(self._any.choice(("escaped", "not_returned")), when)
            if self._any.random() < 0.8 and (ends is None or back < ends):
                one.ended = (back, max(self._known(back), one.known))
            elif self._any.random() < 0.3:
                one.withdrawn = one.known + timedelta(days=2)
            stay.away.append([one])
            if one.ended is None and one.withdrawn is None:
                return
            when = back

    def _books(self) -> None:
        pick, truth = self._any.choice, self.truth
        for _one in range(20):
            at = self._moment(FIRST, LAST)
            reports = [(self._known(at), pick(INCIDENTS), at)]
            if self._any.random() < 0.3:
                reports.append(
                    (self._known(reports[0][0]), pick(INCIDENTS), at - timedelta(hours=pick((0, 1, 24))))
                )
            truth.incidents.append(reports)
        for _one in range(15):
            at = self._moment(FIRST, LAST)
            due = at.date() + timedelta(days=14)
            rows = [self._said((due, ""), at)]
            if self._any.random() < 0.7:
                rows.append(self._said((due, "upheld"), self._moment(at.date(), due + timedelta(days=3))))
                rows[1].since = max(rows[1].since, at + timedelta(seconds=1))
                rows[1].known = max(rows[1].known, rows[1].since)
                if self._any.random() < 0.5:  # answered in other words later
                    rows.append(self._said((due, "partly"), rows[1].since + timedelta(days=pick((1, 20)))))
            truth.complaints.append((pick(range(len(truth.people))), self._any.random() < 0.3, rows))

    def _work(self) -> None:
        pick, truth = self._any.choice, self.truth
        for _one in range(25):
            at = self._moment(FIRST, LAST)
            steps = [(pick(("DEPARTED", "OVERDUE", "UNACCOUNTED", "CANCELLED", "NOT_USED")), self._known(at))]
            truth.passes.append((at - timedelta(hours=pick((1, 30))), at, steps[: pick((0, 1))]))
            freeze = self._moment(FIRST, LAST)
            states = ["COUNTING", *pick(((), ("RECOUNT",), ("RECOUNT", "BIOMETRIC"))), "CLEARED"]
            took = pick((10, 20, 30))
            found = [
                (state, freeze + timedelta(minutes=took * place)) for place, state in enumerate(states, 1)
            ]
            truth.counts.append((freeze, found[: pick((1, 4, 4, 4))]))
            opened = self._moment(FIRST, LAST)
            closed = None if self._any.random() < 0.2 else self._after(opened, 60)
            truth.findings.append((pick(range(6)), opened, closed))
        for _one in range(4):
            terms = []
            for place in range(pick((1, 2, 3))):
                at = self._moment(FIRST, LAST) if place == 0 else self._after(terms[-1][0], 200)
                since = None if self._any.random() < 0.5 else (at - timedelta(days=pick((1, 90, 400)))).date()
                terms.append((at, since, pick((2, 4, 9)), self._any.random() < 0.2))
            truth.cells.append(terms)
        for _one in range(pick((0, 0, 2))):
            on = pick((date(2024, 1, 1), date(2025, 3, 1), date(2025, 12, 31)))
            truth.entered.append((pick((10, 40)), on, midnight(on) + timedelta(days=pick((1, 200)))))
        for _one in range(pick((0, 2))):
            on = pick((date(2024, 1, 31), date(2025, 3, 1)))
            truth.limits.append((pick((30, 90, 200)), on, midnight(on) + timedelta(days=pick((0, 100)))))
