"""Cells: what speaks against one, who may sign in spite of it, and how it was known on a day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.accounts.audit import Actor
from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.custody.actions import assign_home, open_booking_of
from hub.custody.life.keep_aparts import KeptApart as StatedApart
from hub.custody.life.keep_aparts import Part, Restriction, keep_apart
from hub.custody.queries import home_of
from hub.custody.records import Person
from hub.database import session_scope
from hub.movements.cells.actions import NoFitError, Override, move_to_cell
from hub.movements.cells.board import board
from hub.movements.cells.defining import CellDraft, define_cell, set_out_of_order
from hub.movements.cells.fitting import fitting
from hub.movements.cells.importing import import_cells
from hub.movements.cells.reading import cells, dwellers, juveniles_with_adults, without_cell
from hub.movements.cells.rules import (
    Ages,
    Apart,
    CellView,
    Grade,
    KeptApart,
    Sexes,
    Who,
    is_juvenile,
    obstacles,
    worst,
)
from hub.movements.permitting import permit_zones, zones_of
from hub.movements.site.files import SiteError, read_site
from hub.movements.site.importing import import_site
from hub.sentences import RefusedError

from .site_world import PASSWORD, SITE, World, post

TODAY = date(2026, 11, 22)
ROSA, SONIA = Actor("rosa", "10.0.0.1"), Actor("sonia", "10.0.0.2")
GROWN, YOUNG = date(1990, 5, 1), date(2010, 1, 1)


def view(code: str = "a-1", **terms: object) -> CellView:
    plain: dict[str, object] = {
        "id": 1,
        "code": code,
        "zone": "block-a",
        "name": code,
        "block": "A",
        "tier": "1",
        "certified": 2,
        "working": 3,
        "maximum": 4,
        "sexes": Sexes.ANY,
        "ages": Ages.ANY,
        "statuses": frozenset(),
        "out_of_order": False,
        "reason": "",
    }
    return CellView(**{**plain, **terms})  # type: ignore[arg-type]


def who(person_id: int = 1, sex: str = "F", born_on: date | None = GROWN, status: str = "REMAND") -> Who:
    return Who(person_id, sex, born_on, status)


@pytest.mark.parametrize(
    ("terms", "person", "there", "codes", "grade"),
    [
        ({}, who(), [], [], None),
        ({}, who(), [who(1)], [], None),  # one's own place is free for oneself
        ({}, who(), [who(2), who(3)], ["over_certified"], Grade.NOTE),
        ({}, who(), [who(2), who(3), who(4)], ["over_working"], Grade.SUPERVISOR),
        ({}, who(), [who(n) for n in range(2, 6)], ["full"], Grade.NEVER),
        ({"out_of_order": True}, who(), [], ["out_of_order"], Grade.NEVER),
        ({"sexes": Sexes.MALE}, who(), [], ["sex"], Grade.SUPERVISOR),
        ({}, who(), [who(2, sex="M")], ["sex"], Grade.SUPERVISOR),
        ({}, who(sex="U"), [], ["sex_unknown"], Grade.SUPERVISOR),
        ({"ages": Ages.ADULT}, who(born_on=YOUNG), [], ["age"], Grade.SUPERVISOR),
        ({"ages": Ages.JUVENILE}, who(), [], ["age"], Grade.SUPERVISOR),
        ({}, who(born_on=YOUNG), [who(2)], ["age"], Grade.SUPERVISOR),
        ({}, who(), [who(2, born_on=YOUNG)], ["age"], Grade.SUPERVISOR),
        ({"ages": Ages.ADULT}, who(born_on=None), [], ["age_unknown"], Grade.SUPERVISOR),
        ({}, who(born_on=None), [], [], None),
        ({"statuses": frozenset({"SENTENCED"})}, who(), [], ["status"], Grade.SUPERVISOR),
        ({"statuses": frozenset({"REMAND"})}, who(), [], [], None),
    ],
)
def test_what_speaks_against_a_cell(
    terms: dict[str, object], person: Who, there: list[Who], codes: list[str], grade: Grade | None
) -> None:
    found = obstacles(view(**terms), person, there, (), TODAY)
    assert [one.code for one in found] == codes
    assert worst(found) is grade


@pytest.mark.parametrize(
    ("apart", "other", "near"),
    [
        (Apart.CELL, view("a-1"), True),
        (Apart.CELL, view("a-2"), False),
        (Apart.TIER, view("a-2"), True),
        (Apart.TIER, view("a-9", tier="2"), False),
        (Apart.BLOCK, view("a-9", tier="2"), True),
        (Apart.BLOCK, view("b-1", block="B"), False),
        (Apart.SITE, view("b-1", block="B"), True),
        (Apart.SITE, None, False),
    ],
)
def test_how_far_two_are_kept_apart(apart: Apart, other: CellView | None, near: bool) -> None:
    found = obstacles(view("a-1"), who(), [], [KeptApart("P-000002", apart, other)], TODAY)
    assert [one.code for one in found] == (["keep_apart"] if near else [])


def test_somebody_is_a_juvenile_until_the_day_they_are_eighteen() -> None:
    assert is_juvenile(date(2008, 11, 23), TODAY) is True
    assert is_juvenile(date(2008, 11, 22), TODAY) is False
    assert is_juvenile(None, TODAY) is None


# --- with a database


@pytest.fixture
def site(world: World) -> World:
    world.site()
    with session_scope(world.sessions) as session:
        for draft in (
            CellDraft("a-1", "A 1", "Block A", "Ground", "block-a", 1, 1, 2),
            CellDraft("a-2", "A 2", "Block A", "Ground", "block-a", 2),
            CellDraft("w-1", "W 1", "Workshop", "", "workshop", 1),
        ):
            define_cell(session, draft, reason="first", actor=SONIA, at=world.at)
    return world


def live(world: World, person: Person, code: str, override: Override | None = None) -> None:
    with session_scope(world.sessions) as session:
        held = session.get_one(Person, person.id)
        move_to_cell(session, held, code, reason="", override=override, actor=ROSA, at=world.at)


def test_a_move_takes_zones_along(site: World) -> None:
    ana = site.person()
    with session_scope(site.sessions) as session:
        permit_zones(session, ana.id, ["yard"], site.at)
    live(site, ana, "a-1")
    live(site, ana, "w-1")
    with session_scope(site.sessions, writes=False) as session:
        booking = open_booking_of(session, ana.id)
        assert booking is not None
        home = home_of(session, booking.id)
        assert home is not None
        assert (home.zone, home.cell) == ("workshop", "w-1")
        assert zones_of(session, [ana.id])[ana.id] == ["workshop", "yard"]


def test_the_last_place_is_given_once(site: World) -> None:
    one, two = site.person("Coc", "Ana"), site.person("Bol", "Eva")
    live(site, one, "w-1")
    with pytest.raises(NoFitError, match="Nobody can be put into this cell now"):
        live(site, two, "w-1", Override(SONIA, "no other place"))


def test_a_supervisors_word_is_written_down_and_needs_a_reason(site: World) -> None:
    one, two = site.person("Coc", "Ana"), site.person("Bol", "Eva")
    live(site, one, "a-1")
    with pytest.raises(NoFitError, match="have a supervisor sign"):
        live(site, two, "a-1")
    with pytest.raises(NoFitError, match="Write why"):
        live(site, two, "a-1", Override(SONIA, " "))
    live(site, two, "a-1", Override(SONIA, "sisters, for one night"))
    with session_scope(site.sessions, writes=False) as session:
        told = session.scalars(select(AuditEntry.detail).where(AuditEntry.act == "cell.move")).all()
    assert told[-1] == "a-1 in spite of over_working, signed by sonia: sisters, for one night"


def test_two_who_must_not_meet(site: World) -> None:
    one, two = site.person("Coc", "Ana"), site.person("Bol", "Eva")
    with session_scope(site.sessions) as session:
        stated = StatedApart(
            other=two.number,
            role=Part.VICTIM,
            other_role=Part.PERPETRATOR,
            restriction=Restriction.BLOCK,
            reason="assault",
        )
        keep_apart(session, session.get_one(Person, one.id), stated, actor=ROSA, at=site.at)
    live(site, one, "a-1")
    with session_scope(site.sessions, writes=False) as session:
        (dweller,) = dwellers(session, site.at, person_ids=[two.id])
        fits = {
            fit.cell.code: [one.code for one in fit.obstacles]
            for fit in fitting(session, dweller.who, site.at)
        }
    assert fits["a-2"] == ["keep_apart"]
    assert fits["w-1"] == []


@pytest.mark.parametrize(
    ("code", "sentence"), [("moon", "no such cell"), ("a-1", "lives in this cell already")]
)
def test_moves_that_are_none(site: World, code: str, sentence: str) -> None:
    ana = site.person()
    live(site, ana, "a-1")
    with pytest.raises(RefusedError, match=sentence):
        live(site, ana, code)


def test_somebody_who_is_gone_gets_no_cell(site: World) -> None:
    ana = site.person()
    with session_scope(site.sessions) as session:
        booking = open_booking_of(session, ana.id)
        assert booking is not None
        booking.released_at = site.at
    with pytest.raises(RefusedError, match="not in custody"):
        live(site, ana, "a-1")


def test_the_board_counts_and_names_who_has_no_cell(site: World) -> None:
    one, two, three = (site.person(name, "X") for name in ("Coc", "Bol", "Tut"))
    live(site, one, "a-1")
    live(site, two, "a-1", Override(SONIA, "full house"))
    with session_scope(site.sessions) as session:
        booking = open_booking_of(session, three.id)
        assert booking is not None
        at = site.at
        assign_home(session, booking, "block-a", effective_at=at, recorded_at=at, actor=ROSA, cell="gone")
        shown = board(session, site.at)
        assert [one.number for one in without_cell(session, site.at)] == ["P-000003"]
    assert (shown.people, shown.in_cells, shown.over, shown.free) == (3, 2, 1, 3)
    assert [one.number for one in shown.without] == ["P-000003"]


def test_a_juvenile_with_an_adult_is_found(site: World) -> None:
    one, two = site.person("Coc", "Ana"), site.person("Bol", "Eva")
    live(site, one, "a-2")
    live(site, two, "a-2")
    with session_scope(site.sessions) as session:
        assert juveniles_with_adults(session, site.at) == []
        session.get_one(Person, two.id).born_on = YOUNG
        session.flush()
        assert juveniles_with_adults(session, site.at) == [(two.id, "a-2")]


def test_as_it_was_known_on_an_earlier_day(site: World) -> None:
    ana, then = site.person(), site.at
    live(site, ana, "a-1")
    site.later(days=2)
    live(site, ana, "a-2")
    with session_scope(site.sessions) as session:
        set_out_of_order(session, cells(session)["a-1"], True, reason="flooded", actor=SONIA, at=site.at)
    with session_scope(site.sessions, writes=False) as session:
        known = then + timedelta(hours=1)
        assert [one.cell for one in dwellers(session, site.at, known_at=known)] == ["a-1"]
        assert [one.cell for one in dwellers(session, site.at)] == ["a-2"]
        assert cells(session, known)["a-1"].out_of_order is False
        assert cells(session)["a-1"].out_of_order is True


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"certified": 501}, "0 to 500 places"),
        ({"maximum": 0}, "not below the certified"),
        ({"zone": "moon"}, "no zone moon"),
        ({"name": " "}, "has a code, a name and a block"),
        ({"statuses": frozenset({"GUEST"})}, "Choose legal statuses"),
    ],
)
def test_cells_that_cannot_be(site: World, change: dict[str, object], sentence: str) -> None:
    plain: dict[str, object] = {
        "code": "x",
        "name": "X",
        "block": "B",
        "tier": "",
        "zone": "block-a",
        "certified": 1,
    }
    draft = CellDraft(**{**plain, **change})  # type: ignore[arg-type]
    with session_scope(site.sessions) as session, pytest.raises(RefusedError, match=sentence):
        define_cell(session, draft, reason="why", actor=SONIA, at=site.at)


CELLS = b"""
[[cell]]
code = "a-1"
name = "A one"
block = "Block A"
zone = "block-a"
certified = 3
sexes = "F"
statuses = ["REMAND"]
"""


def test_cells_come_from_the_site_file_and_stay_out_of_order(site: World) -> None:
    with session_scope(site.sessions) as session:
        set_out_of_order(session, cells(session)["a-1"], True, reason="flooded", actor=SONIA, at=site.at)
        for _ in range(2):
            import_cells(session, read_site(SITE + CELLS).cell, actor=SONIA, at=site.at)
        found = cells(session)["a-1"]
    assert (found.name, found.maximum, found.sexes, found.out_of_order) == ("A one", 3, Sexes.FEMALE, True)


def test_the_site_file_of_the_guide_is_one(site: World) -> None:
    guide = (Path(__file__).parents[3] / "docs" / "administrator.md").read_text(encoding="utf-8")
    example = guide.split("```toml\n")[1].split("```")[0]
    found = read_site(example.encode())
    with session_scope(site.sessions) as session:
        import_site(session, found, actor=SONIA, at=site.at)
        import_cells(session, found.cell, actor=SONIA, at=site.at)
        assert cells(session)["a-1"].certified == 4


def test_a_site_file_with_a_cell_that_cannot_be(site: World) -> None:
    with pytest.raises(SiteError):
        read_site(SITE + CELLS.replace(b"certified = 3", b"certified = -1"))
    lost = read_site(SITE + CELLS.replace(b'zone = "block-a"\ncertified', b'zone = "moon"\ncertified'))
    with session_scope(site.sessions) as session, pytest.raises(SiteError, match="moon"):
        import_site(session, lost, actor=SONIA, at=site.at)


# --- pages


def test_pages_as_who_may_and_who_may_not(site: World) -> None:
    ana = site.person()
    officer, rita = site.browser("otto", Role.OFFICER), site.browser("rita", Role.RECORDS_OFFICER)
    assert [officer.get(a).status_code for a in ("/cells", "/cells/a-1", f"/people/{ana.number}/cell")] == [
        403
    ] * 3
    assert [rita.get(a).status_code for a in ("/cells/new", "/cells/a-1/terms")] == [403, 403]
    assert rita.get("/cells/moon").status_code == 404
    assert "No cell allotted" in rita.get("/cells").text
    answer = post(rita, f"/people/{ana.number}/cell", {"cell": "a-1", "reason": "first night"})
    assert answer.status_code == 303
    assert "NOVELO, Ana" in rita.get("/cells").text
    assert "NOVELO, Ana" in rita.get("/cells/a-1").text
    again = post(rita, f"/people/{ana.number}/cell", {"cell": "a-1", "reason": "<b>x</b>"})
    assert (again.status_code, "lives in this cell already" in again.text) == (409, True)
    assert "&lt;b&gt;x&lt;/b&gt;" in again.text


def test_a_supervisor_signs_on_the_clerks_screen(site: World) -> None:
    one, two = site.person("Coc", "Ana"), site.person("Bol", "Eva")
    live(site, one, "a-1")
    site.account("sonia", Role.SHIFT_SUPERVISOR)
    rita, address = site.browser("rita", Role.RECORDS_OFFICER), f"/people/{two.number}/cell"
    form: dict[str, object] = {"cell": "a-1", "override_reason": "sisters"}
    assert post(rita, address, form).status_code == 409
    own = post(rita, address, {**form, "second_login": "rita", "second_password": PASSWORD})
    assert (own.status_code, "another person than the first" in own.text) == (409, True)
    signed = {**form, "second_login": "sonia", "second_password": PASSWORD}
    assert post(rita, address, signed).status_code == 303


def test_a_cell_is_said_anew_with_a_reason(site: World) -> None:
    sonia = site.browser("sonia", Role.SHIFT_SUPERVISOR)
    terms = {
        "name": "A 1",
        "block": "Block A",
        "zone": "block-a",
        "certified": "2",
        "working": "2",
        "maximum": "2",
    }
    bare = post(sonia, "/cells/a-1/terms", dict(terms))
    assert (bare.status_code, "Write why" in bare.text) == (409, True)
    assert post(sonia, "/cells/a-1/terms", {**terms, "reason": "second bed"}).status_code == 303
    assert "second bed" in sonia.get("/cells/a-1").text
    wrong = post(sonia, "/cells/new", {**terms, "code": "A 9!", "certified": "many"})
    assert wrong.status_code == 409
    assert post(sonia, "/cells/new", {**terms, "code": "a-9"}).status_code == 303
    assert post(sonia, "/cells/a-9", {"act": "close", "reason": "no lock"}).status_code == 303
    assert "no lock" in sonia.get("/cells/a-9").text
    assert "out of order" in sonia.get("/cells?known=2026-11-22").text
    assert sonia.get("/cells?known=2026-11-20").status_code == 200


def test_the_board_folds_to_blocks_and_opens_one_or_all(site: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.movements.cells.views.FEW_CELLS", 2)
    live(site, site.person(), "a-1")
    live(site, site.person("Coc", "Maria"), "w-1")
    rita = site.browser("rita", Role.RECORDS_OFFICER)
    folded = rita.get("/cells").text
    assert ("Block A" in folded, "NOVELO" in folded) == (True, False)
    opened = rita.get("/cells", query_string={"block": "Block A"}).text
    assert ("NOVELO" in opened, "COC" in opened) == (True, False)
    everything = rita.get("/cells", query_string={"block": "*"}).text
    assert ("NOVELO" in everything, "COC" in everything) == (True, True)
    assert rita.get("/cells", query_string={"block": "<b>"}).status_code == 404
