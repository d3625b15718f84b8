"""A drop that fails half-way: what lies there without its manifest has left, and stands in the log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from hub.database import session_scope
from hub.sharing.disclosures.records import Disclosure
from hub.sharing.outbox.drop_records import Kind
from hub.sharing.outbox.drop_settings import DropWish, set_drop
from hub.sharing.outbox.drops.running import Drops
from hub.sharing.outbox.signing import Signer

from .outbox_world import RITA, Outbox
from .site_world import World


@pytest.fixture
def outbox(world: World) -> Iterator[Outbox]:
    made = Outbox(world)
    made.agree("police")
    with session_scope(world.sessions) as session:
        set_drop(session, DropWish("police", Kind.FOLDER, "police"), actor=RITA, at=world.at)
    yield made.begin()
    made.close()


@pytest.fixture
def turn(outbox: Outbox, tmp_path: Path) -> Drops:
    signer = Signer("k1", outbox.key)
    return Drops(outbox.world.sessions, tmp_path / "drops", tmp_path / "keys", lambda: signer, nothing)


def nothing(*_given: Any) -> str:
    raise AssertionError("nothing was sent")


def blocked(tmp_path: Path, name: str) -> Path:
    """A place where a file of this name cannot be put down."""
    out = tmp_path / "drops" / "police" / "out"
    (out / name).mkdir(parents=True)
    return out


def test_a_table_left_without_its_manifest_stands_in_the_log_though_the_agreement_ends(
    outbox: Outbox, turn: Drops, tmp_path: Path
) -> None:
    out = blocked(tmp_path, "police-000001-admission_notice.json")
    outbox.admit(outbox.world.person())
    outbox.exchange().gather()
    turn.turn(outbox.world.at)
    assert (out / "police-000001-admission_notice.csv").exists()
    assert outbox.deliveries() == [("waiting", "no_address", "admitted", 1)]
    outbox.suspend("police")
    outbox.later(hours=1)
    turn.turn(outbox.world.at)
    assert outbox.deliveries() == [("stopped", "stopped", "admitted", 2)]
    assert logged(outbox) == [("export", ""), ("export", "suspended")]
    assert len(list(out.glob("*.csv"))) == 1


def test_only_what_was_not_whole_comes_again(outbox: Outbox, turn: Drops, tmp_path: Path) -> None:
    out = blocked(tmp_path, "police-000002-release_notice.csv")
    person = outbox.world.person()
    outbox.admit(person)
    outbox.release(person)
    outbox.exchange().gather()
    turn.turn(outbox.world.at)
    assert [one[0] for one in outbox.deliveries()] == ["sent", "waiting"]
    outbox.later(hours=1)
    turn.turn(outbox.world.at)
    assert [one[0] for one in outbox.deliveries()] == ["sent", "sent"]
    names = sorted(one.name for one in out.glob("*.csv") if one.is_file())
    assert names == ["police-000001-admission_notice.csv", "police-000003-release_notice.csv"]


def logged(outbox: Outbox) -> list[tuple[str, str]]:
    with session_scope(outbox.world.sessions, writes=False) as session:
        rows = session.execute(select(Disclosure.way, Disclosure.refused).order_by(Disclosure.id))
        return [(way, refused) for way, refused in rows]
