"""The census with an agency that has no program: their list comes as a file, and ours lies there as one."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.database import session_scope
from hub.sharing.agreements.terms import Shape
from hub.sharing.census.running import run_due
from hub.sharing.disclosures.records import Disclosure
from hub.sharing.outbox.drop_records import Kind
from hub.sharing.outbox.drop_settings import DropWish, set_drop
from hub.sharing.outbox.drops.running import Drops
from hub.sharing.outbox.signing import Signer
from hub.website.drop_door import receive_row

from .outbox_world import RITA, Outbox
from .sharing_world import COURTS, SharingWorld, narrow, somebody
from .test_sharing_census import ana, differences, listed, outbox, send

__all__ = ("ana", "outbox")


@pytest.fixture
def place(outbox: Outbox, ana: SharingWorld) -> Path:
    with session_scope(outbox.world.sessions) as session:
        set_drop(session, DropWish(COURTS, Kind.FOLDER, COURTS), actor=RITA, at=outbox.world.at)
    return outbox.world.folder / "drops" / COURTS


def carrier(outbox: Outbox) -> Drops:
    keys = outbox.world.folder / "keys"
    keys.mkdir(mode=0o700, exist_ok=True)
    return Drops(
        outbox.world.sessions,
        outbox.world.folder / "drops",
        keys,
        lambda: Signer("k1", outbox.key),
        receive_row,
    )


def test_our_list_lies_in_the_folder_as_a_table_with_its_check_sum(
    outbox: Outbox, ana: SharingWorld, place: Path
) -> None:
    narrow(outbox.world, COURTS, {}, Shape.CSV)
    other = somebody(outbox.world, "Tzul", "=Eva")
    send(outbox, listed(ana))
    outbox.later(minutes=30)
    run_due(outbox.world.sessions, outbox.world.at, everybody=True)
    carrier(outbox).turn(outbox.world.at)
    table = place / "out" / "courts-000001-census_list.csv"
    rows = list(csv.DictReader(io.StringIO(table.read_text())))
    shown = [
        (one["j:SubjectIdentification"], one["nc:PersonSurName"], one["nc:PersonGivenName"]) for one in rows
    ]
    assert shown == [(ana.number, "Novelo", "Ana"), (other.number, "Tzul", "'=Eva")]
    assert {one["type"] for one in rows} == {"pims.custody.list_ready"}
    assert {one["agreement"] for one in rows} == {"courts-2026/2"}
    assert [one["pims:LegalStatusCode"] for one in rows] == ["REMAND", "REMAND"]
    told = json.loads(table.with_suffix(".json").read_text())
    assert (told["exchange"], told["rows"]) == ("census_list", 2)
    assert told["sha256"] == hashlib.sha256(table.read_bytes()).hexdigest()
    with session_scope(outbox.world.sessions, writes=False) as session:
        log = select(Disclosure.person).where(
            Disclosure.exchange == "census_list", Disclosure.receipt_of.is_(None)
        )
        assert set(session.scalars(log)) == {ana.number, other.number}


def test_their_list_comes_as_a_table_and_is_compared_as_one(
    outbox: Outbox, ana: SharingWorld, place: Path
) -> None:
    raw = (
        "nc:PersonSurName,nc:PersonGivenName,j:SubjectIdentification,pims:ListedOn\r\n"
        f"Novelo,Ana,{ana.number},2026-11-22\r\n"
        "Quetzin,Rufus,,2026-11-22\r\n"
    )
    (place / "in").mkdir(parents=True)
    (place / "in" / "census_list_in-1.csv").write_bytes(raw.encode())
    carrier(outbox).turn(outbox.world.at)
    [report] = (place / "out").glob("*.report-*.csv")
    assert [one["state"] for one in csv.DictReader(io.StringIO(report.read_text()))] == ["taken", "taken"]
    outbox.later(minutes=30)
    run_due(outbox.world.sessions, outbox.world.at, everybody=True)
    assert [(sort, state) for sort, _, state in differences(outbox)] == [("not_here", "open")]
