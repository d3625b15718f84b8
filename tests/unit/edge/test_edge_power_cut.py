"""Every durable file cut short or garbled at many places: what reads it goes on without it, or says one sentence."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from edge.clock import Reading, SystemClock
from edge.condition_file import read_condition
from edge.configuration.starting import begin
from edge.configuration.stored import Kept, Stored, write_stored
from edge.counters import Counters
from edge.errors import EdgeError
from edge.journal import Room, open_journal
from edge.journal_file import Mark
from edge.journal_mark import MarkFile
from edge.log import Log
from edge.orders import OrdersBook
from edge.orders_file import OrdersFile
from edge.orders_file import Stored as StoredOrders
from edge.protection import AtRest, RollKeys
from edge.provisioning import Folder, load_grant, load_keys, make_terminal, prepare
from edge.refusals import Refusals
from edge.roll_copy import RollCopy
from edge.roll_file import FORM, RollFile, StoredRoll
from edge.salvage import find_stretches
from edge.settings import Settings, load, settings_of
from edge.status import read_status
from matching import Gallery
from wire.envelope import HUB, sign
from wire.journal import Clock
from wire.keys import SigningKey
from wire.orders import KIND as ORDERS
from wire.orders import Orders
from wire.roll import RollFinger, RollPerson
from wire.versions import Version

AT = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
LOG = Log("test", io.StringIO())
NUMBERS = count(1)
HUB_KEY = SigningKey.generate()
ENTRIES = 60


def _aside() -> str:
    return f"aside-{next(NUMBERS)}"


@dataclass(frozen=True)
class Durable:
    """A file, and what a start does with it."""

    name: str
    read: Callable[[Folder, Settings], object]
    places: int


def _journal(folder: Folder, settings: Settings) -> int:
    """Opens it, and says how many entries are there or saved from a file that was put aside."""
    mark = MarkFile(folder.mark, settings.terminal, load_keys(folder).signing).load()
    journal, _ = open_journal(
        folder.journal,
        settings.terminal,
        Room(1 << 30, 0, 0),
        lambda: next(NUMBERS).to_bytes(16, "big"),
        _aside,
        mark,
    )
    last = journal.append(Reading("ab" * 16, 1, AT, Clock.UNSURE), "passage", b"after the cut")
    journal.close()
    return last


def _roll(folder: Folder, settings: Settings) -> None:
    copy = RollCopy(
        RollFile(folder.roll, RollKeys(folder, AtRest.NONE, {}), settings.terminal),
        Gallery,
        terminal=settings.terminal,
        to_zone="yard",
        opening_key=load_keys(folder).opening,
        counters=Counters(folder.counters),
        clock=SystemClock(),
        log=LOG,
    )
    copy.load(_aside())


def _counters(folder: Folder, _settings: Settings) -> None:
    counters = Counters(folder.counters)
    counters.check()
    counters.next_session(AT)


def _orders(folder: Folder, settings: Settings) -> None:
    file = OrdersFile(folder.orders, settings.terminal, HUB_KEY.public_key())
    OrdersBook(file, Refusals(LOG), SystemClock(), LOG).load(_aside())


def _settings(folder: Folder, _settings: Settings) -> None:
    load(folder.settings)


def _configuration(folder: Folder, settings: Settings) -> None:
    begin(folder.configuration, settings, LOG)


def _grant(folder: Folder, settings: Settings) -> None:
    load_grant(folder, settings)


def _keys(folder: Folder, _settings: Settings) -> None:
    load_keys(folder)


def _condition(folder: Folder, _settings: Settings) -> None:
    read_condition(folder.condition)


FILES = (
    Durable("settings.json", _settings, 20),
    Durable("counters.json", _counters, 20),
    Durable("configuration.json", _configuration, 15),
    Durable("orders.signed", _orders, 20),
    Durable("grant.json", _grant, 20),
    Durable("roll.sealed", _roll, 20),
    Durable("journal.mark", _journal, 12),
    Durable("journal.sqlite", _journal, 20),
    Durable("journal.sqlite-wal", _journal, 20),
    Durable("condition.json", _condition, 10),
    Durable("keys/sign.key", _keys, 16),
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A terminal with every file it can have, its journal cut off before the log was moved to the main file."""
    folder = Folder(tmp_path_factory.mktemp("whole") / "t")
    prepare(folder)
    settings = settings_of("gate", terminal="gate-1", sensor={"port": "/dev/nothing"})
    make_terminal(folder, settings)
    _counters(folder, settings)
    person = RollPerson(person="P-1", zones=["yard"], fingers=[RollFinger(position=1, template=b"x" * 60)])
    RollFile(folder.roll, RollKeys(folder, AtRest.NONE, {}), "gate-1").save(
        StoredRoll(form=FORM, version=Version(1, 1), people=[person])
    )
    write_stored(folder.configuration, Stored(kept=Kept(version=Version(1, 1), settings={})))
    raw = sign(ORDERS, HUB, "gate-1", Orders(version=Version(1, 1), said_at=AT, in_force=[]), HUB_KEY)
    OrdersFile(folder.orders, "gate-1", HUB_KEY.public_key()).save(
        StoredOrders(raw=raw, received=Reading("ab" * 16, 1, AT, Clock.UNSURE), used=[])
    )
    folder.condition.write_text(json.dumps({"sensor": "ok"}))
    folder.grant.write_text('{"form": 1}')
    journal, _ = open_journal(
        folder.journal, "gate-1", Room(1 << 30, 0, 0), lambda: b"j" * 16, lambda: "none"
    )
    for number in range(ENTRIES):
        journal.append(Reading("ab" * 16, number, AT, Clock.UNSURE), "passage", b"x" * 150)
        if number == ENTRIES // 2:
            standing = journal.standing()
            mark = Mark(standing.journal_id, standing.last, standing.last_link)
            MarkFile(folder.mark, "gate-1", load_keys(folder).signing).keep(mark)
    cut = Folder(folder.root.with_name("cut"))
    shutil.copytree(
        folder.root, cut.root
    )  # as the card is at that instant: the log is not yet in the main file
    journal.close()
    return cut


@pytest.fixture
def folder(whole: Folder, tmp_path: Path) -> Folder:
    shutil.copytree(whole.root, tmp_path / "t")
    return Folder(tmp_path / "t")


def _harms(raw: bytes, places: int) -> Iterator[bytes]:
    """Cut short, and garbled, at `places` places from the first byte to the last."""
    for place in range(places):
        at = place * len(raw) // places
        yield raw[:at]
        yield raw[:at] + bytes(byte ^ 0xA5 for byte in raw[at : at + 16]) + raw[at + 16 :]


def _sentence(read: Callable[[], object]) -> str:
    """What the start says instead of starting, empty when it starts; anything but a sentence of ours goes through."""
    try:
        read()
    except EdgeError as error:
        return error.sentence
    return ""


@pytest.mark.parametrize("durable", FILES, ids=lambda durable: durable.name)
def test_a_start_survives_a_harmed_file_or_says_one_sentence(
    durable: Durable, whole: Folder, tmp_path: Path
) -> None:
    settings = load(whole.settings)
    raw = (whole.root / durable.name).read_bytes()
    said = 0
    for number, harmed in enumerate(_harms(raw, durable.places)):
        root = tmp_path / str(number)
        shutil.copytree(whole.root, root)
        path = root / durable.name
        path.write_bytes(harmed)
        path.chmod(0o600)
        sentence = _sentence(lambda root=root: durable.read(Folder(root), settings))  # type: ignore[misc]
        said += bool(sentence)
        assert not sentence or sentence.endswith(".")
        assert read_status(Folder(root), settings).terminal == "gate-1"
        shutil.rmtree(root)
    if durable.name.startswith(("journal", "counters", "roll", "condition", "orders")):
        assert said == 0, "this one never keeps a gate shut"


def test_entries_of_a_harmed_journal_are_there_or_saved(whole: Folder, tmp_path: Path) -> None:
    """Cutting the log loses its last entries, as a power cut does; what is before the harm is never lost."""
    settings = load(whole.settings)
    raw = (whole.root / "journal.sqlite-wal").read_bytes()
    for number, at in enumerate((len(raw) // 2, len(raw) - 5_000)):
        root = tmp_path / str(number)
        shutil.copytree(whole.root, root)
        (root / "journal.sqlite-wal").write_bytes(raw[:at])
        last = _journal(Folder(root), settings)
        saved = sum(map(len, find_stretches(root, "gate-1", LOG)))
        assert last - 1 + saved >= ENTRIES * at // len(raw) - 3


def test_what_a_cut_write_leaves_behind_is_overwritten(folder: Folder) -> None:
    """The new content is prepared under a fixed name: half of it from before the cut must not be taken for it."""
    settings = load(folder.settings)
    for name in ("settings.json", "counters.json", "roll.sealed", "journal.mark"):
        (folder.root / f"{name}.new").write_bytes(b"half of it")
    (folder.root / "journal.sqlite.new").write_bytes(b"half of it")
    _settings(folder, settings)
    _counters(folder, settings)
    _roll(folder, settings)
    assert _journal(folder, settings) == ENTRIES + 1


def test_a_missing_journal_beside_its_log_begins_anew(folder: Folder) -> None:
    folder.journal.unlink()
    assert _journal(folder, load(folder.settings)) == 1
