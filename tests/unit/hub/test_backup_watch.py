"""A hub without a good backup says so once a day, from the time its settings give."""

from __future__ import annotations

from hub.database import session_scope
from hub.keeping.backup.records import Backup
from hub.keeping.backup.watching import ALARM, BackupWatch
from hub.movements.alarms.reading import open_alarms

from .site_world import World


def rings(world: World, watch: BackupWatch, *, hours: float) -> int:
    world.later(hours=hours)
    return watch.tick(world.at)


def backup(world: World, *, restored: bool = False) -> None:
    with session_scope(world.sessions) as session:
        session.add(
            Backup(
                name="hub-1",
                began_at=world.at,
                ended_at=world.at,
                size_bytes=1,
                digest="0" * 64,
                restored=restored,
                journals=[],
            )
        )


def test_an_empty_register_has_nothing_to_lose(world: World) -> None:
    assert rings(world, BackupWatch(world.sessions, world.folder), hours=100) == 0


def test_a_register_that_was_never_backed_up_gets_a_day_and_rings_once_a_day(world: World) -> None:
    world.person()
    watch = BackupWatch(world.sessions, world.folder)
    assert rings(world, watch, hours=25) == 0
    assert rings(world, watch, hours=2) == 1
    assert rings(world, watch, hours=1) == 0
    assert rings(world, watch, hours=24) == 1
    with session_scope(world.sessions, writes=False) as session:
        assert [(alarm.code, alarm.count) for alarm in open_alarms(session, world.at)] == [(ALARM, 2)]


def test_a_good_backup_ends_it_and_one_restored_from_is_none(world: World) -> None:
    world.person()
    watch = BackupWatch(world.sessions, world.folder)
    world.later(hours=30)
    backup(world, restored=True)
    assert rings(world, watch, hours=1) == 1
    backup(world)
    assert rings(world, watch, hours=25) == 0
    assert rings(world, watch, hours=2) == 1


def test_the_time_is_that_of_the_settings(world: World) -> None:
    world.person()
    key = "ab" * 32
    (world.folder / "backup.toml").write_text(f'recovery_key = "{key}"\nalarm_after_hours = 72\n')
    watch = BackupWatch(world.sessions, world.folder)
    assert rings(world, watch, hours=71) == 0
    assert rings(world, watch, hours=2) == 1
