"""The page of backups: how old, where, when tried, and whether anybody still has the paper."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from hub.accounts.audit import OPERATOR
from hub.accounts.permissions import Role
from hub.database import session_scope
from hub.keeping.backup import settings as kept_in
from hub.keeping.backup.checks import How, note_check
from hub.keeping.backup.records import Backup
from hub.keeping.backup.settings import BackupSettings
from hub.keeping.backup.watching import BackupPlace
from hub.web.door import provide
from wire.keys import OpeningKey, public_bytes

from .site_world import World, sign_in

DIGEST = "d" * 64


def page(world: World, data: Path | None = None) -> str:
    app = world.app()
    provide(app, BackupPlace(data))
    client = app.test_client()
    world.account("tess", Role.TECHNICIAN)
    assert sign_in(client, "tess").status_code == 303
    return client.get("/backups").text


def taken(world: World, *checks: How, place: Path | None = None) -> None:
    with session_scope(world.sessions) as session:
        began = world.at - timedelta(hours=3)
        session.add(
            Backup(
                began_at=began,
                ended_at=began,
                name="pims-1.backup",
                size_bytes=2_500_000,
                digest=DIGEST,
                restored=False,
                journals=[],
            )
        )
        for how in checks:
            note_check(session, how, digest=DIGEST, place=place, actor=OPERATOR, at=world.at)


@pytest.mark.parametrize("role", [Role.RECORDS_OFFICER, Role.OFFICER, Role.HEALTH])
def test_it_is_for_those_who_answer_for_the_hub(world: World, role: Role) -> None:
    assert world.browser("rita", role).get("/backups").status_code == 403


def test_a_hub_without_key_or_backup_is_told_both(world: World) -> None:
    said = page(world, world.folder)
    assert "no recovery key" in said
    assert "This hub has no backup" in said


def test_settings_that_cannot_be_used_are_said(world: World) -> None:
    (world.folder / "backup.toml").write_text("recovery_key = 1\n")
    assert "cannot be used" in page(world, world.folder)


def test_a_backup_whose_paper_nobody_tried_is_said(world: World, tmp_path: Path) -> None:
    file = tmp_path / "pims-1.backup"
    file.write_bytes(b"x")
    key = public_bytes(OpeningKey.generate().public_key()).hex()
    kept_in.write(world.folder, BackupSettings(recovery_key=key, folder=str(tmp_path)))
    taken(world, How.READ_BACK, place=file)
    said = page(world, world.folder)
    assert "read back when it was written" in said
    assert "not there any more" not in said
    assert "Nobody has shown for a quarter of a year" in said
    assert "Backups lie on the same disk as the hub" in said


def test_one_that_was_tried_with_the_paper_and_is_gone_is_said(world: World) -> None:
    taken(world, How.READ_BACK, How.EVERY_ROW, place=world.folder / "gone.backup")
    said = page(world)
    assert "every row read with the paper key" in said
    assert "not there any more" in said
    assert "Nobody has shown" not in said
