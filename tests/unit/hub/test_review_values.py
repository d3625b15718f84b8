"""Each clause of the review on data whose answer is known: the figure, the rule that it sets off, what is not told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from hub.custody.legal import LEGAL_STATUS, LegalStatus, Status
from hub.database import session_scope
from hub.docket.rules import CHECKS
from hub.sentences import Sentence
from hub.sharing.agreements.reading import STATES, State
from hub.statistics.cells import Cell, HeldBack
from hub.statistics.indicators.balancing import CODE as DOES_NOT_ADD_UP
from hub.statistics.review.blocks import Glance, Lines, Table
from hub.statistics.review.composing import content_of
from hub.statistics.review.content import Content
from hub.statistics.review.evidence import (
    Agreed,
    CameIn,
    Completeness,
    Delay,
    Doubt,
    Evidence,
    Quality,
    Shared,
    Source,
)
from hub.statistics.review.gathering import gather, span_of
from hub.statistics.review.paper.recommended import notes
from hub.statistics.review.paper.speaking import Speaker
from hub.statistics.review.rules import RULES, derived

from .review_world import english, rows_of, section_of, year_world
from .site_world import World
from .statistics_world import Register, at

REFERENCE = date(2026, 12, 14)


@pytest.fixture
def nothing(world: World) -> Evidence:
    """Of an empty register, to which a test adds what it is about."""
    with session_scope(world.sessions, writes=False) as session:
        return gather(session, span_of(2026, at("2026-12-15")))


def agreement(days: int | None, *, state: State = State.IN_FORCE, ends: int | None = None) -> Agreed:
    """To be reviewed, and to end, so many days after the reference day."""
    on = None if days is None else REFERENCE + timedelta(days=days)
    ends_on = None if ends is None else REFERENCE + timedelta(days=ends)
    return Agreed(
        "p-1", "police", 2, STATES[state], state is State.IN_FORCE, state is State.EXPIRED, on, ends_on
    )


def message(received: int, refused: int = 0, doubles: int = 0) -> CameIn:
    return CameIn("police", "hold", received, received - refused - doubles, 0, refused, doubles, 0, None)


def totals(found: Evidence, **cells: Cell) -> Evidence:
    """With these totals of the year."""
    code = found.span.period.code
    return replace(found, told={**found.told, code: {**found.told[code], **cells}})


def balance(said: str) -> Cell:
    return Cell(None, held=HeldBack(said, Sentence("one of them is wrong")))


CHECK = next(iter(CHECKS))
CASES: dict[str, tuple[Callable[[Evidence], Evidence], Callable[[Evidence], Evidence], str, str]] = {
    # rule: (evidence that sets it off, evidence that just does not, figure, threshold)
    "in_doubt": (
        lambda e: replace(e, doubts=(Doubt(CHECK, CHECKS[CHECK].words, 9, 4, 5),)),
        lambda e: replace(e, doubts=(Doubt(CHECK, CHECKS[CHECK].words, 9, 5, 4),)),
        "5", "5",
    ),
    "any_doubt": (
        lambda e: replace(e, doubts=(Doubt(CHECK, CHECKS[CHECK].words, 9, 8, 1),)),
        lambda e: replace(e, doubts=(Doubt(CHECK, CHECKS[CHECK].words, 9, 9, 0),)),
        "1", "1",
    ),
    "crowded": (
        lambda e: totals(e, occupancy=Cell(100.6)),
        lambda e: totals(e, occupancy=Cell(100.0)),
        "100.6 per cent", "100 per cent",
    ),
    "does_not_add_up": (
        lambda e: totals(e, releases=balance(DOES_NOT_ADD_UP)),
        lambda e: totals(e, releases=balance("withheld")),
        "held back", "0",
    ),
    "files_incomplete": (
        lambda e: replace(e, files=Completeness(10, 3, 200, 189)),
        lambda e: replace(e, files=Completeness(10, 3, 200, 190)),
        "94.5 per cent", "95 per cent",
    ),
    "item_missing": (
        lambda e: replace(e, missing={"next_of_kin": (100, 11)}),
        lambda e: replace(e, missing={"next_of_kin": (100, 10)}),
        "11 per cent", "10 per cent",
    ),
    "recorded_late": (
        lambda e: replace(e, delays={"admission": Delay(10, 1.0, 72.1)}),
        lambda e: replace(e, delays={"admission": Delay(10, 1.0, 72.0)}),
        "72.1 h", "72 h",
    ),
    "source_put_right": (
        lambda e: replace(e, quality={Source.IMPORT: Quality(100, None, 5, 1)}),
        lambda e: replace(e, quality={Source.IMPORT: Quality(100, None, 4, 1)}),
        "6.0 per cent", "5 per cent",
    ),
    "messages_refused": (
        lambda e: replace(e, came_in=(message(100, refused=11),)),
        lambda e: replace(e, came_in=(message(100, refused=10),)),
        "11.0 per cent", "10 per cent",
    ),
    "messages_double": (
        lambda e: replace(e, came_in=(message(100, doubles=6),)),
        lambda e: replace(e, came_in=(message(100, doubles=5),)),
        "6.0 per cent", "5 per cent",
    ),
    "review_due": (
        lambda e: replace(e, agreed=(agreement(90),)),
        lambda e: replace(e, agreed=(agreement(91),)),
        "in 90 days", "90 days",
    ),
    "agreement_ends": (
        lambda e: replace(e, agreed=(agreement(None, ends=1),)),
        lambda e: replace(e, agreed=(agreement(None, ends=91),)),
        "in one day", "90 days",
    ),
    "asked_in_vain": (
        lambda e: replace(e, shared=(Shared("police", "arrest", "investigation", 0, 10, 0),)),
        lambda e: replace(e, shared=(Shared("police", "arrest", "investigation", 0, 9, 0),)),
        "10", "10",
    ),
}  # fmt: skip


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_speaks_from_its_threshold_on_and_cites_the_figure(nothing: Evidence, rule: str) -> None:
    over, under, figure, threshold = CASES[rule]
    assert [one for one in derived(under(nothing)) if one.rule == rule] == []
    (found,) = [one for one in derived(over(nothing)) if one.rule == rule]
    number = next(one.number for one in RULES if one.code == rule)
    assert (found.number, english(found.figure), english(found.threshold)) == (
        f"R{number}",
        figure,
        threshold,
    )
    cited = notes(Speaker("en"), found)[0]
    assert cited.endswith(f"Rule R{number}: {figure}; threshold {threshold}.")
    assert english(found.evidence) in cited


def test_numbers_of_rules_are_each_given_once() -> None:
    assert len({one.number for one in RULES}) == len({one.code for one in RULES}) == len(RULES)


def test_an_indicator_that_rose_by_a_quarter_is_found_with_both_values(world: World) -> None:
    register = Register(world)
    for year, many in ((2025, 8), (2026, 2)):
        for day in range(1, many + 1):
            register.admit(at(f"{year}-02-{day:02}"))
    for booking in [register.admit(at(f"2025-03-{day:02}")) for day in range(1, 13)]:
        register.state(booking, LEGAL_STATUS, Status(status=LegalStatus.SENTENCED), at("2025-04-01"))
        register.release(booking, at("2026-05-01"))
    world.at = at("2026-12-15")
    with session_scope(world.sessions, writes=False) as session:
        found = gather(session, span_of(2026, world.at))
    rows = {row[0]: row[2:] for row in rows_of(content_of(found), "indicators")}
    assert rows["Prison population"] == ["20", "10", "−10"]
    assert rows["Unsentenced detainees (SDG 16.3.2)"][0] == "40.0"
    (worse,) = [one for one in derived(found) if one.key == "worse:unsentenced_share"]
    assert english(worse.figure) == "+150.0 per cent"
    assert "40.0 the year before, 100.0 now" in english(worse.evidence)


def test_disclosures_stand_under_their_partner_by_purpose(nothing: Evidence) -> None:
    shared = (
        Shared("courts", "custody_status", "court_listing", 40, 0, 39),
        Shared("police", "admission_notice", "custody_notice", 7, 6, 7),
        Shared("police", "escape_notice", "public_protection", 3, 2, 0),
    )
    content = content_of(replace(nothing, shared=shared, agencies={"police": "Police", "courts": "Courts"}))
    tables = [one for one in section_of(content, "disclosures").blocks if isinstance(one, Table)]
    assert [english(one.title) for one in tables] == ["Shared with Courts", "Shared with Police"]
    told = [[english(cell) for cell in row][2:] for table in tables for row in table.rows]
    assert told == [["40", "39", "0"], ["7", "7", "6"], ["fewer than 5", "0", "fewer than 5"]]
    assert figure(content, "acts of sharing") == "47", "without the few, which it would give away"
    assert figure(content, "times asked for what no agreement allows") == "6"


def test_agreements_say_how_late_they_are(nothing: Evidence) -> None:
    agreed = (agreement(-30), agreement(-1), agreement(0), agreement(5), agreement(5, state=State.EXPIRED))
    content = content_of(replace(nothing, agreed=agreed))
    due = [row[5] for row in rows_of(content, "agreements")]
    assert due == ["30 days late", "one day late", "on this day", "in 5 days", "has ended"]
    assert figure(content, "agreements whose review is overdue") == "2"


def test_of_few_files_nothing_is_told(nothing: Evidence) -> None:
    few = replace(nothing, files=Completeness(4, 1, 60, 30), missing={"next_of_kin": (4, 2)})
    content = content_of(few)
    assert not rows_or_none(content, "completeness")
    assert figure(content, "of what the Rules ask stands in the files") == "not told"
    assert not [one for one in content.recommendations if one.rule in ("files_incomplete", "item_missing")]
    many = Completeness(5, 1, 60, 30)
    enough = content_of(replace(few, files=many, missing={"next_of_kin": (5, 0)}))
    assert figure(enough, "of what the Rules ask stands in the files") == "50.0 %"
    by_source = {
        Source.POLICE: Quality(9, files=Completeness(4, 1, 60, 30)),
        Source.COURTS: Quality(9, files=many),
    }
    rows = {row[0]: row[4] for row in rows_of(content_of(replace(nothing, quality=by_source)), "sources")}
    assert rows == {"Messages of the police": "not told", "Messages of the courts": "50.0 %"}


def test_of_a_kind_of_message_that_came_seldom_nothing_else_is_told(nothing: Evidence) -> None:
    content = content_of(replace(nothing, came_in=(message(4, 1), message(5, 1))))
    told = [row[2:] for row in rows_of(content, "messages")]
    assert told == [["fewer than 5", *["–"] * 6], ["5", "4", "0", "1", "0", "0", "–"]]


def test_a_heading_never_stands_over_nothing(nothing: Evidence) -> None:
    for section in content_of(nothing).sections:
        for block in section.blocks:
            assert not isinstance(block, Table) or block.rows, english(block.title)
            assert not isinstance(block, Lines) or any(any(line.values) for line in block.lines)


def test_at_the_end_of_a_year_the_one_and_the_beginning_of_the_other_are_told_alike(world: World) -> None:
    """The population on 31 December 2025 is that with which 2026 began."""
    register = Register(world)
    before = [register.admit(at(f"2025-02-{day:02}")) for day in range(1, 13)]
    for booking in before[:3]:
        register.release(booking, at("2026-06-01"))
    for day in range(1, 8):
        register.admit(at(f"2026-03-{day:02}"))
    world.at = at("2027-01-05")
    with session_scope(world.sessions, writes=False) as session:
        found = gather(session, span_of(2026, world.at))
    content = content_of(found)
    rows = {row[0]: row[2:] for row in rows_of(content, "indicators")}
    assert rows["Releases"][1] == "not told"
    assert rows["Admissions"][1] == "not told", "with them the three who were released could be reckoned"
    assert rows["Population when the period began"][1] == rows["Prison population"][0] == "12"
    (lines,) = [one for one in section_of(content, "indicators").blocks if isinstance(one, Lines)]
    this, last = lines.lines
    assert (this.values[11], last.values[10], last.values[11]) == (16.0, 12.0, 12.0)


def test_what_was_late_wrong_and_lacking_is_counted(world: World) -> None:
    year = year_world(world)
    with session_scope(world.sessions, writes=False) as session:
        found = gather(session, span_of(2026, world.at))
    content = content_of(found)
    assert figure(content, "people in custody on the reference day") == "12"
    assert figure(content, "entries put right or taken back") == "1"
    assert found.delays["legal_status"] == Delay(13, 0.0, 0.0)
    late = year.bookings[2:]
    for booking in late:
        year.register.state(
            booking, LEGAL_STATUS, Status(status=LegalStatus.SENTENCED), at("2026-06-01"), at("2026-06-05")
        )
    with session_scope(world.sessions, writes=False) as session:
        again = gather(session, span_of(2026, world.at))
    assert again.delays["legal_status"] == Delay(23, 0.0, 96.0), (
        "eleven of twenty-three, four days and one nine"
    )
    assert [english(one.figure) for one in derived(again) if one.key == "recorded_late:legal_status"] == [
        "96.0 h"
    ]


def figure(content: Content, label: str) -> str:
    """A figure of the year in brief."""
    (glance,) = [one for one in section_of(content, "brief").blocks if isinstance(one, Glance)]
    return english(next(one.shown for one in glance.figures if english(one.label) == label))


def rows_or_none(content: Content, code: str) -> bool:
    """Whether a section has a table at all."""
    return any(isinstance(one, Table) for one in section_of(content, code).blocks)
