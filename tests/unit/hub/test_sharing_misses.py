"""Whoever tries numbers through is written down, stopped, and named to the control room."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from hub.accounts.records import AuditEntry
from hub.database import session_scope
from hub.movements.alarms.records import Alarm
from hub.sharing.pull import misses

from .agency_api_world import ApiWorld, Program, api_world
from .sharing_world import COURTS
from .site_world import World


@pytest.fixture
def hub(world: World, tmp_path: Path) -> ApiWorld:
    return api_world(world, tmp_path)


@pytest.fixture
def courts(hub: ApiWorld) -> Program:
    return hub.program(COURTS).signed_in()


def alarms(hub: ApiWorld) -> list[tuple[str, str, int]]:
    with session_scope(hub.world.sessions, writes=False) as session:
        return [(one.code, one.key, one.count) for one in session.scalars(select(Alarm))]


def test_each_number_that_nobody_has_is_written_down(hub: ApiWorld, courts: Program) -> None:
    assert courts.get("/v1/custody/P-999999").status_code == 404
    assert courts.get(f"/v1/custody/{hub.about.number}").status_code == 200
    with session_scope(hub.world.sessions, writes=False) as session:
        (line,) = session.scalars(select(AuditEntry).where(AuditEntry.act == misses.ACT))
    assert line.actor == f"agency:{COURTS}/{courts.client_id}"
    assert line.detail == "P-999999"


def test_who_tries_numbers_through_is_stopped_and_the_control_room_hears_of_it(
    hub: ApiWorld, courts: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(misses, "MOST", 4)
    for n in range(4):
        assert alarms(hub) == []
        assert courts.get(f"/v1/custody/P-99999{n}").status_code == 404
    assert alarms(hub) == [(misses.OFTEN, COURTS, 1)]
    there, nowhere = courts.get(f"/v1/custody/{hub.about.number}"), courts.get("/v1/custody/P-999999")
    assert (there.status_code, there.get_json()["code"]) == (429, "too_many_requests")
    assert there.data == nowhere.data, "who is here cannot be told from it"
    assert int(there.headers["Retry-After"]) > 3600
    assert alarms(hub) == [(misses.OFTEN, COURTS, 1)], "it rings once"
    assert courts.get("/v1/me").status_code == 200
    hub.world.later(days=1, seconds=1)
    assert courts.signed_in().get(f"/v1/custody/{hub.about.number}").status_code == 200
