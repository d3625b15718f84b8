"""The invented prison: plausible, the same for the same seed, and with its projections right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine, event, func, select

from hub import settings
from hub.__main__ import main
from hub.biometrics.documents.actions import open_document
from hub.biometrics.documents.records import Document
from hub.biometrics.photos import photo_for
from hub.biometrics.records import Finger
from hub.biometrics.vault import Vault
from hub.custody.catalogue import KINDS
from hub.custody.facts.kinds import read_value
from hub.custody.facts.reading import current, one
from hub.custody.facts.records import Fact
from hub.custody.identity import IDENTITY
from hub.custody.legal import LEGAL_STATUS
from hub.custody.life.incident_forms import IncidentRole
from hub.custody.life.incidents import incidents, parts_in
from hub.custody.life.keep_aparts import keep_aparts_of
from hub.custody.life.property import PROPERTY_ITEM
from hub.custody.life.visitors import all_visitors
from hub.custody.life.visits import VISIT
from hub.custody.merging.reading import all_cases, leads
from hub.custody.records import Booking, Person
from hub.custody.records import Counter as NumberSeries
from hub.custody.search.projection import rebuild
from hub.custody.search.records import SearchEntry, SearchPosting
from hub.custody.sentencing.dates import Certainty, best_known_all
from hub.database import Sessions, make_engine, make_sessions, session_scope
from hub.docket.invented import work
from hub.docket.records import Finding
from hub.docket.runs import recompute
from hub.reception.seed.describe import Line, describe
from hub.reception.seed.making import Made, Order, make
from hub.reception.seed.plan import Wrong, sketches
from hub.reception.seed.staff import CLERKS
from hub.web.formats import SITE_ZONE

from ...databases import chosen, new_database
from .conftest import hurry

TODAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
PEOPLE = 150


@dataclass(frozen=True)
class Prison:
    """An invented prison that the tests of this file read, and write to in transactions they take back."""

    sessions: Sessions
    made: Made
    vault: Vault


@pytest.fixture(scope="module")
def prison(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prison]:
    vault, engine = Vault(b"v" * 32), _engine(tmp_path_factory.mktemp("prison"))
    sessions = make_sessions(engine)
    made = make(sessions, Order(PEOPLE, 10, 3, TODAY, past=0.5), lambda _done, _all: None, vault)
    yield Prison(sessions, made, vault)
    engine.dispose()


def _engine(folder: Path) -> Engine:
    engine = make_engine(new_database(folder, migrated=True))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", hurry)
    return engine


def test_it_is_a_prison_that_could_be(prison: Prison) -> None:
    with session_scope(prison.sessions, writes=False) as session:
        inside = session.scalars(select(Booking).where(Booking.released_at.is_(None))).all()
        assert len(inside) == prison.made.inside == PEOPLE
        status = Counter(
            held.value.status
            for stay in inside
            if (held := one(current(session, LEGAL_STATUS, person_id=stay.person_id, booking_id=stay.id)))
        )
        assert status.total() == PEOPLE
        stays = session.scalars(select(Booking).order_by(Booking.person_id, Booking.admitted_at)).all()
        for before, after in pairwise(stays):
            if before.person_id == after.person_id:
                assert before.released_at is not None
                assert before.released_at < after.admitted_at


def test_its_proportions_are_those_of_the_model(prison: Prison) -> None:
    """Bounds are wide enough for a prison of this size: the figures to hold against are those of 1,200."""
    with session_scope(prison.sessions, writes=False) as session:
        found = {line.code: line for line in describe(session, TODAY)}
    assert found["inside"].value == PEOPLE
    for code, least, most in (
        ("status.REMAND", 25, 50),
        ("status.SENTENCED", 40, 70),
        ("foreign", 4, 22),
        ("returned", 15, 45),
        ("complete", 96, 99.9),
        ("age.0", 1, 5),
        ("age.25", 25, 55),
        ("wait.1", 12, 50),
        ("wait.5", 0.5, 20),
        ("wait.dated", 88, 99.9),
        ("term.median", 2, 8),
        ("district.Belize", 40, 72),
        ("cells.mean", 1.2, 4),
        ("facts.median", 30, 90),
    ):
        assert least <= found[code].value <= most, (code, found[code])
    assert found["women"].value == 2
    assert found["cells.most"].value <= 4
    assert _total(found, "status.") == pytest.approx(100, abs=0.6)
    assert _total(found, "age.") == pytest.approx(100, abs=0.6)


def _total(found: dict[str, Line], prefix: str) -> float:
    return sum(line.value for code, line in found.items() if code.startswith(prefix))


def test_every_fact_is_one_that_a_clerk_could_have_recorded(prison: Prison) -> None:
    with session_scope(prison.sessions, writes=False) as session:
        released = {stay.id: stay.released_at for stay in session.scalars(select(Booking))}
        for row in session.scalars(select(Fact)):
            kind = KINDS[row.kind]
            value = read_value(kind, row.value)
            day = row.recorded_at.astimezone(SITE_ZONE).date()
            assert day <= TODAY
            assert kind.check is None or not kind.check(value, day), (row.kind, row.value)
            assert row.source or row.document_id or not kind.legal
            gone_at = released[row.booking_id] if row.booking_id is not None else None
            assert gone_at is None or row.effective_at <= gone_at, (row.kind, row.value)


def test_the_docket_of_a_week_has_some_of_each_and_is_no_flood(prison: Prison) -> None:
    with session_scope(prison.sessions) as session:
        causes = recompute(session, NOON).causes
        session.rollback()
    assert causes.keys() >= {
        "received_without_order", "order_expired", "order_other_name", "order_ends_soon", "held_without_end",
        "no_next_date", "no_outcome", "remand_too_long", "remand_past_sentence", "release_passed",
        "release_ordered", "let_go_not_ordered", "fine_paid", "held_on_hold", "no_release_date",
        "unfit_no_review", "release_not_verified", "juvenile_with_adults", "no_cell",
        "consulate_not_notified", "query_unanswered", "file_incomplete",
    }  # fmt: skip
    assert "same_finger" not in causes, "nobody has fingers yet"
    of_one_kind = {code: count for code, count in causes.items() if code != "remand_too_long"}
    assert max(of_one_kind.values()) <= 4, causes


def test_dates_are_signed_by_two_but_for_those_that_wait(prison: Prison) -> None:
    with session_scope(prison.sessions, writes=False) as session:
        known = best_known_all(session, today=TODAY)
    count = Counter(found.certainty for found in known.values())
    assert count[Certainty.VERIFIED] > 10 * count[Certainty.UNVERIFIED] > 0
    assert all(not found.blocked for found in known.values())


def test_life_inside_is_on_the_files(prison: Prison) -> None:
    with session_scope(prison.sessions, writes=False) as session:
        rows = session.execute(select(Fact.kind, func.count()).group_by(Fact.kind))
        kinds = {row[0]: row[1] for row in rows}
        for kind in ("property_item", "visit", "visitor_of", "incident_part", "sanction", "programme", "work",
                     "attendance", "complaint", "query", "alert", "health_screening", "health_flag", "diet",
                     "assessment", "representative", "gender", "document", "correspondence"):  # fmt: skip
            assert kinds.get(kind, 0) > 0, kind
        for told in incidents(session, size=10_000):
            parts = parts_in(session, told.number)
            assert parts, told.number
            assert {part.value.role for part in parts} <= {IncidentRole.ACCUSED, IncidentRole.VICTIM}
            assert all(part.row.effective_at == told.report.occurred_at for part in parts)
        known = {visitor.number for visitor in all_visitors(session)}
        for row in session.scalars(select(Fact).where(Fact.kind == VISIT.name)):
            assert set(read_value(VISIT, row.value).visitors) <= known
        apart = keep_aparts_of(session, list(session.scalars(select(Person.id))), NOON)
        assert apart
        outcomes = Counter(
            read_value(PROPERTY_ITEM, raw).outcome
            for raw in session.scalars(select(Fact.value).where(Fact.kind == PROPERTY_ITEM.name))
        )
        assert outcomes[""] > outcomes["handed_to"] > 0
        assert outcomes["returned"] > 0


def test_scans_and_photos_open_with_the_key_of_their_person(prison: Prison) -> None:
    with session_scope(prison.sessions, writes=False) as session:
        scans = session.scalars(select(Document)).all()
        assert {scan.media_type for scan in scans} == {"application/pdf", "image/png"}
        for scan in scans[:10]:
            opened = open_document(session, prison.vault, scan.id, [scan.person_id])
            assert opened is not None
            assert b"INVENTED" in opened.raw or scan.media_type == "image/png"
        orders = select(Fact).where(Fact.kind == "order", Fact.document_id.is_not(None))
        owners = {scan.id: scan.person_id for scan in scans}
        found = session.scalars(orders).all()
        assert found
        assert all(owners[row.document_id or 0] == row.person_id for row in found)
        shown = [
            photo_for(session, prison.vault, person_id) for person_id in session.scalars(select(Person.id))
        ]
        assert 0.1 * PEOPLE < sum(photo is not None for photo in shown) < PEOPLE


def test_some_files_are_joined_and_some_still_have_to_be(prison: Prison) -> None:
    with session_scope(prison.sessions, writes=False) as session:
        last = Counter(standing.last.act for standing in all_cases(session, open_only=False))
        assert last.keys() == {"merged", "proposed", "suspected", "refused"}
        assert len(leads(session)) == last["merged"]


def test_no_pair_is_said_to_be_found_by_a_finger_that_nobody_has(prison: Prison) -> None:
    with session_scope(prison.sessions, writes=False) as session:
        fingers = session.scalar(select(func.count(Finger.id)))
        found = {standing.case.found_by for standing in all_cases(session, open_only=False)}
        noticed = [
            standing for standing in all_cases(session, open_only=True) if standing.last.act == "suspected"
        ]
    assert (fingers, found) == (0, {"officer"})
    assert noticed
    assert all(standing.last.by in CLERKS for standing in noticed)


def test_rows_and_search_are_what_the_facts_say(prison: Prison) -> None:
    made = prison.made
    with session_scope(prison.sessions) as session:
        for person in session.scalars(select(Person)):
            held = one(current(session, IDENTITY, person_id=person.id))
            assert held is not None
            assert (held.value.surname, held.value.born_on) == (person.surname, person.born_on)
        tables = (SearchEntry.__table__, SearchPosting.__table__)
        before = [sorted(map(tuple, session.execute(select(table)))) for table in tables]
        assert rebuild(session) == made.people
        assert [sorted(map(tuple, session.execute(select(table)))) for table in tables] == before
        series = {row.series: row.last for row in session.scalars(select(NumberSeries))}
        # Whoever is admitted next gets the next number; so does the next visitor.
        assert (series["person"], series["booking"]) == (made.people, made.stays)
        assert series["visitor"] == len(all_visitors(session))


def test_the_same_seed_makes_the_same_people(tmp_path: Path) -> None:
    told = []
    for place in ("once", "again"):
        (tmp_path / place).mkdir()
        engine = _engine(tmp_path / place)
        make(make_sessions(engine), Order(25, 10, 3, TODAY, past=0.2), lambda _done, _all: None)
        told.append(_told(make_sessions(engine)))
        engine.dispose()
    assert told[0] == told[1]


def _told(sessions: Sessions) -> list[tuple[object, ...]]:
    with session_scope(sessions, writes=False) as session:
        rows = session.execute(
            select(Fact.person_id, Fact.kind, Fact.effective_at, Fact.recorded_at, Fact.value).order_by(
                Fact.id
            )
        )
        return [tuple(row) for row in rows]


def test_of_everything_that_can_be_wrong_there_is_some() -> None:
    found = Counter(sketch.wrong for sketch in sketches(Random(1), 1200))
    assert set(Wrong) <= found.keys()
    assert found[None] > 1100
    women = sum(sketch.sex.value == "F" for sketch in sketches(Random(1), 1200))
    assert women == 14


def test_invented_people_are_not_put_among_real_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", "--data", str(tmp_path), *chosen(tmp_path)]) == 0
    words = ["seed", "--data", str(tmp_path), "--people", "3", "--past", "0"]
    assert main([*words, "--accounts"]) == 0
    said = capsys.readouterr().out
    assert "3 of them inside" in said
    assert said.count("shown once") == 11
    with session_scope(make_sessions(make_engine(settings.load(tmp_path).database)), writes=False) as session:
        latest_at = session.scalar(select(func.max(Fact.recorded_at)))
        assert latest_at is not None
        assert latest_at < datetime.now(UTC), "somebody wrote tomorrow's news"
    assert main(words) == 2
    assert "has people already" in capsys.readouterr().err
    # Figures of what is there can be had at any time, and nothing is added.
    assert main([*words, "--describe"]) == 0
    assert "People inside" in capsys.readouterr().out
    assert main(["seed", "--data", str(tmp_path), "--people", "0"]) == 2


def test_the_office_has_explained_most_of_the_long_waits_and_left_some(tmp_path: Path) -> None:
    engine = _engine(tmp_path)
    sessions = make_sessions(engine)
    make(sessions, Order(200, 10, 3, TODAY, past=0), lambda _done, _all: None)
    work(sessions, NOON)
    with session_scope(sessions, writes=False) as session:
        rows = session.scalars(select(Finding).where(Finding.check_code == "remand_too_long")).all()
        assert 0 < sum(row.closed_at is None for row in rows) < sum(row.closed_at is not None for row in rows)
        explained = [row for row in rows if row.closed_at is not None]
        assert all(row.review_on is not None and row.review_on > TODAY for row in explained)
        opened = select(func.count()).where(Finding.closed_at.is_(None), Finding.due_at < NOON)
        assert (session.scalar(opened) or 0) > 0
    engine.dispose()
