"""Where files go and come from: a folder of the hub's machine, or an SFTP server that shows the agreed key.

A file appears under its name only when it is whole: it is written as `.part` and renamed.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from hub.sharing.outbox.drop_records import DropSetting, Kind
from hub.terminals.key_files import read_private, write_private

if TYPE_CHECKING:
    import asyncssh

T = TypeVar("T")

SFTP_KEY: Final = "drop-sftp.key"
OUT: Final = "out"
IN: Final = "in"
DONE: Final = "done"
TIMEOUT_S: Final = 30
MOST_FILES: Final = 50


class PlaceError(Exception):
    """The place cannot be used now; its `code` says how, and nothing of what is there."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Place(Protocol):
    """A drop. Names have no slash in them."""

    def put(self, folder: str, name: str, raw: bytes) -> None: ...
    def waiting(self) -> list[str]: ...
    def take(self, name: str, most: int) -> bytes: ...
    def done(self, name: str) -> None: ...


class Folder:
    """A folder on this machine, with `out`, `in` and `done` inside."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, folder: str, name: str, raw: bytes) -> None:
        try:
            target = self._inside(folder) / name
            part = target.with_name(name + ".part")
            with part.open("wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            part.replace(target)
        except OSError:
            raise PlaceError("folder") from None

    def waiting(self) -> list[str]:
        try:
            found = sorted(one.name for one in self._inside(IN).iterdir() if _is_table(one))
        except OSError:
            raise PlaceError("folder") from None
        return found[:MOST_FILES]

    def take(self, name: str, most: int) -> bytes:
        try:
            with (self._inside(IN) / name).open("rb") as file:
                return file.read(most)
        except OSError:
            raise PlaceError("folder") from None

    def done(self, name: str) -> None:
        try:
            (self._inside(IN) / name).replace(self._inside(DONE) / name)
        except OSError:
            raise PlaceError("folder") from None

    def _inside(self, folder: str) -> Path:
        path = self._root / folder
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path


def _is_table(path: Path) -> bool:
    # A link could lead to any file of the hub's.
    return (
        path.suffix == ".csv" and not path.name.startswith(".") and path.is_file() and not path.is_symlink()
    )


class Sftp:
    """A folder on an SFTP server, known by its host key alone."""

    def __init__(self, setting: DropSetting, keys: Path) -> None:
        self._setting = setting
        self._keys = keys
        self._root = PurePosixPath(setting.place)

    def put(self, folder: str, name: str, raw: bytes) -> None:
        async def work(client: asyncssh.SFTPClient) -> None:
            path = str(self._root / folder / name)
            await client.makedirs(str(self._root / folder), exist_ok=True)
            async with client.open(path + ".part", "wb") as file:
                await file.write(raw)
            await client.posix_rename(path + ".part", path)

        self._with(work)

    def waiting(self) -> list[str]:
        async def work(client: asyncssh.SFTPClient) -> list[str]:
            await client.makedirs(str(self._root / IN), exist_ok=True)
            names = [str(name) for name in await client.listdir(str(self._root / IN))]
            plain = (name for name in names if name.endswith(".csv") and "/" not in name and name[0] != ".")
            return sorted(plain)[:MOST_FILES]

        return self._with(work)

    def take(self, name: str, most: int) -> bytes:
        async def work(client: asyncssh.SFTPClient) -> bytes:
            async with client.open(str(self._root / IN / name), "rb") as file:
                found: Any = await file.read(most)
                return bytes(found)

        return self._with(work)

    def done(self, name: str) -> None:
        async def work(client: asyncssh.SFTPClient) -> None:
            await client.makedirs(str(self._root / DONE), exist_ok=True)
            await client.posix_rename(str(self._root / IN / name), str(self._root / DONE / name))

        self._with(work)

    def _with(self, work: Callable[[Any], Awaitable[T]]) -> T:
        return asyncio.run(asyncio.wait_for(self._connected(work), TIMEOUT_S * 2))

    async def _connected(self, work: Callable[[Any], Awaitable[T]]) -> T:
        import asyncssh

        held = self._setting
        server = asyncssh.import_public_key(held.host_key)
        try:
            async with (
                asyncssh.connect(
                    held.host,
                    held.port,
                    username=held.login,
                    client_keys=[asyncssh.import_private_key(client_key(self._keys))],
                    known_hosts=([server], [], []),
                    agent_path=None,
                    config=None,
                    connect_timeout=TIMEOUT_S,
                ) as connection,
                connection.start_sftp_client() as client,
            ):
                return await work(client)
        except asyncssh.HostKeyNotVerifiable:
            raise PlaceError("not_the_one") from None
        except asyncssh.PermissionDenied:
            raise PlaceError("turned_away") from None
        except (asyncssh.Error, OSError, TimeoutError):
            raise PlaceError("unreachable") from None


def client_key(keys: Path) -> bytes:
    """The hub's own key at SFTP servers, made when it is first needed."""
    path = keys / SFTP_KEY
    if not path.exists():
        import asyncssh

        write_private(path, asyncssh.generate_private_key("ssh-ed25519").export_private_key())
    return read_private(path)


def client_public(keys: Path) -> str:
    """The line that the server's administrator puts into authorized_keys."""
    import asyncssh

    return asyncssh.import_private_key(client_key(keys)).export_public_key().decode().strip()


def place_of(setting: DropSetting, root: Path, keys: Path) -> Place:
    """How a drop is reached. `root` is the hub's folder of drops."""
    if setting.kind == Kind.SFTP:
        return Sftp(setting, keys)
    return Folder(root / setting.place)
