"""Batches from paper: read as books are written, signed twice, entered as one, taken back as one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from sqlalchemy import func, select

from hub.accounts.audit import Actor
from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.biometrics.duplicates import DuplicateSearch
from hub.custody.actions import open_booking_of
from hub.custody.facts.records import Fact
from hub.custody.queries import home_of
from hub.custody.records import Booking, Person
from hub.custody.stays import HOME
from hub.database import session_scope
from hub.movements.cells.defining import CellDraft, define_cell
from hub.movements.cells.rules import Ages, Sexes
from hub.movements.on_paper import Crossing, enter_crossings, take_back_crossings
from hub.movements.passages import Place, Somebody
from hub.movements.permitting import zones_of
from hub.movements.records import FeedItem, Movement, MovementReversal, Position, Zone
from hub.reception.blackout import actions
from hub.reception.blackout.actions import BatchFaultsError, Heading, Means, SavedMeanwhileError
from hub.reception.blackout.columns import RowKind
from hub.reception.blackout.records import PaperBatch, PaperRow, State
from hub.reception.blackout.rules import Dark, Row, fault_of_dark, read_all, read_when
from hub.reception.blackout.undoing import take_back
from hub.sentences import RefusedError, Sentence

from .site_world import NOON, PASSWORD, World, post

RITA, SAM = Actor("rita", "10.0.0.1"), Actor("sam", "10.0.0.2")
DARK = Dark(NOON - timedelta(hours=6), NOON - timedelta(hours=1))
"""06:00 to 11:00 at the site."""


def hour(text: str) -> datetime:
    """A time of 22 November at the site."""
    return datetime.fromisoformat(f"2026-11-22T{text}-06:00").astimezone(UTC)


# --- reading, without a database


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("07:30", hour("07:30")),
        ("0730", hour("07:30")),
        ("7.30", hour("07:30")),
        ("22/11 07:30", hour("07:30")),
        ("2026-11-22 07:30", hour("07:30")),
        ("21.11. 07:30", hour("07:30") - timedelta(days=1)),
    ],
)
def test_times_are_read_as_books_have_them(text: str, expected: datetime) -> None:
    assert read_when(text, DARK) == expected


@pytest.mark.parametrize("text", ["", "noon", "25:00", "07:61", "31/02 07:30", "7", "２２/11 07:30x"])
def test_what_is_no_time_is_asked_for_again(text: str) -> None:
    assert isinstance(read_when(text, DARK), Sentence)


def test_an_hour_that_came_twice_asks_for_the_day() -> None:
    two_nights = Dark(NOON - timedelta(hours=40), NOON)
    assert isinstance(read_when("08:00", two_nights), Sentence)
    assert read_when("21/11 08:00", two_nights) == hour("08:00") - timedelta(days=1)
    over_midnight = Dark(NOON - timedelta(hours=20), NOON - timedelta(hours=6))
    assert read_when("23:30", over_midnight) == hour("23:30") - timedelta(days=1)
    assert read_when("04:30", over_midnight) == hour("04:30")


@pytest.mark.parametrize(
    "dark",
    [
        Dark(NOON, NOON - timedelta(hours=1)),
        Dark(NOON - timedelta(hours=1), NOON + timedelta(hours=1)),
        Dark(NOON - timedelta(days=61), NOON),
    ],
)
def test_a_dark_time_that_cannot_be_is_refused(dark: Dark) -> None:
    assert fault_of_dark(dark, NOON) is not None


def way(line: int, when: str, person: str, from_zone: str, to_zone: str, note: str = "") -> Row:
    cells = {"when": when, "person": person, "from": from_zone, "to": to_zone, "note": note}
    return Row(line, RowKind.MOVEMENT, cells)


def faults(*rows: Row) -> set[tuple[int, str]]:
    _, found = read_all(rows, DARK, NOON, {"yard", "block-a", "workshop"}, {"A1"})
    return {(fault.line, fault.column) for fault in found}


def test_faults_stand_at_row_and_column() -> None:
    assert faults(
        way(1, "13:00", "P-1", "yard", "block-a"),  # later than now
        way(2, "05:00", "P-1", "yard", "block-a"),  # before it was dark, and nobody says why
        way(3, "07:00", "", "nowhere", "block-a"),
        way(4, "07:00", "P-2", "yard", "yard"),
        Row(5, RowKind.COUNT, {"when": "08:00", "to": "yard", "counted": "x", "first": "A", "second": "a "}),
    ) == {(1, "when"), (2, "when"), (3, "person"), (3, "from"), (4, "to"), (5, "counted"), (5, "second")}
    assert faults(way(1, "05:00", "P-1", "yard", "block-a", "book of the night watch")) == set()


def test_one_person_is_in_one_place() -> None:
    first = way(1, "07:00", "P-1", "yard", "block-a")
    assert faults(first, way(2, "07:10", "p-1", "yard", "workshop")) == {(2, "from")}
    assert faults(first, way(2, "07:10", "P-1", "yard", "workshop", "came back by the kitchen")) == set()
    assert faults(first, way(2, "07:00", "P-1", "block-a", "yard")) == {(2, "when")}
    assert (
        faults(first, way(2, "07:10", "P-1", "block-a", "yard"), way(3, "07:10", "P-2", "yard", "block-a"))
        == set()
    )


# --- positions


def test_positions_end_the_same_in_every_order(world: World) -> None:
    """Two scans and two batches, told in any order: the latest of them has the person."""
    world.site()
    told = {"scan 1": hour("07:00"), "scan 2": hour("09:00")}
    ends = set()
    for turn, order in enumerate(permutations(("scan 1", "scan 2", "book 1", "book 2"))):
        person = world.person(given=f"Ana {turn}")
        # A terminal tells its own journal in order; between journals any order may come.
        if order.index("scan 1") > order.index("scan 2"):
            continue
        for what in order:
            if what in told:
                world.passage(person, to_zone="workshop", at=told[what])
            elif what == "book 1":
                enter(world, person, ("08:00", "yard", "block-a"), key=bytes([turn] * 16))
            else:
                rows = (("10:00", "yard", "block-a"), ("09:30", "workshop", "yard"))
                enter(world, person, *rows, key=bytes([100 + turn] * 16))
        ends.add(where(world, person)[1:])
    assert ends == {("block-a", "paper", hour("10:00"))}


def enter(world: World, person: Person, *rows: tuple[str, str, str], key: bytes = b"k" * 16) -> None:
    with session_scope(world.sessions) as session:
        zones = {zone.code: zone.id for zone in session.scalars(select(Zone))}
        somebody = Somebody(person.id, person.number, "NOVELO, Ana")
        crossings = [
            Crossing(somebody, Place(zones[a], a), Place(zones[b], b), hour(when), line)
            for line, (when, a, b) in enumerate(rows, 1)
        ]
        enter_crossings(session, key, crossings, officer="rita", at=world.at)


def where(world: World, person: Person) -> tuple[int, str, str, datetime]:
    with session_scope(world.sessions, writes=False) as session:
        row = session.execute(
            select(Position, Zone.code)
            .join(Zone, Zone.id == Position.zone_id)
            .where(Position.person_id == person.id)
        ).one()
        return row[0].sequence, row[1], row[0].source, row[0].proven_at


def test_a_scan_counts_more_than_handwriting_of_the_same_moment(world: World) -> None:
    world.site()
    first, second = world.person(), world.person(given="Eva")
    world.passage(first, to_zone="workshop", at=hour("08:00"))
    enter(world, first, ("08:00", "yard", "block-a"))
    enter(world, second, ("08:00", "yard", "block-a"), key=b"l" * 16)
    world.passage(second, to_zone="workshop", at=hour("08:00"))
    assert where(world, first)[1:3] == where(world, second)[1:3] == ("workshop", "scan")


def test_positions_come_back_when_movements_are_taken_back(world: World) -> None:
    world.site()
    seen, never, later = (world.person(given=name) for name in ("Ana", "Eva", "Ida"))
    world.passage(seen, "REFUSE", to_zone="workshop", at=hour("07:00"))  # proves the yard, and is no movement
    for turn, person in enumerate((seen, never, later)):
        enter(world, person, ("08:00", "yard", "block-a"), key=bytes([turn] * 16))
    world.passage(later, to_zone="workshop", at=hour("09:00"))
    enter(world, seen, ("09:00", "block-a", "workshop"), key=b"z" * 16)
    with session_scope(world.sessions) as session:
        for key in (*(bytes([turn] * 16) for turn in range(3)), b"z" * 16):
            assert take_back_crossings(session, key, by="rita", reason="wrong book", at=world.at) == 1
    assert where(world, seen)[1:] == ("yard", "scan", hour("07:00"))
    assert where(world, later)[1:] == ("workshop", "scan", hour("09:00"))
    with session_scope(world.sessions, writes=False) as session:
        assert session.get(Position, never.id) is None
        assert session.scalar(select(func.count()).select_from(MovementReversal)) == 4
        assert session.scalar(select(func.count()).select_from(Movement)) == 5  # nothing was thrown away


# --- batches


def prepare(world: World) -> None:
    world.site()
    world.account("rita", Role.RECORDS_OFFICER)
    world.account("sam", Role.RECORDS_OFFICER)
    with session_scope(world.sessions) as session:
        for code in ("A1", "A2"):
            draft = CellDraft(code, code, "A", "1", "block-a", 2, sexes=Sexes.ANY, ages=Ages.ANY)
            define_cell(session, draft, reason="", actor=RITA, at=world.at)


def means(world: World) -> Means:
    return Means(world.vault, DuplicateSearch(world.sessions, world.vault))


def batch(world: World, *rows: Row) -> int:
    with session_scope(world.sessions) as session:
        heading = Heading("Block A", DARK, "Gate book 7, page 12")
        found = actions.open_batch(session, heading, key=f"{len(rows):032x}", actor=RITA, at=world.at)
        actions.save(session, found, rows, 1, actor=RITA, at=world.at)
        return found.id


def sign(world: World, number: int, who: Actor = RITA) -> int:
    """The first signature; the version that the second one sees."""
    with session_scope(world.sessions) as session:
        found = session.get_one(PaperBatch, number)
        actions.sign(session, found, means(world), actor=who, at=world.at)
        return found.version


def sign_second(world: World, number: int, version: int, who: Actor = SAM) -> int:
    with session_scope(world.sessions) as session:
        found = session.get_one(PaperBatch, number)
        return actions.enter(session, found, version, means(world), who, at=world.at)


def undo(world: World, number: int) -> None:
    with session_scope(world.sessions) as session:
        take_back(session, session.get_one(PaperBatch, number), "wrong book", SAM, actor=RITA, at=world.at)


def early(world: World, given: str = "Ana") -> Person:
    """Somebody who came in before it was dark."""
    now, world.at = world.at, NOON - timedelta(days=3)
    person = world.person(given=given)
    world.at = now
    return person


ADMISSION = {
    "when": "09:00",
    "surname": "Chub",
    "given": "Pedro",
    "born_on": "1/5/1990",
    "sex": "M",
    "order_kind": "warrant",
    "order_reference": "W 9/2026",
    "order_issued_on": "21/11/2026",
    "status": "REMAND",
    "to": "block-a",
    "cell": "A2",
}
RELEASE = {
    "when": "10:00",
    "reason": "bail",
    "reference": "BO 7",
    "identity": "photo and order",
    "first": "Tun",
}


def everything(one: Person, other: Person) -> tuple[Row, ...]:
    return (
        Row(1, RowKind.RELEASE, {**RELEASE, "person": other.number}),
        way(2, "09:45", other.number.lower(), "block-a", "yard"),
        Row(3, RowKind.CELL, {"when": "08:00", "person": one.number, "to": "A1"}),
        Row(4, RowKind.ADMISSION, ADMISSION),
        Row(
            5, RowKind.COUNT, {"when": "08:30", "to": "block-a", "counted": "2", "first": "A", "second": "B"}
        ),
    )


def test_rows_that_cannot_be_are_named_and_nothing_is_entered(world: World) -> None:
    prepare(world)
    one, gone = early(world), world.person(given="Eva")  # Eva came at noon, after it was dark
    rows = (
        way(1, "08:00", "P-999999", "yard", "block-a"),
        way(2, "08:00", gone.number, "yard", "block-a"),
        Row(3, RowKind.RELEASE, {**RELEASE, "person": gone.number}),
        Row(4, RowKind.ADMISSION, {**ADMISSION, "surname": "Novelo", "given": "Ana", "cell": ""}),
        Row(5, RowKind.ADMISSION, {**ADMISSION, "person": one.number}),
        Row(6, RowKind.CELL, {"when": "08:00", "person": one.number, "to": "A1"}),
    )
    number = batch(world, *rows)
    with pytest.raises(BatchFaultsError) as refused:
        sign(world, number)
    assert [(fault.line, fault.column) for fault in refused.value.faults] == [
        (1, "person"),
        (2, "person"),
        (3, "when"),
        (4, "person"),
        (5, "person"),
    ]
    with session_scope(world.sessions, writes=False) as session:
        found = session.get_one(PaperBatch, number)
        assert (found.state, actions.rows_of(found)) == (State.DRAFT, list(rows))
        assert home_of(session, 1) is None
        assert session.scalar(select(func.count()).select_from(PaperRow)) == 0


def test_a_batch_takes_two_people_and_the_version_they_saw(world: World) -> None:
    prepare(world)
    number = batch(world, *everything(early(world), early(world, "Eva")))
    seen = sign(world, number)
    with pytest.raises(RefusedError, match="another person than the first"):
        sign_second(world, number, seen, RITA)
    with pytest.raises(RefusedError, match="changed this batch meanwhile"):
        sign_second(world, number, seen - 1)
    assert sign_second(world, number, seen) == 5
    with pytest.raises(RefusedError, match="changed this batch meanwhile"):
        sign_second(world, number, seen)


def test_a_role_signs_only_what_it_may_do(world: World) -> None:
    prepare(world)
    world.account("sue", Role.SHIFT_SUPERVISOR)
    number = batch(world, *everything(early(world), early(world, "Eva")))
    with pytest.raises(BatchFaultsError) as refused:
        sign(world, number, Actor("sue", ""))
    assert {fault.line for fault in refused.value.faults} == {
        1,
        4,
    }  # neither admissions nor releases are hers
    assert sign_second(world, number, sign(world, number), Actor("sue", "")) == 5


def test_everything_takes_effect_at_its_own_hour(world: World) -> None:
    prepare(world)
    one, other = early(world), early(world, "Eva")
    number = batch(world, *everything(one, other))
    sign_second(world, number, sign(world, number))
    with session_scope(world.sessions, writes=False) as session:
        new = session.scalars(select(Person).where(Person.surname == "Chub")).one()
        stay = open_booking_of(session, new.id)
        assert stay is not None
        assert stay.admitted_at == hour("09:00")
        assert stay.recorded_at == world.at
        home = home_of(session, stay.id)
        assert home is not None
        assert home.cell == "A2"
        gone = session.scalars(select(Booking).where(Booking.person_id == other.id)).one()
        assert gone.released_at == hour("10:00")
        moved = session.scalars(select(Fact).where(Fact.person_id == one.id, Fact.kind == HOME.name)).one()
        assert (moved.effective_at, moved.recorded_at, moved.recorded_by) == (hour("08:00"), world.at, "rita")
        movement = session.scalars(select(Movement)).one()
        assert (movement.method, movement.person_id, movement.occurred_at) == (
            "PAPER",
            other.id,
            hour("09:45"),
        )
        line = session.scalars(select(FeedItem).where(FeedItem.kind == "passage")).one()
        assert (line.payload["late"], line.payload["rule"]) == (True, "on_paper")
        looked = session.scalars(select(AuditEntry.subject).where(AuditEntry.act == "paper.enter")).all()
        assert set(looked) == {"", one.number, other.number, new.number}
        assert session.get_one(PaperBatch, number).rows == "[]"  # names in it are not kept twice
        assert all("Chub" not in row.cells for row in session.scalars(select(PaperRow)))


def test_a_batch_is_taken_back_as_if_it_had_not_been(world: World) -> None:
    prepare(world)
    one, other = early(world), early(world, "Eva")
    number = batch(world, *everything(one, other))
    sign_second(world, number, sign(world, number))
    world.later(minutes=10)
    undo(world, number)
    with session_scope(world.sessions, writes=False) as session:
        new = session.scalars(select(Person).where(Person.surname == "Chub")).one()
        assert open_booking_of(session, new.id) is None
        assert zones_of(session, [new.id, one.id]) == {}
        back = open_booking_of(session, other.id)
        assert back is not None
        assert back.released_at is None
        assert home_of(session, 1) is None
        assert session.scalar(select(func.count()).select_from(Position)) == 0
        assert session.get_one(PaperBatch, number).state == State.UNDONE
    with pytest.raises(RefusedError, match="taken back already"):
        undo(world, number)


def test_a_batch_stays_while_something_newer_rests_on_it(world: World) -> None:
    prepare(world)
    number = batch(world, Row(1, RowKind.ADMISSION, ADMISSION))
    sign_second(world, number, sign(world, number))
    with session_scope(world.sessions, writes=False) as session:
        new = session.scalars(select(Person).where(Person.surname == "Chub")).one()
    world.passage(new)
    with pytest.raises(RefusedError, match="worked on since"):
        undo(world, number)
    with session_scope(world.sessions, writes=False) as session:
        assert session.get_one(PaperBatch, number).state == State.ENTERED
        assert open_booking_of(session, new.id) is not None


def test_a_book_of_yesterday_moves_nobody_out_of_todays_cell(world: World) -> None:
    prepare(world)
    one = early(world)
    first = batch(world, Row(1, RowKind.CELL, {"when": "10:00", "person": one.number, "to": "A2"}))
    sign_second(world, first, sign(world, first))
    earlier = Row(1, RowKind.CELL, {"when": "08:00", "person": one.number, "to": "A1"})
    second = batch(world, earlier, Row(2, RowKind.COUNT, {**COUNT}))
    sign_second(world, second, sign(world, second))
    with session_scope(world.sessions, writes=False) as session:
        home = home_of(session, 1)
        assert home is not None
        assert home.cell == "A2"


COUNT = {"when": "08:30", "to": "block-a", "counted": "2", "first": "A", "second": "B"}


def test_two_who_type_at_once_lose_nothing(world: World) -> None:
    prepare(world)
    number = batch(world, way(1, "08:00", "P-000001", "yard", "block-a"))
    with session_scope(world.sessions) as session:
        found = session.get_one(PaperBatch, number)
        with pytest.raises(SavedMeanwhileError):
            actions.save(session, found, [Row(1, RowKind.COUNT, COUNT)], 1, actor=SAM, at=world.at)
        assert [row.line for row in actions.rows_of(found)] == [1]
        assert actions.rows_of(found)[0].kind is RowKind.MOVEMENT


# --- pages


def test_the_grid_keeps_what_is_typed_and_marks_what_is_wrong(world: World) -> None:
    world.site()
    client = world.browser("rita")
    heading = {
        "place": "Gate",
        "dark_from": "2026-11-22T06:00",
        "dark_until": "2026-11-22T11:00",
        "paper": "Book 7",
    }
    assert post(client, "/paper", {**heading, "dark_until": "2026-11-22T05:00"}).status_code == 400
    address = post(client, "/paper", heading).location
    typed = {
        "kind-9": "movement",
        "when-9": "7 o'clock <b>",
        "person-9": "P-77",
        "from-9": "yard",
        "to-9": "attic",
    }
    page = post(client, address, {"version": 1, "act": "check", **typed}, page=address)
    assert page.status_code == 409
    assert "7 o&#39;clock &lt;b&gt;" in page.text
    assert 'id="when-1-fault"' in page.text
    assert 'id="to-1-fault"' in page.text
    page = client.get(address)
    assert 'value="attic"' in page.text
    stale = post(
        client, address, {"version": 1, "act": "save", "kind-1": "count", "counted-1": "41"}, page=address
    )
    assert stale.status_code == 409
    assert 'value="41"' in stale.text


def test_two_browsers_sign_and_a_third_role_sees_nothing(world: World) -> None:
    world.site()
    person = early(world)
    client, second = world.browser("rita"), world.browser("sue", Role.SHIFT_SUPERVISOR)
    heading = {
        "place": "Gate",
        "dark_from": "2026-11-22T06:00",
        "dark_until": "2026-11-22T11:00",
        "paper": "Book 7",
    }
    address = post(client, "/paper", heading).location
    cells = {"when-1": "0800", "person-1": person.number, "from-1": "yard", "to-1": "block-a"}
    assert (
        post(
            client, address, {"version": 1, "act": "sign", "kind-1": "movement", **cells}, page=address
        ).status_code
        == 303
    )
    assert world.browser("olga", Role.OFFICER).get(address).status_code == 403
    mine = {"version": 3, "act": "second"}
    assert post(client, f"{address}/sign", mine, page=address).status_code == 409
    assert post(second, f"{address}/sign", mine, page=address).status_code == 303
    shown = second.get(address).text
    assert "NOVELO, Ana" in shown
    assert "08:00" in shown
    assert "a book on paper" in client.get(f"/people/{person.number}").text
    undone = {"note": "wrong book", "second_login": "sue", "second_password": PASSWORD}
    assert post(client, f"{address}/back", undone, page=address).status_code == 303
    assert client.get("/paper/999").status_code == 404
