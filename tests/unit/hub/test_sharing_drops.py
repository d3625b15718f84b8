"""Files for agencies without a program: whole or not there, signed, harmless in a spreadsheet, taken in by row."""

from __future__ import annotations

import asyncio
import base64
import csv
import hashlib
import io
import json
import threading
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy.orm import Session

from hub.database import session_scope
from hub.sentences import RefusedError, Sentence
from hub.sharing.outbox.drop_records import DropSetting, Kind
from hub.sharing.outbox.drop_settings import DropWish, set_drop
from hub.sharing.outbox.drops.places import Folder, PlaceError, Sftp, client_public
from hub.sharing.outbox.drops.running import Drops
from hub.sharing.outbox.drops.tables import message_of, read_table, write_table
from hub.sharing.outbox.signing import Signer

from .outbox_world import RITA, Outbox
from .site_world import World


class Inbox:
    """Takes in rows as the inbox does: known ones again under their number, and refuses what it does not like."""

    def __init__(self) -> None:
        self.got: dict[str, Mapping[str, Any]] = {}

    def __call__(
        self,
        _session: Session,
        agency: str,
        exchange: str,
        message: Mapping[str, Any],
        message_id: str,
        _at: datetime,
    ) -> str:
        if message.get("name") == "bad":
            raise RefusedError("not_understood", Sentence("No."))
        self.got[message_id] = {"agency": agency, "exchange": exchange, **message}
        return f"IN-{len(self.got)}"


@pytest.fixture
def outbox(world: World) -> Iterator[Outbox]:
    made = Outbox(world)
    made.agree("police")
    yield made.begin()
    made.close()


def drops(outbox: Outbox, inbox: Inbox) -> Drops:
    world = outbox.world
    keys = world.folder / "keys"
    keys.mkdir(mode=0o700, exist_ok=True)
    return Drops(world.sessions, world.folder / "drops", keys, lambda: Signer("k1", outbox.key), inbox)


def with_folder(outbox: Outbox) -> Path:
    with session_scope(outbox.world.sessions) as session:
        set_drop(session, DropWish("police", Kind.FOLDER, "police"), actor=RITA, at=outbox.world.at)
    return outbox.world.folder / "drops" / "police"


def lay(place: Path, name: str, raw: bytes) -> None:
    (place / "in").mkdir(parents=True, exist_ok=True)
    (place / "in" / name).write_bytes(raw)


def report_of(place: Path, name: str) -> list[dict[str, str]]:
    (found,) = (place / "out").glob(f"{name}.report-*.csv")
    return list(csv.DictReader(io.StringIO(found.read_text())))


def test_what_is_agreed_is_laid_down_whole_with_a_signed_check_sum(outbox: Outbox) -> None:
    place = with_folder(outbox)
    person = outbox.world.person("Mejia", "=Eva")
    outbox.admit(person)
    outbox.exchange().gather()
    drops(outbox, Inbox()).turn(outbox.world.at)
    table = place / "out" / "police-000001-admission_notice.csv"
    (row,) = csv.DictReader(io.StringIO(table.read_text()))
    assert row["type"] == "pims.custody.admitted"
    assert row["nc:PersonSurName"] == "Mejia"
    assert row["nc:PersonGivenName"] == "'=Eva"
    told = json.loads((place / "out" / "police-000001-admission_notice.json").read_text())
    assert told["sha256"] == hashlib.sha256(table.read_bytes()).hexdigest()
    signature = base64.b64decode(told.pop("signature"))
    signed = json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
    Ed25519PublicKey.from_public_bytes(outbox.keys["k1"]).verify(signature, signed)
    assert outbox.deliveries() == [("sent", "in_file", "admitted", 1)]
    assert list((place / "out").glob("*.part")) == []


def test_a_turn_without_news_writes_nothing_and_numbers_go_on(outbox: Outbox) -> None:
    place = with_folder(outbox)
    carrier = drops(outbox, Inbox())
    for name in ("Ab", "Bo"):
        outbox.admit(outbox.world.person(name))
        outbox.exchange().gather()
        carrier.turn(outbox.world.at)
        carrier.turn(outbox.world.at)
    assert sorted(one.name for one in (place / "out").glob("*.csv")) == [
        "police-000001-admission_notice.csv",
        "police-000002-admission_notice.csv",
    ]


def test_after_a_suspension_nothing_is_laid_down(outbox: Outbox) -> None:
    place = with_folder(outbox)
    outbox.admit(outbox.world.person())
    outbox.exchange().gather()
    outbox.suspend("police")
    drops(outbox, Inbox()).turn(outbox.world.at)
    assert not (place / "out").exists()
    assert outbox.deliveries()[0][0] == "stopped"


def test_a_place_that_cannot_be_written_loses_nothing(outbox: Outbox) -> None:
    place = with_folder(outbox)
    place.parent.mkdir(parents=True)
    place.write_text("a file where the folder should be")
    outbox.admit(outbox.world.person())
    outbox.exchange().gather()
    drops(outbox, Inbox()).turn(outbox.world.at)
    assert outbox.deliveries()[0][0] == "waiting"
    place.unlink()
    outbox.later(hours=1)
    drops(outbox, Inbox()).turn(outbox.world.at)
    assert outbox.deliveries()[0][0] == "sent"


def test_each_row_is_taken_or_refused_with_its_reason(outbox: Outbox) -> None:
    place, inbox = with_folder(outbox), Inbox()
    raw = 'name,a/b\r\nEva,1\r\n"=HYPERLINK(""http://x"")",2\r\nEva,1\r\nbad,3\r\nshort\r\nLía,4\r\n'
    lay(place, "arrest-1.csv", raw.encode())
    drops(outbox, inbox).turn(outbox.world.at)
    assert [one["reason"] for one in report_of(place, "arrest-1.csv")] == [
        "", "formula", "twice", "not_understood", "cells", "",
    ]  # fmt: skip
    assert [one["detail"] for one in report_of(place, "arrest-1.csv")] == ["", "", "", "No.", "", ""]
    assert [one["name"] for one in inbox.got.values()] == ["Eva", "Lía"]
    assert next(iter(inbox.got.values()))["a"] == {"b": "1"}
    assert not (place / "in" / "arrest-1.csv").exists()
    assert (place / "done" / "arrest-1.csv").exists()


@pytest.mark.parametrize(
    ("name", "raw", "code"),
    [
        ("arrest-x.csv", "name\r\nL\xeda\r\n".encode("latin-1"), "encoding"),
        ("arrest-x.csv", b"name\r\n" + b"a" * 2_200_000, "too_large"),
        ("arrest-x.csv", b"name\r\n" + b"a\r\n" * 5_001, "too_many_rows"),
        ("arrest-x.csv", b'name\r\n"open', "no_table"),
        ("arrest-x.csv", b"name\0\r\n", "no_text"),
        ("arrest-x.csv", b"a,a\r\n1,2\r\n", "no_header"),
        ("arrest-x.csv", b"", "no_header"),
        ("nonsense-x.csv", b"name\r\nEva\r\n", "no_exchange"),
        ("release_notice-x.csv", b"name\r\nEva\r\n", "no_exchange"),
        ("arrest.csv", b"name\r\nEva\r\n", "no_exchange"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_a_report(
    outbox: Outbox, name: str, raw: bytes, code: str
) -> None:
    place, inbox = with_folder(outbox), Inbox()
    lay(place, name, raw)
    drops(outbox, inbox).turn(outbox.world.at)
    assert [one["reason"] for one in report_of(place, name)] == [code]
    assert inbox.got == {}
    assert (place / "done" / name).exists()


def test_the_same_bytes_under_another_name_are_not_taken_twice(outbox: Outbox) -> None:
    place, inbox = with_folder(outbox), Inbox()
    for name in ("arrest-1.csv", "arrest-2.csv"):
        lay(place, name, b"name\r\nEva\r\n")
        drops(outbox, inbox).turn(outbox.world.at)
    assert len(inbox.got) == 1
    assert report_of(place, "arrest-2.csv")[0]["reason"] == "twice"


def test_a_link_to_a_file_of_the_hub_is_not_read(outbox: Outbox) -> None:
    place, inbox = with_folder(outbox), Inbox()
    (place / "in").mkdir(parents=True)
    secret = outbox.world.folder / "secret.csv"
    secret.write_text("name\r\nEva\r\n")
    (place / "in" / "arrest-1.csv").symlink_to(secret)
    drops(outbox, inbox).turn(outbox.world.at)
    assert inbox.got == {}


def test_cells_are_harmless_and_numbers_stay_numbers() -> None:
    raw = write_table(["a", "b"], [{"a": "@SUM(1)", "b": -5}, {"a": ["x"], "b": None}])
    assert raw == b'a,b\r\n\'@SUM(1),-5\r\n"[""x""]",\r\n'
    assert [row.code for row in read_table(b"\xef\xbb\xbfa\r\nx\r\n\r\ny\r\n")] == ["", ""]
    assert message_of({"a/b": "1", "c": '[{"d": 2}]', "e": " "}) == {"a": {"b": "1"}, "c": [{"d": 2}]}
    with pytest.raises(ValueError, match="another one"):
        message_of({"a": "1", "a/b": "2"})


class Server:
    """A real SFTP server in a thread of its own, with a folder of its own."""

    def __init__(self, root: Path, login_key: str) -> None:
        self.root, self.key = root, asyncssh.generate_private_key("ssh-ed25519")
        root.mkdir(parents=True, exist_ok=True)
        self._allowed = asyncssh.import_authorized_keys(login_key + "\n")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._server: Any = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(20)
        self.port: int = self._server.sockets[0].getsockname()[1]

    async def _listen(self) -> Any:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_host_keys=[self.key],
            authorized_client_keys=self._allowed,
            sftp_factory=lambda chan: asyncssh.SFTPServer(chan, chroot=str(self.root).encode()),
        )

    def setting(self, host_key: str = "") -> DropSetting:
        own = self.key.export_public_key().decode().strip()
        return DropSetting(
            agency="police", kind="sftp", host="127.0.0.1", port=self.port, login="pims", place="drop",
            host_key=host_key or own,
        )  # fmt: skip

    def close(self) -> None:
        async def end() -> None:
            self._server.close()
            await self._server.wait_closed()

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    (tmp_path / "keys").mkdir(mode=0o700)
    made = Server(tmp_path / "remote", client_public(tmp_path / "keys"))
    yield made
    made.close()


def test_a_server_that_shows_the_agreed_key_gets_files_and_gives_them(server: Server, tmp_path: Path) -> None:
    place = Sftp(server.setting(), tmp_path / "keys")
    place.put("out", "a.csv", b"1")
    place.put("out", "a.csv", b"12")
    assert (server.root / "drop" / "out" / "a.csv").read_bytes() == b"12"
    assert not (server.root / "drop" / "out" / "a.csv.part").exists()
    assert place.waiting() == []
    (server.root / "drop" / "in" / "arrest-1.csv").write_bytes(b"x" * 100)
    (server.root / "drop" / "in" / ".hidden.csv").write_bytes(b"x")
    assert place.waiting() == ["arrest-1.csv"]
    assert place.take("arrest-1.csv", 10) == b"x" * 10
    place.done("arrest-1.csv")
    assert (server.root / "drop" / "done" / "arrest-1.csv").exists()


def test_a_server_with_another_key_gets_nothing(server: Server, tmp_path: Path) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    with pytest.raises(PlaceError, match="not_the_one"):
        Sftp(server.setting(other), tmp_path / "keys").put("out", "a.csv", b"1")
    assert list(server.root.iterdir()) == []


def test_a_server_that_does_not_know_us_or_is_not_there_is_said(server: Server, tmp_path: Path) -> None:
    (tmp_path / "others").mkdir(mode=0o700)
    with pytest.raises(PlaceError, match="turned_away"):
        Sftp(server.setting(), tmp_path / "others").waiting()
    gone = server.setting()
    gone.port = 1
    with pytest.raises(PlaceError, match="unreachable"):
        Sftp(gone, tmp_path / "keys").waiting()


def test_a_folder_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PlaceError, match="folder"):
        Folder(tmp_path / "file").waiting()
