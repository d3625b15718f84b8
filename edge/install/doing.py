"""Putting the files in place, each old one kept, so that `--undo` brings back what was."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge.errors import InstallError
from edge.install.plan import File
from edge.storage import sync_folder

KEPT = Path("/var/lib/pims-install")


@dataclass(frozen=True)
class Step:
    """One file: `new`, `changed` or `same`."""

    what: str
    file: File


def steps(wanted: Iterable[File], root: Path) -> list[Step]:
    """What each file would mean at `root`."""
    return [Step(_difference(file, root), file) for file in wanted]


def put(found: Sequence[Step], root: Path) -> None:
    """Writes what is new or changed; the first old content of each path is kept for `undo`.

    InstallError when something cannot be written; what was written until then can be undone.
    """
    kept = _Kept(root)
    for step in found:
        if step.what != "same":
            try:
                kept.remember(step.file.path)
                _write(root, step.file)
            except OSError as error:
                raise InstallError(
                    f"{step.file.path} cannot be written ({error.strerror}). Run this as root on a system that can "
                    "be written to; «pims-edge install --undo» takes back what was done."
                ) from error


def undo(root: Path) -> list[Path]:
    """Everything as it was before the first installation; the paths that were touched."""
    kept = _Kept(root)
    touched = []
    for path, old in kept.all().items():
        target = root / path.lstrip("/")
        if old is None:
            target.unlink(missing_ok=True)
        else:
            _write(root, File(Path(path), old["content"], old["mode"]))
        touched.append(Path(path))
    kept.forget()
    return touched


class _Kept:
    """`previous.json`: what stood at each path before us; null where nothing did."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._path = root / str(KEPT).lstrip("/") / "previous.json"

    def all(self) -> dict[str, Any]:
        if not self._path.exists():
            return {}
        try:
            found: dict[str, Any] = json.loads(self._path.read_text())
        except ValueError:
            raise InstallError(
                f"{self._path} is damaged, so what stood there before is not known. Set it aside and try again."
            ) from None
        return found

    def remember(self, path: Path) -> None:
        held = self.all()
        if str(path) in held:
            return
        old = self._root / str(path).lstrip("/")
        held[str(path)] = (
            {"content": old.read_text(), "mode": old.stat().st_mode & 0o777} if old.exists() else None
        )
        self._path.parent.mkdir(parents=True, exist_ok=True)
        _replace(self._path, json.dumps(held, indent=1), 0o600)

    def forget(self) -> None:
        self._path.unlink(missing_ok=True)


def _difference(file: File, root: Path) -> str:
    target = root / str(file.path).lstrip("/")
    if not target.exists():
        return "new"
    return "same" if target.read_text() == file.content else "changed"


def _write(root: Path, file: File) -> None:
    target = root / str(file.path).lstrip("/")
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    _replace(target, file.content, file.mode)


def _replace(target: Path, content: str, mode: int) -> None:
    fresh = target.with_name(target.name + ".pims-new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    if "boot" not in target.parts:  # a FAT partition, which knows no modes
        fresh.chmod(mode)
    fresh.replace(target)
    sync_folder(target.parent)
