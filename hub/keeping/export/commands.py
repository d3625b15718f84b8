"""`pims-hub export everything`: the whole register in open formats; and `open-export`: a locked one unlocked."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from hub import settings
from hub.accounts.audit import OPERATOR, write_down
from hub.biometrics.vault import Vault
from hub.biometrics.vault_key import open_vault
from hub.cli import say
from hub.database import Sessions, make_engine, make_sessions, session_scope
from hub.errors import HubError
from hub.keeping.export.age import new_passphrase, unlocked
from hub.keeping.export.everything import export_everything
from hub.keeping.export.making import engine_of, locked, reading_one_state
from hub.keeping.export.package import ExportError, Opened, Package, into_folder


def export_register(data: Path, to: Path | None, *, reason: str, clear: bool, with_fingers: bool) -> int:
    """Write everything to `to`: a locked file, or with `clear` a new folder that anybody can read; the exit status."""
    if to is None:
        raise HubError("export", "Say with --to where the register goes: a new file, or a folder for it.")
    if not reason.strip():
        raise HubError(
            "export", 'Say with --reason why the register is taken out: --reason "ordered by ...".'
        )
    hub = settings.load(data)
    at, vault = datetime.now(UTC), open_vault(hub.keys)
    target = to if clear else _file(to, at)
    engine = make_engine(hub.database)
    sessions = make_sessions(engine)
    try:
        with session_scope(sessions) as session:
            # Written down before anything leaves: an export that breaks off has been begun all the same.
            kind = "in the clear" if clear else "locked"
            write_down(session, at=at, actor=OPERATOR, act="export.command", detail=kind, why=reason)
        if clear:
            rows = _write(sessions, vault, into_folder(target), at, with_fingers=with_fingers)
            say(
                f"{rows} rows in {target}, in the clear: names and health. Keep it locked up, and delete it soon."
            )
        else:
            _lock(sessions, vault, target, at, with_fingers=with_fingers)
    except OSError as error:
        raise ExportError(f"{target} cannot be written: {error.strerror}. Name another place.") from error
    finally:
        engine.dispose()
    return 0


def open_export(source: Path, to: Path, passphrase: str) -> int:
    """Unlock an export into the ZIP that it is; the exit status. Nothing is left of one that is not whole."""
    if source is None or to is None:
        raise HubError(
            "export", "Say with --from which file, and with --to the ZIP that it is unlocked into."
        )
    try:
        with source.open("rb") as file, _new(to) as out:
            try:
                for piece in unlocked(file, passphrase):
                    out.write(piece)
            except BaseException:
                # A full disk or an interrupt as well: half of the register in the clear stays nowhere.
                to.unlink()
                raise
    except FileExistsError:
        raise ExportError(f"{to} exists already. Name another file.") from None
    except OSError as error:
        raise ExportError(f"{error.filename} cannot be used: {error.strerror}.") from error
    say(f"Unlocked into {to}. It holds names and health: delete it when it was read.")
    return 0


def _file(to: Path, at: datetime) -> Path:
    path = to / f"register-{at:%Y%m%dT%H%M%SZ}.zip.age" if to.is_dir() else to
    if path.exists():
        raise ExportError(f"{path} exists already. Name another file: an export is never overwritten.")
    return path


def _lock(sessions: Sessions, vault: Vault, path: Path, at: datetime, *, with_fingers: bool) -> None:
    passphrase = new_passphrase(os.urandom(15))
    with locked(
        path, passphrase, at, lambda opened: _write(sessions, vault, opened, at, with_fingers=with_fingers)
    ) as file:
        file.put(path)
    say(f"{file.rows} rows in {path}, SHA-256 {file.digest}")
    say(f"Passphrase (shown once; give it by another way than the file): {passphrase}")
    say(f"Anybody with both opens it: age --decrypt -o register.zip {path.name}")


def _write(sessions: Sessions, vault: Vault, opened: Opened, at: datetime, *, with_fingers: bool) -> int:
    package = Package(opened, lambda rows: say(f"{rows} rows") if rows % 100_000 < 2_000 else None)
    with reading_one_state(engine_of(sessions)) as session:
        export_everything(session, vault, package, at=at, with_fingers=with_fingers)
    return package.rows


def _new(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
