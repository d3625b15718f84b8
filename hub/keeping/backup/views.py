"""The page of backups: how old, where, when last tried, and whether anybody still has the paper."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final

from flask import render_template

from hub.accounts.permissions import Permission
from hub.keeping.backup import settings
from hub.keeping.backup.checks import HOWS, lines, paper_tried
from hub.keeping.backup.errors import BackupError
from hub.keeping.backup.recovery import fingerprint
from hub.keeping.backup.settings import BackupSettings
from hub.keeping.backup.standing import USUAL_LIMIT, backup_standing
from hub.keeping.backup.watching import BackupPlace, limit_of
from hub.sentences import Sentence
from hub.web.door import now, reading, service
from hub.web.routes import Pages

pages = Pages("backups", __name__, template_folder="templates")

PAPER_EVERY: Final = timedelta(days=100)
"""The drill is once a quarter, with some days' grace."""
_SHOWN: Final = 40


@pages.page("/backups", Permission.SEE_BACKUPS)
def backups() -> str:
    data = service(BackupPlace).data
    kept, problem = _settings(data)
    with reading() as session:
        standing = backup_standing(session, now(), USUAL_LIMIT if data is None else limit_of(data))
        found, tried = lines(session, _SHOWN), paper_tried(session)
    return render_template(
        "backups.html",
        standing=standing,
        lines=found,
        hows=HOWS,
        kept=kept,
        key=None if kept is None else fingerprint(kept.receiver),
        problem=problem,
        tried=tried,
        paper_late=tried is None or now() - tried.at > PAPER_EVERY,
        same_disk=kept is not None and data is not None and _same_disk(data, kept),
    )


def _settings(data: Path | None) -> tuple[BackupSettings | None, Sentence | None]:
    if data is None:
        return None, None
    try:
        return settings.load(data), None
    except BackupError as error:
        if error.code == "no_recovery_key":
            return None, Sentence(
                "This hub has no recovery key, so that nobody could open a backup. Make one at the hub: "
                "pims-hub recovery-key"
            )
        return None, Sentence(
            "The settings of backups (backup.toml) cannot be used. Correct them at the hub."
        )


def _same_disk(data: Path, kept: BackupSettings) -> bool:
    """Whether backups lie where the hub itself lies: lost together."""
    try:
        return bool(kept.folder) and Path(kept.folder).stat().st_dev == data.stat().st_dev
    except OSError:
        return False
