"""H/backup.toml: for which recovery key backups are locked, where they go, how many are kept. It holds no secret."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from hub.keeping.backup.errors import BackupError
from hub.settings import write_durably
from wire.keys import SealingKey, sealing_key

FILE: Final = "backup.toml"


class BackupSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`recovery_key` is the public half in hex. `folder` should be on another disk or machine, empty for none.

    Of a folder's backups the newest of each of the last `keep_days` days and `keep_weeks` weeks stay. A newest good
    backup older than `alarm_after_hours` is an alarm.
    """

    recovery_key: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    folder: str = ""
    keep_days: Annotated[int, Meta(ge=1, le=365)] = 14
    keep_weeks: Annotated[int, Meta(ge=0, le=520)] = 8
    alarm_after_hours: Annotated[int, Meta(ge=1, le=24 * 365)] = 26

    @property
    def receiver(self) -> SealingKey:
        return sealing_key(bytes.fromhex(self.recovery_key))


def load(data: Path) -> BackupSettings:
    """Settings of the hub in `data`; BackupError with what to do when there are none or they cannot be used."""
    path = data / FILE
    try:
        return msgspec.toml.decode(path.read_bytes(), type=BackupSettings)
    except FileNotFoundError:
        raise BackupError(
            "no_recovery_key",
            f"This hub has no recovery key yet, so nobody could open its backups. "
            f"Make one: pims-hub recovery-key --data {data}",
        ) from None
    except OSError as error:
        raise BackupError("settings", f"{path} cannot be read: {error.strerror}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BackupError(
            "settings", f"{path} cannot be used: {error}. Correct it and start again."
        ) from error


def write(data: Path, settings: BackupSettings) -> None:
    """Write or replace the settings."""
    lines = [
        f"{name} = {msgspec.json.encode(value).decode()}"
        for name, value in msgspec.structs.asdict(settings).items()
    ]
    write_durably(data / FILE, "\n".join([*lines, ""]))
