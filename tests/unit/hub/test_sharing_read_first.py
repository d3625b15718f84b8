"""A program's question is read beside whoever writes, and written down in a moment of its own before it is answered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from hub.accounts.audit import OPERATOR, write_down
from hub.custody.records import Person
from hub.database import session_scope
from hub.sharing import gate
from hub.sharing.agreements.actions import suspend
from hub.sharing.disclosures.records import Disclosure

from .agency_api_world import ApiWorld, Program, api_world
from .sharing_world import COURTS, FIRST, narrow
from .site_world import World

BORN = "nc:PersonBirthDate"
LIST = "/v1/lists/remand-ageing"
READS = {"custody": "read_one", "lists": "read_list"}


@pytest.fixture
def hub(world: World, tmp_path: Path) -> ApiWorld:
    return api_world(world, tmp_path / "keys")


@pytest.fixture
def courts(hub: ApiWorld) -> Program:
    return hub.program(COURTS).signed_in()


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Let something happen once when a question has been read and is not written down yet."""
    waiting = [act]
    for module, name in READS.items():
        plain = getattr(gate, name)

        def reading(*given: Any, _plain: Any = plain, **more: Any) -> Any:
            found = _plain(*given, **more)
            if waiting:
                waiting.pop()()
            return found

        monkeypatch.setattr(f"hub.sharing.pull.{module}.{name}", reading)


def rows(hub: ApiWorld) -> list[Disclosure]:
    with session_scope(hub.world.sessions, writes=False) as session:
        return list(session.scalars(select(Disclosure).order_by(Disclosure.id)))


@pytest.fixture(params=["list", "one"])
def address(request: pytest.FixtureRequest, hub: ApiWorld) -> str:
    return LIST if request.param == "list" else f"/v1/custody/{hub.about.number}"


def test_others_write_while_it_is_read(
    hub: ApiWorld, courts: Program, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write() -> None:
        with session_scope(hub.world.sessions) as session:
            write_down(session, at=hub.at, actor=OPERATOR, act="audit.export", subject="", detail="")

    monkeypatch.setattr("hub.database.BUSY_TIMEOUT_MS", 50)
    meanwhile(monkeypatch, write)
    assert courts.get(address).status_code == 200
    assert [row.refused for row in rows(hub)] == [""]


def test_what_is_suspended_before_it_is_written_down_does_not_leave(
    hub: ApiWorld, courts: Program, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def end() -> None:
        with session_scope(hub.world.sessions) as session:
            suspend(session, f"{COURTS}-2026", reason="a breach", actor=FIRST, at=hub.at)

    meanwhile(monkeypatch, end)
    answer = courts.get(address)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "suspended")
    assert [row.refused for row in rows(hub)] == ["suspended"]


def test_what_is_narrowed_before_it_is_written_down_is_read_anew(
    hub: ApiWorld, courts: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/v1/custody/{hub.about.number}"
    fields = rows_of(courts.get(address), hub)
    meanwhile(monkeypatch, lambda: narrow(hub.world, COURTS, {"custody_status": ["nc:PersonGivenName"]}))
    fewer = rows_of(courts.get(address), hub)
    assert set(fields) - set(fewer) == {"nc:PersonGivenName"}
    assert [row.version for row in rows(hub)] == [1, 2]


def rows_of(answer: Any, hub: ApiWorld) -> list[str]:
    """Names of fields that the log says left with this answer."""
    assert answer.status_code == 200
    [row] = [row for row in rows(hub) if row.id == answer.get_json()["disclosure"]]
    assert ("nc:PersonGivenName" in row.fields.split(",")) == ("nc:PersonGivenName" in answer.text)
    return row.fields.split(",")


def test_what_cannot_be_written_down_is_not_answered(
    hub: ApiWorld, courts: Program, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object, **_more: object) -> list[int]:
        raise RuntimeError("no room")

    monkeypatch.setattr("hub.sharing.gate.write_rows", fail)
    answer = courts.get(address)
    assert answer.status_code == 500
    with session_scope(hub.world.sessions, writes=False) as session:
        named = session.get_one(Person, hub.about.person)
    assert named.surname not in answer.text
    assert rows(hub) == []
