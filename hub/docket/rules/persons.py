"""Somebody rightly held, but not as the law asks: age, consulate, fingers, cell, last seen, file, queries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache, reduce
from typing import Final

from hub.custody.absence import ABSENCE
from hub.custody.identity import IDENTITY
from hub.custody.stays import HOME
from hub.custody.who.origin import CONSULATE, NATIONALITY, Told
from hub.custody.who.rules_7_and_8 import ITEMS
from hub.docket.limits import ADULT_YEARS, CELL_HOURS, CONSULATE_HOURS, FILE_HOURS, UNSEEN_HOURS, Limits
from hub.docket.rules.base import Band, Check, Doubt
from hub.docket.snapshot import Snapshot
from hub.sentences import Sentence
from hub.web.formats import SITE_ZONE

_ITEMS: Final = {item.code: item.words for item in ITEMS}

HERE: Final = "BZ"
"""Whoever is a citizen of this country has no consulate to be told."""


def _age(born_on: date, today: date) -> int:
    before_birthday = (today.month, today.day) < (born_on.month, born_on.day)
    return today.year - born_on.year - before_birthday


def _juvenile(snapshot: Snapshot, limits: Limits) -> Iterator[Doubt]:
    home = snapshot.one(HOME)
    if snapshot.born_on is None or home is None or not snapshot.home_is_adult:
        return
    age = _age(snapshot.born_on, snapshot.today)
    if age >= limits.number(ADULT_YEARS):
        return
    yield Doubt(
        max(home.effective_at, snapshot.admitted_at),
        Sentence("%(age)s years old and living among adults, in %(place)s.",
                 {"age": age, "place": home.value.cell or home.value.zone}),
        rows=(home.row,),
        limits=(ADULT_YEARS,),
    )  # fmt: skip


def _consulate(snapshot: Snapshot, limits: Limits) -> Iterator[Doubt]:
    countries = {held.value.country: held.row for held in snapshot.of(NATIONALITY)}
    if not countries or HERE in countries:
        return
    settled = {held.value.country for held in snapshot.of(CONSULATE) if held.value.told is not Told.NOT_YET}
    late_at = snapshot.admitted_at + limits.hours(CONSULATE_HOURS)
    if settled & countries.keys() or snapshot.at < late_at:
        return
    yield Doubt(
        late_at,
        Sentence("A foreign national, and no consulate has been notified or refused by the person."),
        rows=tuple(countries.values()),
        limits=(CONSULATE_HOURS,),
    )


def _same_finger(snapshot: Snapshot, _limits: Limits) -> Iterator[Doubt]:
    for other in snapshot.same_fingers:
        yield Doubt(
            other.since_at,
            Sentence(
                "A finger of this person is also enrolled as %(number)s.", {"number": other.other_number}
            ),
            other.other_id,
        )


def _no_cell(snapshot: Snapshot, limits: Limits) -> Iterator[Doubt]:
    home = snapshot.one(HOME)
    if home is not None and (home.value.cell or (home.value.zone and not snapshot.site_has_cells)):
        return
    late_at = snapshot.admitted_at + limits.hours(CELL_HOURS)
    if snapshot.at < late_at:
        return
    rows = () if home is None else (home.row,)
    yield Doubt(late_at, Sentence("No cell has been allotted."), rows=rows, limits=(CELL_HOURS,))


def _unseen(snapshot: Snapshot, limits: Limits) -> Iterator[Doubt]:
    if snapshot.terminals_since is None or snapshot.of(ABSENCE):
        return  # whoever is out with permission passes no terminal; the absence has a clock of its own
    # Before the first terminal stood, nobody could be seen: the clock begins there.
    last_at = max(snapshot.admitted_at, snapshot.terminals_since)
    if snapshot.seen:
        last_at = max(last_at, snapshot.seen.proven_at)
    if snapshot.at - last_at <= limits.hours(UNSEEN_HOURS):
        return
    what = (
        Sentence(
            "Last seen at %(place)s; nobody has seen the person since.", {"place": snapshot.seen.zone_code}
        )
        if snapshot.seen
        else Sentence("Nobody has ever seen this person at a terminal.")
    )
    yield Doubt(last_at, what, limits=(UNSEEN_HOURS,))


def _file(snapshot: Snapshot, limits: Limits) -> Iterator[Doubt]:
    late_at = snapshot.admitted_at + limits.hours(FILE_HOURS)
    if not snapshot.missing or snapshot.at < late_at:
        return
    yield Doubt(
        late_at,
        Sentence("Mandela Rule 7 asks for more than the file holds. Missing: %(items)s.",
                 {"items": _listed(tuple(snapshot.missing))}),
        limits=(FILE_HOURS,),
    )  # fmt: skip


@lru_cache(maxsize=1024)
def _listed(codes: tuple[str, ...]) -> Sentence:
    words = [_ITEMS[code] for code in codes]
    return reduce(lambda one, more: Sentence("%(one)s; %(more)s", {"one": one, "more": more}), words)


def _query(snapshot: Snapshot, _limits: Limits) -> Iterator[Doubt]:
    for query in snapshot.queries:
        if snapshot.at <= query.due_at:
            continue
        yield Doubt(
            query.opened_at,
            Sentence("The person said on %(opened_on)s that something is wrong, and has had no answer.",
                     {"opened_on": query.opened_at.astimezone(SITE_ZONE).date()}),
            query.number,
        )  # fmt: skip


def _home(snapshot: Snapshot) -> str:
    age = 0 if snapshot.born_on is None else _age(snapshot.born_on, snapshot.today)
    return f"{snapshot.home_is_adult} {age}"


def _last_seen(snapshot: Snapshot) -> str:
    seen = snapshot.seen
    return f"{snapshot.terminals_since} {seen.proven_at.isoformat() if seen else ''}"


CHECKS: Final = (
    Check(
        "juvenile_with_adults",
        Sentence("Juvenile in an adult unit"),
        Sentence("Move the young person to a juvenile unit today."),
        Band.CARE, 4, _juvenile, (HOME, IDENTITY), _home, needs=(HOME,),
    ),
    Check(
        "same_finger",
        Sentence("The same finger in two persons"),
        Sentence("Compare the two files; join them if they are of one person."),
        Band.CARE, 48, _same_finger, (), lambda found: str([one.other_id for one in found.same_fingers]),
    ),
    Check(
        "unseen",
        Sentence("Not seen for too long"),
        Sentence("Have an officer see the person and let them pass a terminal."),
        Band.CARE, 4, _unseen, (ABSENCE,), _last_seen, version=2,
    ),
    Check(
        "no_cell",
        Sentence("No cell"),
        Sentence("Allot a cell."),
        Band.CARE, 12, _no_cell, (HOME,), lambda found: str(found.site_has_cells),
    ),
    Check(
        "consulate_not_notified",
        Sentence("Consulate not notified"),
        Sentence("Ask the person, notify the consulate, and record when, or that the person refused."),
        Band.CARE, 24, _consulate, (NATIONALITY, CONSULATE), needs=(NATIONALITY,),
    ),
    Check(
        "query_unanswered",
        Sentence("Query without an answer"),
        Sentence("Answer what the person said is wrong."),
        Band.CARE, 48, _query, (), lambda found: str([one.number for one in found.queries]),
    ),
    Check(
        "file_incomplete",
        Sentence("File misses what Rule 7 asks for"),
        Sentence("Open the gauge on the file and fill in what is missing."),
        Band.CARE, 168, _file, (), lambda found: ",".join(found.missing),
    ),
)  # fmt: skip
