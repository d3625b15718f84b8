"""How often something goes out is what the agreement says: tables and lists by the calendar, nothing unasked."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest
from sqlalchemy import select, update

from hub.database import session_scope
from hub.sharing.agreements.terms import Frequency, Shape
from hub.sharing.catalogue import EXCHANGES
from hub.sharing.catalogue.schemas import schema_of
from hub.sharing.outbox.drop_records import Kind
from hub.sharing.outbox.drop_settings import DropWish, set_drop
from hub.sharing.outbox.drops.running import Drops
from hub.sharing.outbox.drops.tables import read_table
from hub.sharing.outbox.frequency import turn_began
from hub.sharing.outbox.records import Delivery, State
from hub.sharing.outbox.replaying import Range, replay_range
from hub.sharing.outbox.signing import Signer
from hub.sharing.outbox.watching import NOT_REACHED, Trouble, troubles
from hub.sharing.pull.periodic import send_due
from hub.web.formats import SITE_ZONE

from .docket_world import remanded
from .outbox_world import RITA, Outbox
from .site_world import World
from .webhook_receiver import Receiver

LISTS = (("remand_ageing", "remand_review", ()),)


@pytest.fixture
def outbox(world: World) -> Iterator[Outbox]:
    made = Outbox(world)
    yield made.begin()
    made.close()


def agreed(outbox: Outbox, agency: str, frequency: Frequency) -> None:
    outbox.agree(agency, frequency=frequency, grants=LISTS if agency == "courts" else None)
    outbox.begin()


def with_folder(outbox: Outbox, agency: str) -> Path:
    with session_scope(outbox.world.sessions) as session:
        set_drop(session, DropWish(agency, Kind.FOLDER, agency), actor=RITA, at=outbox.world.at)
    return outbox.world.folder / "drops" / agency / "out"


def turn(outbox: Outbox) -> None:
    keys = outbox.world.folder / "keys"
    keys.mkdir(mode=0o700, exist_ok=True)
    signer = Signer("k1", outbox.key)
    Drops(outbox.world.sessions, outbox.world.folder / "drops", keys, lambda: signer, nothing).turn(
        outbox.world.at
    )


def nothing(*_given: object) -> str:
    raise AssertionError("nothing was laid down")


def tables(place: Path) -> list[list[dict[str, str]]]:
    return [list(csv.DictReader(io.StringIO(one.read_text()))) for one in sorted(place.glob("*.csv"))]


@pytest.mark.parametrize(
    ("frequency", "quiet", "day"),
    [(Frequency.DAILY, (0,), 1), (Frequency.WEEKLY, (0, 5), 6), (Frequency.MONTHLY, (1, 8, 30), 31)],
)
def test_a_table_waits_for_its_day_week_or_month_and_is_not_given_up_meanwhile(
    outbox: Outbox, frequency: Frequency, quiet: tuple[int, ...], day: int
) -> None:
    noon = outbox.world.at = datetime(2026, 12, 1, 12, 0, tzinfo=SITE_ZONE)  # a Tuesday
    agreed(outbox, "police", frequency)
    place = with_folder(outbox, "police")
    outbox.admit(outbox.world.person())
    outbox.exchange().gather()
    for days in quiet:
        outbox.world.at = noon + timedelta(days=days)
        turn(outbox)
        assert tables(place) == []
        assert found(outbox) == [], "nobody is called late whose turn is still to come"
    outbox.world.at = noon + timedelta(days=day, hours=-11)
    turn(outbox)
    assert [len(rows) for rows in tables(place)] == [1]
    assert outbox.deliveries()[0][:2] == ("sent", "in_file")


def found(outbox: Outbox) -> list[Trouble]:
    with session_scope(outbox.world.sessions, writes=False) as session:
        return [one for one in troubles(session, outbox.world.at) if one.code == NOT_REACHED]


def test_what_an_officer_sends_again_waits_for_no_turn(outbox: Outbox) -> None:
    agreed(outbox, "police", Frequency.MONTHLY)
    place = with_folder(outbox, "police")
    outbox.admit(outbox.world.person())
    outbox.exchange().gather()
    with session_scope(outbox.world.sessions) as session:
        session.execute(update(Delivery).values(state=State.DEAD.value))
        assert replay_range(session, Range("police"), actor=RITA, at=outbox.world.at) == 1
    turn(outbox)
    assert len(tables(place)) == 1


def test_who_wants_it_on_request_is_sent_nothing_and_finds_it_ready(outbox: Outbox, tmp_path: Path) -> None:
    agreed(outbox, "police", Frequency.ON_REQUEST)
    with Receiver(tmp_path / "agency", outbox.keys) as receiver:
        outbox.hook("police", receiver)
        outbox.admit(outbox.world.person())
        outbox.exchange().once()
        assert receiver.got == []
        assert outbox.deliveries()[0][:2] == ("offered", "")
        outbox.later(days=2)
        assert found(outbox) == []
        outbox.later(days=6)
        assert len(found(outbox)) == 1, "after a week somebody asks them"


def test_the_remand_list_is_told_once_in_each_week(outbox: Outbox, tmp_path: Path) -> None:
    agreed(outbox, "courts", Frequency.WEEKLY)
    remanded(outbox.world)
    with Receiver(tmp_path / "agency", outbox.keys) as receiver:
        outbox.hook("courts", receiver)
        counts = []
        for _ in range(9):  # from a Sunday: three weeks are touched
            counts.append(send_due(outbox.world.sessions, outbox.world.at))
            assert send_due(outbox.world.sessions, outbox.world.at) == 0
            outbox.exchange().deliver()
            outbox.later(days=1)
    assert counts == [1, 1, 0, 0, 0, 0, 0, 0, 1]
    assert len(receiver.got) == 3
    assert {one["type"] for one in receiver.got} == {"pims.custody.list_ready"}
    assert receiver.got[0]["data"]["further"] == {"list": "/v1/lists/remand-ageing"}


@pytest.mark.parametrize("frequency", [Frequency.AT_ONCE, Frequency.ON_REQUEST])
def test_without_a_turn_no_list_goes_by_itself(outbox: Outbox, frequency: Frequency) -> None:
    agreed(outbox, "courts", frequency)
    remanded(outbox.world)
    assert send_due(outbox.world.sessions, outbox.world.at) == 0


def test_a_registry_with_files_alone_gets_the_remand_list_as_a_table(outbox: Outbox) -> None:
    agreed(outbox, "courts", Frequency.DAILY)
    place = with_folder(outbox, "courts")
    for surname in ("Mejia", "Cal"):
        remanded(outbox.world, surname)
    outbox.world.person("Pop")
    assert send_due(outbox.world.sessions, outbox.world.at) == 1
    turn(outbox)
    (rows,) = tables(place)
    assert sorted(row["nc:PersonSurName"] for row in rows) == ["Cal", "Mejia"]
    assert {row["pims:RemandDayQuantity"] for row in rows} == {"0"}


def test_a_list_of_nobody_is_laid_down_as_well(outbox: Outbox) -> None:
    agreed(outbox, "courts", Frequency.DAILY)
    place = with_folder(outbox, "courts")
    assert send_due(outbox.world.sessions, outbox.world.at) == 1
    turn(outbox)
    ((row,),) = tables(place)
    assert "nc:PersonSurName" not in row


def test_a_table_says_under_which_terms_it_may_be_held_and_which_disclosure_each_row_is(
    outbox: Outbox,
) -> None:
    agreed(outbox, "police", Frequency.AT_ONCE)
    place = with_folder(outbox, "police")
    outbox.admit(outbox.world.person())
    outbox.exchange().gather()
    turn(outbox)
    ((row,),) = tables(place)
    with session_scope(outbox.world.sessions, writes=False) as session:
        assert row["disclosure"] == str(session.scalars(select(Delivery.disclosure_id)).one())
    (manifest,) = (json.loads(one.read_text()) for one in place.glob("*.json"))
    terms = manifest["agreements"][row["agreement"]]
    assert (terms["retentionDays"], terms["onwardSharing"]) == (30, False)
    assert (terms["correctionRoute"], terms["purpose"]) == ("By letter", "custody_notice")


@pytest.mark.parametrize("shape", [Shape.JSON, Shape.AN2])
def test_who_agreed_on_json_gets_the_document_that_a_program_would_fetch(
    outbox: Outbox, shape: Shape
) -> None:
    outbox.agree("police", shape=shape)
    place = with_folder(outbox.begin(), "police")
    outbox.admit(outbox.world.person("Mejía"))
    outbox.exchange().gather()
    turn(outbox)
    raw = (place / "police-000001-admission_notice.jsonl").read_bytes()
    manifest = json.loads((place / "police-000001-admission_notice.json").read_text())
    assert manifest["sha256"] == hashlib.sha256(raw).hexdigest()
    (line,) = (json.loads(one) for one in raw.decode().splitlines())
    assert line["document"]["exchange"] == "admission_notice"
    assert (line["type"], line["disclosure"]) == ("pims.custody.admitted", line["document"]["disclosure"])
    jsonschema.validate(line["document"], schema_of(EXCHANGES["admission_notice"]))
    assert "Mejía" in raw.decode()


def test_a_formula_behind_a_blank_is_one_all_the_same() -> None:
    rows = read_table("name\r\n =1+1\r\n\u00a0@SUM(A1)\r\nEva\r\n".encode())
    assert [one.code for one in rows] == ["formula", "formula", ""]


def test_turns_begin_where_the_calendar_says() -> None:
    on = date(2026, 11, 25)
    begun = {one: turn_began(one, on) for one in Frequency}
    assert begun == {
        Frequency.AT_ONCE: None,
        Frequency.DAILY: on,
        Frequency.WEEKLY: date(2026, 11, 23),
        Frequency.MONTHLY: date(2026, 11, 1),
        Frequency.YEARLY: date(2026, 1, 1),
        Frequency.ON_REQUEST: None,
    }
