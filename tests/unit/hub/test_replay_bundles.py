"""A bundle of an hour: verified by its own program in a process that knows no hub, and refused when anything is off."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, cast

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Table

from hub.accounts.audit import OPERATOR, Actor
from hub.control_room.replay import bundles
from hub.control_room.replay.bundles import State, Wish
from hub.control_room.replay.records import ReplayBundle
from hub.database import session_scope
from hub.errors import HubError
from hub.ingest.bundles import verifier
from hub.ingest.bundles.making import BundleWork, write_bundle
from hub.ingest.bundles.packing import pack
from hub.ingest.records import BatchSignature
from hub.sentences import RefusedError
from wire.happenings import Decision
from wire.journal import Clock, link
from wire.keys import SigningKey, public_bytes

from .ingest_world import NOON, Gate, World, make_template, open_world

Files = dict[str, bytes]
Rows = list[dict[str, Any]]

FROM_AT, TO_AT = NOON + timedelta(minutes=10), NOON + timedelta(minutes=70)
WISH = Wish(FROM_AT, TO_AT, "Supreme Court, the registrar", "Order of the court of 1 March 2026 in claim 12")
HUB = Ed25519PrivateKey.from_private_bytes(b"h" * 32)
HUB_HEX = public_bytes(HUB.public_key()).hex()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="module")
def day(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Gate, bytes]]:
    """Passages before, in and after the hour at one gate, none at another, and the bundle of the hour."""
    world = open_world(template, tmp_path_factory.mktemp("day"))
    gate, idle = world.grant(Gate("a-1")), world.grant(Gate("w-1", "workshop", b"w" * 16))
    idle.starts()
    world.take(idle.batch())
    gate.starts()
    gate.passes("P-000001")
    world.take(gate.batch())
    gate.clock = FROM_AT + timedelta(minutes=5)
    for number in ("P-000001", "P-000002", "P-000003"):
        gate.passes(number, Decision.REFUSE if number == "P-000002" else Decision.ADMIT)
        gate.clock += timedelta(minutes=10)
    world.take(gate.batch(3, 4))
    world.take(gate.batch(5, 5))
    gate.clock = TO_AT + timedelta(minutes=5)
    gate.passes("P-000002")
    world.take(gate.batch(6, 6))
    yield world, gate, made(world)
    world.engine.dispose()


def made(world: World, key: SigningKey = HUB) -> bytes:
    now, out = TO_AT + timedelta(hours=1), io.BytesIO()
    with session_scope(world.sessions) as session:
        row = bundles.ask(session, WISH, actor=OPERATOR, at=now, handed_out=True)
    with session_scope(world.sessions, writes=False) as session:
        write_bundle(session, row, out, key, now)
    return out.getvalue()


def files_of(raw: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def zipped(files: Files) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return out.getvalue()


def signed_again(files: Files, key: SigningKey = HUB) -> bytes:
    """The ZIP as somebody would make it who has the hub's own key: what is left to find is what terminals signed."""
    manifest = json.loads(files["manifest.json"])
    rest = {name: raw for name, raw in files.items() if not name.startswith("manifest.")}
    out = io.BytesIO()
    kept = ("number", "from", "to", "asked_by", "recipient", "reason", "entries", "in_time", "journals")
    pack(out, rest, {name: manifest[name] for name in kept}, key, TO_AT)
    return out.getvalue()


def run(raw: bytes, folder: Path, *words: str) -> tuple[int, str]:
    """Status of the program, and what it said."""
    path = folder / "bundle.zip"
    path.write_bytes(raw)
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        status = verifier.main([str(path), *words])
    return status, said.getvalue()


JOURNAL = f"entries/a-1.{(b'j' * 16).hex()}.jsonl"


def rows_of(files: Files) -> Rows:
    return [json.loads(line) for line in files[JOURNAL].splitlines()]


def with_rows(files: Files, rows: Rows) -> Files:
    return files | {JOURNAL: b"".join(json.dumps(row).encode() + b"\n" for row in rows)}


def with_json(files: Files, name: str, change: Callable[[Any], None]) -> Files:
    document = json.loads(files[name])
    change(document)
    return files | {name: json.dumps(document).encode()}


def place(rows: Rows, sequence: int) -> int:
    return next(at for at, row in enumerate(rows) if row.get("sequence") == sequence)


def changed_entry(files: Files) -> Files:
    rows = rows_of(files)
    row = rows[place(rows, 3)]
    row["raw"] = base64.b64encode(base64.b64decode(row["raw"]).replace(b"P-000001", b"P-000009")).decode()
    return with_rows(files, rows)


def chained_again(files: Files) -> Files:
    """Another person in an entry, and every link after it as it would have to be."""
    rows = rows_of(changed_entry(files))
    before = bytes(32)
    for row in rows:
        if "before" in row:
            before = bytes.fromhex(row["before"])
        elif "sequence" in row:
            before = link(before, base64.b64decode(row["raw"]))
            row["link"] = before.hex()
    return with_rows(files, rows)


def without_entry(files: Files) -> Files:
    rows = rows_of(files)
    at = place(rows, 4)
    return with_rows(
        files, [row for number, row in enumerate(rows) if number != at and row.get("signed") != 4]
    )


def swapped(files: Files) -> Files:
    rows = rows_of(files)
    one, other = place(rows, 3), place(rows, 4)
    rows[one], rows[other] = rows[other], rows[one]
    return with_rows(files, rows)


def without_end(files: Files) -> Files:
    rows = rows_of(files)
    return with_rows(files, rows[: place(rows, 5)])


def without_beginning(files: Files) -> Files:
    """From the first entry of the hour on, with the link that it really follows."""
    rows = rows_of(files)
    at, before = place(rows, 3), rows[place(rows, 2)]["link"]
    return with_rows(files, [rows[0], {"first": 3, "before": before}, *rows[at:]])


def bare_end(files: Files) -> Files:
    return with_rows(files, [row for row in rows_of(files) if row.get("signed") not in (5, 6)])


def other_lane(files: Files) -> Files:
    rows = rows_of(files)
    next(row for row in rows if row.get("signed") == 4)["lane"] = "historical"
    return with_rows(files, rows)


def later(files: Files) -> Files:
    rows = rows_of(files)
    rows[place(rows, 3)]["at"] = (FROM_AT + timedelta(minutes=50)).isoformat()
    rows[place(rows, 3)]["received_at"] = (FROM_AT + timedelta(minutes=55)).isoformat()
    return with_rows(files, rows)


def other_key(files: Files) -> Files:
    return with_json(files, "terminals.json", lambda found: found[0].update(key="00" * 32))


def other_person_told(files: Files) -> Files:
    return with_json(files, "events.json", lambda found: found[0].update(person="P-000003"))


def untold(files: Files) -> Files:
    return with_json(files, "events.json", lambda found: found.pop(0))


def invented(files: Files) -> Files:
    return with_json(files, "events.json", lambda found: found.append({**found[0], "sequence": 99}))


def played(files: Files, change: Callable[[Rows], None]) -> Files:
    """Another film, in the page as well as beside it."""
    reel = json.loads(files["replay.json"])
    old = re.search(rb'id="reel">(.*?)</script>', files["replay.html"])
    assert old is not None
    change(reel["seen"])
    raw = json.dumps(reel).encode()
    return files | {"replay.json": raw, "replay.html": files["replay.html"].replace(old[1], raw)}


def other_place_played(files: Files) -> Files:
    return played(files, lambda seen: seen[0].update(zone="workshop"))


def played_out_of_nothing(files: Files) -> Files:
    return played(files, lambda seen: seen.append({**seen[0], "sequence": 99}))


def other_page(files: Files) -> Files:
    return files | {"replay.html": played(files, lambda seen: seen.clear())["replay.html"]}


def unreadable_line(files: Files) -> Files:
    rows = rows_of(files)
    del rows[place(rows, 3)]["at"]
    return with_rows(files, rows)


def without_events(files: Files) -> Files:
    return {name: raw for name, raw in files.items() if name != "events.json"}


def journal_left_out(files: Files) -> Files:
    return {name: raw for name, raw in files.items() if not name.startswith("entries/w-1")}


BY_THE_HUB: Final[dict[Callable[[Files], Files], str]] = {
    changed_entry: "Entry 3 of a-1 was changed: its bytes do not give its link.",
    chained_again: "The entries of a-1 up to 4 are not signed by that terminal",
    without_entry: "Entry 4 of a-1 is missing or out of order: entry 5 stands in its place.",
    swapped: "Entry 3 of a-1 is missing or out of order: entry 4 stands in its place.",
    without_end: "Entries of a-1 after 4 were left out.",
    without_beginning: "Entries of a-1 before 3 were left out.",
    bare_end: "Entries 5 to 6 of a-1 are without a signature, and nothing says so.",
    other_lane: "The entries of a-1 up to 4 are not signed by that terminal",
    later: "The time of entry 3 of a-1 was moved: its terminal wrote 2026-03-02 12:15:00 UTC.",
    other_key: "The hub did not certify the key that the bundle gives for the terminal a-1.",
    other_person_told: "says person P-000003; the terminal's own entry says P-000001.",
    untold: "Entry 3 of a-1 is left out of what happened.",
    invented: "by entry 99 of a-1 is told without an entry of the hour that says so.",
    other_place_played: "shows P-000001 in workshop at 2026-03-02T12:15:00Z by entry 3 of a-1; that entry says",
    played_out_of_nothing: "by entry 99 of a-1; no such entry of that time is told",
    other_page: "The page replay.html plays something else than replay.json says.",
    unreadable_line: f"Line 6 of {JOURNAL} is not of the agreed form: KeyError.",
    without_events: "The hub made the bundle without the file events.json, which every bundle has.",
    journal_left_out: "The manifest and the files do not agree on journal 77777777 of w-1.",
}
"""What somebody with the hub's own key changed, and the sentence that names it."""


def test_a_bundle_is_verified_where_there_is_no_hub(day: tuple[World, Gate, bytes], tmp_path: Path) -> None:
    files = files_of(day[2])
    (tmp_path / "bundle.zip").write_bytes(day[2])
    (tmp_path / "verifier.py").write_bytes(files["verifier.py"])
    done = subprocess.run(
        [sys.executable, "-I", "verifier.py", "bundle.zip", "--hub", HUB_HEX, "--show"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "The bundle is whole." in done.stdout
    assert "7 entries of 2 terminals stand in their order, 3 of them in that time" in done.stdout
    assert "3 passages are told, each as its entry says." in done.stdout
    assert "3 places that the map plays are what those entries say." in done.stdout
    assert "nothing of that time followed entry 1 of w-1." in done.stdout
    assert "THE HUB'S WORD: that there was no other terminal" in done.stdout
    assert "P-000002" in done.stdout
    assert "zone_not_allowed" in done.stdout


@pytest.mark.parametrize("change", BY_THE_HUB, ids=lambda change: change.__name__)
def test_what_terminals_signed_cannot_be_changed_by_the_hub_itself(
    change: Callable[[Files], Files], day: tuple[World, Gate, bytes], tmp_path: Path
) -> None:
    status, said = run(signed_again(change(files_of(day[2]))), tmp_path, "--hub", HUB_HEX)
    assert (status, BY_THE_HUB[change] in said) == (1, True), said


def lowered(files: Files) -> Files:
    """The last entry of the hour left out, and everywhere as if the hub had never held it or what came after."""
    rows = rows_of(files)
    found = with_rows(files, rows[: place(rows, 5)])
    found = with_json(found, "events.json", lambda events: events.pop())
    found = with_json(found, "manifest.json", lambda told: told["journals"][0].update(held=4))
    return played(found, lambda seen: [seen.remove(one) for one in [*seen] if one["sequence"] == 5])


def earlier(files: Files) -> Files:
    """An entry put before the hour, as if its terminal's clock had been fast."""
    rows = rows_of(files)
    rows[place(rows, 3)]["at"] = (FROM_AT - timedelta(minutes=2)).isoformat()
    found = with_json(with_rows(files, rows), "events.json", lambda events: events.pop(0))
    return played(found, lambda seen: seen.pop(0))


def terminal_left_out(files: Files) -> Files:
    found = with_json(journal_left_out(files), "manifest.json", lambda told: told["journals"].pop())
    return found


def unplayed(files: Files) -> Files:
    return played(files, lambda seen: seen.pop())


ITS_WORD: Final[dict[Callable[[Files], Files], str]] = {
    lowered: "that nothing of that time followed entry 4 of a-1, entry 1 of w-1.",
    earlier: "put earlier: entry 3 of a-1 (2026-03-02 12:15:00 UTC to 2026-03-02T12:08:00+00:00).",
    terminal_left_out: "that nothing of that time was written by w-1.",
    unplayed: "1 passages that the map does not show.",
}
"""What a hub that lies can do, and the sentence by which the reader knows that it is believed."""


@pytest.mark.parametrize("change", ITS_WORD, ids=lambda change: change.__name__)
def test_what_only_the_hub_says_is_called_its_word(
    change: Callable[[Files], Files], day: tuple[World, Gate, bytes], tmp_path: Path
) -> None:
    status, said = run(signed_again(change(files_of(day[2]))), tmp_path, "--hub", HUB_HEX)
    assert (status, ITS_WORD[change] in said) == (0, True), said


def test_signatures_are_checked_as_the_library_checks_them() -> None:
    signer = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
    key, signed = signer.public_key().public_bytes_raw(), signer.sign(b"covered")
    more = int.from_bytes(signed[32:], "little") + verifier.ORDER
    assert verifier.is_by(key, signed, b"covered")
    assert verifier.is_by(HUB.public_key().public_bytes_raw(), HUB.sign(b""), b"")
    for other, signature, covered in (
        (key, signed, b"covers"),
        (key, bytes([signed[0] ^ 1]) + signed[1:], b"covered"),
        (key, signed[:63] + bytes([signed[63] ^ 1]), b"covered"),
        (key, signed[:32] + more.to_bytes(32, "little"), b"covered"),
        (HUB.public_key().public_bytes_raw(), signed, b"covered"),
        (b"\xff" * 32, signed, b"covered"),
        (key[:31], signed, b"covered"),
    ):
        assert not verifier.is_by(other, signature, covered)


def test_whoever_has_not_the_hubs_key_changes_nothing(day: tuple[World, Gate, bytes], tmp_path: Path) -> None:
    files = files_of(day[2])
    manifest = json.loads(files["manifest.json"])
    stranger = Ed25519PrivateKey.from_private_bytes(b"s" * 32)
    told = {
        "The file readme.txt was changed after": files | {"readme.txt": b"another"},
        "The file gaps.json was taken out": {n: raw for n, raw in files.items() if n != "gaps.json"},
        "The file notes.txt was added": files | {"notes.txt": b"more"},
        "The manifest is not signed by the hub": files
        | {"manifest.json": json.dumps({**manifest, "to": manifest["from"]}).encode()},
        "a file that no bundle has": files | {"../evil.py": b""},
        "The file manifest.sig is missing": {n: raw for n, raw in files.items() if n != "manifest.sig"},
        "is not JSON": files | {"manifest.json": b"{"},
    }
    for sentence, changed in told.items():
        status, said = run(zipped(changed), tmp_path)
        assert (status, sentence in said) == (1, True), said
    status, said = run(signed_again(files, stranger), tmp_path, "--hub", HUB_HEX)
    assert (status, said) == (1, "The bundle names another hub's key than the one given.\n")
    status, said = run(day[2], tmp_path, "--terminal", f"a-1={'11' * 32}")
    assert "The terminal a-1 has another key than the one that was read from the device." in said
    status, said = run(day[2][:-400], tmp_path)
    assert (status, "is no ZIP, or was cut short on its way. Nothing was verified" in said) == (2, True)


def test_a_file_that_stands_twice_or_is_damaged_is_named(
    day: tuple[World, Gate, bytes], tmp_path: Path
) -> None:
    out = io.BytesIO(day[2])
    with zipfile.ZipFile(out, "a") as packed, pytest.warns(UserWarning, match="Duplicate"):
        packed.writestr("readme.txt", b"another")
    assert "stands in the bundle twice" in run(out.getvalue(), tmp_path)[1]
    raw = bytearray(day[2])
    raw[raw.index(b"manifest.json") + 60] ^= 0xFF
    assert run(bytes(raw), tmp_path) == (1, "The file manifest.json was damaged on its way.\n")


def test_without_the_hubs_key_it_says_what_was_taken_on_trust(
    day: tuple[World, Gate, bytes], tmp_path: Path
) -> None:
    status, said = run(day[2], tmp_path)
    assert status == 0
    assert "That hub's key was taken from the bundle." in said


def test_what_is_not_known_is_said(template: Path, tmp_path: Path) -> None:
    world = open_world(template, tmp_path)
    gate = world.grant(Gate("a-1", clock=FROM_AT))
    for number in ("P-000001", "P-000002", "P-000003", "P-000001"):
        gate.passes(number)
    gate.sure, gate.boot_id, gate.booted_at = Clock.UNSURE, "1" * 32, gate.clock
    gate.clock += timedelta(minutes=2)
    gate.passes("P-000002")
    twin = gate.twin(3)
    twin.passes("P-000003")
    world.take(gate.batch(1, 1))
    world.take(gate.batch(3, 5, at=gate.clock + timedelta(minutes=5)))
    world.take(twin.batch(4, 4))
    gate.write("from_a_later_version", b"?")
    world.take(gate.batch(6, 6))
    raw = made(world)
    world.engine.dispose()
    status, said = run(raw, tmp_path, "--hub", HUB_HEX)
    assert status == 0, said
    assert "NOT KNOWN: entries 2 to 2 of a-1 had not reached the hub." in said
    assert "CONTRADICTION: a-1 wrote entry 4 in two ways; both are in the bundle." in said
    assert "NOT SURE: the times of" in said
    assert "NOT KNOWN: the hub did not hear a-1" in said
    assert "NOT TOLD: 1 entries of that time were not applied by the hub" in said


def test_entries_without_a_kept_signature_are_named_as_unproven(template: Path, tmp_path: Path) -> None:
    world = open_world(template, tmp_path)
    gate = world.grant(Gate("a-1", clock=FROM_AT))
    gate.passes("P-000001")
    world.take(gate.batch())
    with session_scope(world.sessions) as session:
        held = session.query(BatchSignature).one()
        assert held.signature is not None
        kept = {c.name: getattr(held, c.name) for c in BatchSignature.__table__.columns if c.name != "id"}
    with world.engine.begin() as connection:
        for trigger in ("batch_signatures_no_delete", "batch_signatures_no_update"):
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
            elif trigger.endswith("delete"):
                connection.exec_driver_sql("DROP TRIGGER batch_signatures_append_only ON batch_signatures")
        table = cast(Table, BatchSignature.__table__)
        connection.execute(table.delete())
        connection.execute(table.insert(), [{**kept, "signature": None}])
    status, said = run(made(world), tmp_path, "--hub", HUB_HEX)
    world.engine.dispose()
    assert status == 0, said
    assert "NOT PROVEN: no signature is kept for entries 1 to 1 of a-1." in said


def test_only_a_time_that_was_and_a_reason_make_a_bundle(template: Path, tmp_path: Path) -> None:
    world = open_world(template, tmp_path)
    now = TO_AT + timedelta(hours=1)
    wrong = [
        Wish(TO_AT, FROM_AT, "Court", "Order of the court of 1 March"),
        Wish(FROM_AT, now + timedelta(hours=1), "Court", "Order of the court of 1 March"),
        Wish(FROM_AT - timedelta(days=2), TO_AT, "Court", "Order of the court of 1 March"),
        Wish(FROM_AT, TO_AT, " ", "Order of the court of 1 March"),
        Wish(FROM_AT, TO_AT, "Court", "because"),
        Wish(FROM_AT, TO_AT, "Court", "long " * 60),
    ]
    for wish in wrong:
        with pytest.raises(RefusedError), session_scope(world.sessions) as session:
            bundles.ask(session, wish, actor=OPERATOR, at=now)
    world.engine.dispose()


def test_it_is_made_once_fetched_as_often_as_written_down_and_taken_away(
    template: Path, tmp_path: Path
) -> None:
    world = open_world(template, tmp_path)
    now, who = TO_AT + timedelta(hours=1), Actor("dora", "10.0.0.1")
    work = BundleWork(world.sessions, HUB, tmp_path / "bundles")
    assert work.tick(now) == 0
    with session_scope(world.sessions) as session:
        number = bundles.ask(session, WISH, actor=who, at=now).id
        with pytest.raises(RefusedError, match="no file"):
            bundles.fetch(session, number, actor=who, at=now)
    assert (work.tick(now), work.tick(now)) == (1, 0)
    file = tmp_path / "bundles" / f"{number}.zip"
    with session_scope(world.sessions) as session:
        row = bundles.fetch(session, number, actor=who, at=now)
        assert (row.state, row.fetched, row.digest) == (
            State.READY,
            1,
            hashlib.sha256(file.read_bytes()).hexdigest(),
        )
    assert file.stat().st_mode & 0o077 == 0
    assert work.tick(now + timedelta(days=8)) == 0
    assert not file.exists()
    with session_scope(world.sessions) as session, pytest.raises(HubError):
        bundles.fetch(session, number, actor=who, at=now)
    world.engine.dispose()


def test_a_maker_that_stopped_is_followed_by_another_and_a_full_disk_is_said(
    template: Path, tmp_path: Path
) -> None:
    world = open_world(template, tmp_path)
    now = TO_AT + timedelta(hours=1)
    with session_scope(world.sessions) as session:
        row = bundles.ask(session, WISH, actor=OPERATOR, at=now)
        assert bundles.begin(session, row, now)
        assert not bundles.begin(session, row, now)
    (tmp_path / "blocked").write_bytes(b"")
    work = BundleWork(world.sessions, HUB, tmp_path / "blocked")
    assert work.tick(now) == 0
    assert work.tick(now + timedelta(minutes=3)) == 1
    with session_scope(world.sessions, writes=False) as session:
        failed = session.get_one(ReplayBundle, row.id)
        assert (failed.state, failed.problem) == (State.FAILED, "disk")
    world.engine.dispose()
