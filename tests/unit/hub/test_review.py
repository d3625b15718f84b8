"""The review of a year: its figures are those of the register, the same again later, and small ones are not told."""

from __future__ import annotations

from datetime import date

import pytest

from hub.database import session_scope
from hub.sentences import RefusedError
from hub.statistics.control import set_k
from hub.statistics.review.actions import derive
from hub.statistics.review.content import read, write
from hub.statistics.review.gathering import gather, span_of

from .review_world import DAY, DECEMBER, HELD, WRITER, english, made, rows_of, section_of, year_world
from .site_world import World
from .statistics_world import at


def test_figures_are_those_of_the_register(world: World) -> None:
    year_world(world)
    content = read(made(world).content)
    assert (content.begins_on, content.reference_on) == (date(2026, 1, 1), date(2026, 12, 14))
    figures = {row[0]: row[2:] for row in rows_of(content, "indicators")}
    assert figures["Prison population"] == ["0", str(HELD), f"+{HELD}"]
    assert figures["Admissions"] == ["0", str(HELD), f"+{HELD}"]
    delays = {row[0]: row[1:] for row in rows_of(content, "timeliness")}
    assert delays["Legal status"] == ["13", "0.0 h", "0.0 h"], (
        "twelve at once, one nine days late: not one in ten"
    )
    assert ["Admission", "1", "0"] in [row[:3] for row in rows_of(content, "corrections")]
    assert rows_of(content, "disclosures") == [
        ["Knowing who came into custody, moved and left", "Notice of an admission", "7", "0", "0"]
    ]
    assert english(section_of(content, "disclosures").blocks[2].title) == "Shared with The police"
    assert rows_of(content, "agreements")[0][:4] == ["police-2026", "The police", "1", "in force"]
    missing = {row[0]: row[2:4] for row in rows_of(content, "completeness")}
    assert missing["Next of kin"] == [str(HELD), str(HELD)]
    assert missing["Day and hour of admission"] == [str(HELD), "0"]


def test_the_same_state_gives_the_same_bytes_and_a_late_correction_only_the_next_revision(
    world: World,
) -> None:
    year = year_world(world)
    row = made(world)
    year.register.correct_admission(year.bookings[2], at("2027-01-08", 9), DECEMBER + 20 * DAY)
    year.register.release(year.bookings[3], at("2026-12-01"), known=DECEMBER + 20 * DAY)
    world.at = DECEMBER + 30 * DAY
    with session_scope(world.sessions, writes=False) as session:
        again = derive(session, 2026, DECEMBER).content
        later = derive(session, 2026, world.at).content
    assert write(again) == row.content
    assert ["Prison population", "people", "0", "12", "+12"] in rows_of(again, "indicators")
    assert ["Prison population", "people", "0", "10", "+10"] in rows_of(later, "indicators")


def test_a_year_without_data_and_one_to_come(world: World) -> None:
    content = read(made(world).content)
    assert "Nobody was in custody" in english(section_of(content, "completeness").blocks[0].text)
    assert "Nothing was shared" in english(section_of(content, "disclosures").blocks[0].text)
    assert content.recommendations == ()
    with session_scope(world.sessions, writes=False) as session, pytest.raises(RefusedError):
        derive(session, 2027, world.at)


def test_recommendations_come_from_stated_rules(world: World) -> None:
    year_world(world)
    content = read(made(world).content)
    found = {one.key: one for one in content.recommendations}
    assert "files_incomplete:files" in found
    kin = found["item_missing:next_of_kin"]
    assert english(kin.condition).startswith(
        "Something the Rules ask for is missing in more than 10 per cent"
    )
    assert "100 per cent" in english(kin.evidence)
    assert "agreement_ends:police-2026" in found, "it ends on 31 January"
    assert "review_due:police-2026" in found
    rules = {row[0] for row in rows_of(content, "rules")}
    assert {one.number for one in content.recommendations} <= rules, (
        "every rule is printed with its threshold"
    )


def test_what_is_known_later_is_not_in_it(world: World) -> None:
    year = year_world(world)
    early = at("2026-03-05")
    with session_scope(world.sessions, writes=False) as session:
        found = gather(session, span_of(2026, early))
    assert found.delays["legal_status"].many == HELD, "the thirteenth was recorded on 10 March"
    assert not found.shared
    assert year.bookings


def test_small_numbers_are_not_told_nor_what_would_tell_them(world: World) -> None:
    year = year_world(world)
    for booking in year.bookings[:2]:
        year.register.release(booking, at("2026-06-01"))
    content = read(made(world).content)
    figures = {row[0]: row[2:] for row in rows_of(content, "indicators")}
    assert figures["Releases"][1] == "not told", "as what is hidden with it: which is small is not told"
    balance = ("Prison population", "Population when the period began", "Admissions")
    assert any(figures[one][1] == "not told" for one in balance), (
        "with all of them the releases could be reckoned"
    )
    assert figures["Releases"][2] == "–"


def test_the_threshold_is_the_one_in_force_on_the_reference_day_as_known_then(world: World) -> None:
    year = year_world(world)
    for booking in year.bookings[:6]:
        year.register.release(booking, at("2026-06-01"))
    first = read(made(world).content)
    assert first.smallest == 5
    assert {row[0]: row[3] for row in rows_of(first, "indicators")}["Releases"] == "6"
    assert rows_of(first, "disclosures")[0][2] == "7"
    world.at = DECEMBER + DAY
    with session_scope(world.sessions) as session:
        set_k(session, 8, date(2026, 12, 1), "Invented order 12", actor=WRITER, at=world.at)
    world.at = DECEMBER + 30 * DAY
    with session_scope(world.sessions, writes=False) as session:
        known_then = derive(session, 2026, DECEMBER).content
        now = derive(session, 2026, world.at).content
    assert write(known_then) == write(first)
    assert now.smallest == 8
    assert {row[0]: row[3] for row in rows_of(now, "indicators")}["Releases"] == "not told"
    assert rows_of(now, "disclosures")[0][2] == "fewer than 8"
    assert "without lines of fewer than 8" in english(section_of(now, "disclosures").blocks[1].about)
    assert not [one for one in now.recommendations if " 7 " in english(one.evidence)]
