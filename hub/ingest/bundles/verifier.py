"""Verifies a bundle of an hour without a hub. This one file and Python 3.11 or newer are all it needs, no package:

    python -I verifier.py bundle.zip [--hub KEY] [--terminal NAME=KEY] [--show]

KEY is a public key in hex: the hub's as its papers give it, a terminal's as it was read from the device. Without
--hub the key named in the bundle is taken on trust. --show prints what happened, line by line. It says the first
fault and ends with status 1, or says what the bundle proves and what it does not, and ends with status 0.
It stays one file although it is long: it travels alone, and whoever doubts the hub reads it from top to bottom.
Signatures are checked by the arithmetic of RFC 8032 below, a few thousandths of a second each.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

UTC = timezone.utc  # noqa: UP017 - an older Python must come as far as the sentence that says so
FORM = 1
MOST_BYTES = 1 << 30
AGREEMENT = timedelta(seconds=5)
NAMES = re.compile(
    r"(entries/[a-z0-9][a-z0-9.-]{0,99}\.jsonl|[a-z][a-z0-9_-]{0,39}\.(json|txt|html|py|svg|sig))\Z"
)
OLDEST = (3, 11)
NEEDED = ("terminals.json", "events.json", "gaps.json", "replay.json", "replay.html")
UNREADABLE = (KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError)
TOLD = ("passage", "attestation")
"""Entries that say where somebody was: each one of the hour stands among what happened, and nothing else does."""


class FaultError(Exception):
    """The bundle is not what the hub and its terminals wrote; the text says what and where."""


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Whatever is not of the agreed form while `what` is read is a fault of it."""
    try:
        yield
    except UNREADABLE as error:
        raise FaultError(f"{what} is not of the agreed form: {type(error).__name__}.") from None


def preimage(*parts: Any) -> bytes:
    """What is hashed or signed: each part with its length before it."""
    out = bytearray(b"pims")
    for part in parts:
        raw = part if isinstance(part, bytes) else str(part).encode()
        out += len(raw).to_bytes(4, "big") + raw
    return bytes(out)


# --- The ZIP and what the hub signed ----------------------------------------------------------------------


def open_files(path: str) -> dict[str, bytes]:
    """Every file of the ZIP, each name once."""
    files: dict[str, bytes] = {}
    size = 0
    with zipfile.ZipFile(path) as packed:
        for info in packed.infolist():
            if not NAMES.match(info.filename):
                raise FaultError(f"The bundle holds a file that no bundle has: {info.filename[:80]!r}.")
            if info.filename in files:
                raise FaultError(f"The file {info.filename} stands in the bundle twice.")
            size += info.file_size
            if size > MOST_BYTES:
                raise FaultError("The bundle is larger when unpacked than any that a hub makes.")
            try:
                files[info.filename] = packed.read(info)
            except (
                zipfile.BadZipFile,
                zlib.error,
                EOFError,
                RuntimeError,
            ):  # the last: locked, or another packing
                raise FaultError(f"The file {info.filename} was damaged on its way.") from None
    return files


def check_manifest(files: dict[str, bytes], hub: str) -> dict[str, Any]:
    """The manifest, signed by the hub, with every file as it says."""
    for name in ("manifest.json", "manifest.sig"):
        if name not in files:
            raise FaultError(f"The file {name} is missing: nothing says what the bundle should hold.")
    raw = files["manifest.json"]
    manifest: dict[str, Any] = read_json(raw, "manifest.json")
    if manifest.get("pims") != "replay bundle" or manifest.get("form") != FORM:
        raise FaultError("This is no bundle of an hour that this program reads.")
    if hub and manifest["hub"] != hub.lower():
        raise FaultError("The bundle names another hub's key than the one given.")
    signed = bytes.fromhex(files["manifest.sig"].decode("ascii").strip())
    if not is_by(bytes.fromhex(manifest["hub"]), signed, preimage("replay bundle", raw)):
        raise FaultError("The manifest is not signed by the hub: it was changed, or somebody else made it.")
    named = manifest["files"]
    for name in sorted(set(named) - set(files)):
        raise FaultError(f"The file {name} was taken out of the bundle.")
    for name in sorted(set(files) - set(named) - {"manifest.json", "manifest.sig"}):
        raise FaultError(f"The file {name} was added to the bundle.")
    for name, told in named.items():
        if hashlib.sha256(files[name]).hexdigest() != told["sha256"]:
            raise FaultError(f"The file {name} was changed after the hub signed the bundle.")
    for name in NEEDED:
        if name not in files:
            raise FaultError(f"The hub made the bundle without the file {name}, which every bundle has.")
    return manifest


def read_json(raw: bytes, name: str) -> Any:
    try:
        return json.loads(raw.decode())
    except ValueError:
        raise FaultError(f"The file {name} is not JSON.") from None


# --- Ed25519, as RFC 8032 has it: points are (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z ---------------------

Point = tuple[int, int, int, int]
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def is_by(key: bytes, signature: bytes, covered: bytes) -> bool:
    """Whether the owner of `key` signed what is covered: S times the base point is R plus h times the key."""
    if len(key) != 32 or len(signature) != 64:
        return False
    owner, s = point(key), int.from_bytes(signature[32:], "little")
    if owner is None or s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + covered).digest(), "little") % ORDER
    x, y, z, t = owner
    found = sum_of(s, BASE, h, (P - x, y, z, P - t))
    inverse = pow(found[2], P - 2, P)
    x, y = found[0] * inverse % P, found[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


def point(raw: bytes) -> Point | None:
    """The point that 32 bytes stand for, None when they stand for none."""
    whole = int.from_bytes(raw, "little")
    y, odd = whole & ((1 << 255) - 1), whole >> 255
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P != u:
        x = x * ROOT % P
    if y >= P or v * x * x % P != u or (x == 0 and odd):
        return None
    x = P - x if x & 1 != odd else x
    return x, y, 1, x * y % P


def added(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0])
    b = (one[1] + one[0]) * (other[1] + other[0])
    c, d = 2 * one[3] * other[3] % P * D, 2 * one[2] * other[2]
    e, f, g, h = (b - a) % P, (d - c) % P, (d + c) % P, (b + a) % P
    return e * f % P, g * h % P, f * g % P, e * h % P


def sum_of(m: int, one: Point, n: int, other: Point) -> Point:
    """`m` times one point and `n` times another."""
    found: Point = (0, 1, 1, 0)
    addend = {1: one, 2: other, 3: added(one, other)}
    for place in range(max(m.bit_length(), n.bit_length()) - 1, -1, -1):
        found = added(found, found)
        both = (m >> place & 1) | (n >> place & 1) << 1
        if both:
            found = added(found, addend[both])
    return found


_BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
assert _BASE is not None
BASE: Point = _BASE

# --- Who the terminals are --------------------------------------------------------------------------------


def check_terminals(files: dict[str, bytes], hub: str, known: dict[str, str]) -> dict[str, bytes]:
    """Key of each terminal by its name, certified by the hub; `known` are keys that were read from the devices."""
    keys: dict[str, bytes] = {}
    for one in read_json(files["terminals.json"], "terminals.json"):
        name, key = one["name"], bytes.fromhex(one["key"])
        covered = preimage("terminal key", name, key, one["granted_at"])
        if not is_by(bytes.fromhex(hub), bytes.fromhex(one["certificate"]), covered):
            raise FaultError(
                f"The hub did not certify the key that the bundle gives for the terminal {name}."
            )
        if name in keys:
            raise FaultError(f"The terminal {name} is named twice.")
        if name in known and known[name].lower() != one["key"]:
            raise FaultError(
                f"The terminal {name} has another key than the one that was read from the device."
            )
        keys[name] = key
    for name in sorted(set(known) - set(keys)):
        raise FaultError(f"The bundle names no terminal {name}.")
    return keys


# --- The terminals' journals ------------------------------------------------------------------------------


class Journal:
    """One journal's part of the bundle, followed from link to link."""

    def __init__(self, terminal: str, journal: str, key: bytes) -> None:
        self.terminal, self.journal, self.key = terminal, journal, key
        self.entries: list[dict[str, Any]] = []
        self.stretches: list[tuple[int, int]] = []
        self.unsigned: list[tuple[int, int]] = []
        self._link = b""
        self._next = 0
        self._signed = 0

    def start(self, row: dict[str, Any]) -> None:
        """A stretch without a gap begins with the entry `first`, after the link `before`."""
        self.end_stretch()
        if self.stretches and row["first"] <= self.stretches[-1][1]:
            raise FaultError(f"The entries of {self.terminal} are out of order at {row['first']}.")
        self._link, self._next = bytes.fromhex(row["before"]), row["first"]
        self._signed = row["first"] - 1
        genesis = hashlib.sha256(preimage("journal", self.terminal, bytes.fromhex(self.journal))).digest()
        if row["first"] == 1 and self._link != genesis:
            raise FaultError(
                f"The journal of {self.terminal} does not begin where that terminal's journal begins."
            )
        self.stretches.append((row["first"], row["first"] - 1))

    def follow(self, row: dict[str, Any]) -> None:
        """The next entry: its bytes make its link together with the one before."""
        sequence, raw = row["sequence"], base64.b64decode(row["raw"], validate=True)
        where = f"Entry {sequence} of {self.terminal}"
        if sequence != self._next:
            missing = f"Entry {self._next} of {self.terminal} is missing or out of order"
            raise FaultError(f"{missing}: entry {sequence} stands in its place.")
        self._link = hashlib.sha256(preimage("entry", self._link, raw)).digest()
        if self._link.hex() != row["link"]:
            raise FaultError(f"{where} was changed: its bytes do not give its link.")
        entry = decode(raw)
        if entry["sequence"] != sequence:
            raise FaultError(f"{where} says of itself that it is entry {entry['sequence']}.")
        check_time(where, entry, row)
        self.entries.append({**row, "entry": entry})
        self.stretches[-1] = (self.stretches[-1][0], sequence)
        self._next += 1

    def sign(self, row: dict[str, Any]) -> None:
        """The terminal's signature under the entries up to here."""
        if row["signed"] != self._next - 1:
            raise FaultError(
                f"A signature of {self.terminal} stands behind another entry than {row['signed']}."
            )
        if row["signature"] is None:
            return
        journal = bytes.fromhex(self.journal)
        covered = preimage(
            "batch", FORM, self.terminal, "hub", journal, row["signed"], self._link, row["lane"]
        )
        if not is_by(self.key, bytes.fromhex(row["signature"]), covered):
            raise FaultError(
                f"The entries of {self.terminal} up to {row['signed']} are not signed by that terminal: "
                "an entry was changed, added or left out, or another device wrote them."
            )
        self._signed = row["signed"]

    def moved(self, manifest: dict[str, Any]) -> Iterator[str]:
        """Entries that a synchronised clock put into that time, or the hub did, and the two differ."""
        for row in self.entries:
            said = row["entry"]["wall_time"]
            if row["entry"]["clock"] == "synchronised" and read_time(row["at"]) < said - AGREEMENT:
                by_clock = read_time(manifest["from"]) <= said < read_time(manifest["to"])
                if by_clock or in_hour(row, manifest):
                    yield f"entry {row['sequence']} of {self.terminal} ({told_time(said)} to {row['at']})"

    def open_end(self, manifest: dict[str, Any], held: int) -> str:
        """The last entry, where none after that time stands behind it; "" where one does."""
        if any(read_time(row["at"]) >= read_time(manifest["to"]) for row in self.entries):
            return ""
        last = self.stretches[-1][1]
        more = "" if last == held else f" (the hub holds {held})"
        return f"entry {last} of {self.terminal}{more}"

    def end_stretch(self) -> None:
        if self.stretches and self._signed < self.stretches[-1][1]:
            self.unsigned.append((self._signed + 1, self.stretches[-1][1]))


def check_time(where: str, entry: dict[str, Any], row: dict[str, Any]) -> None:
    """The hub may put an entry earlier than its terminal's clock said, never later than it heard of it."""
    at, received, said = read_time(row["at"]), read_time(row["received_at"]), entry["wall_time"]
    if at > received:
        raise FaultError(f"{where} is put at {row['at']}, after the hub had received it.")
    if entry["clock"] == "synchronised" and row["sure"] and at > said + AGREEMENT:
        raise FaultError(f"The time of {where.lower()} was moved: its terminal wrote {told_time(said)}.")


def read_journals(files: dict[str, bytes], keys: dict[str, bytes]) -> list[Journal]:
    """Every journal in the bundle, each link and signature checked."""
    found: list[Journal] = []
    for name in sorted(name for name in files if name.startswith("entries/")):
        rows = [read_json(line, name) for line in files[name].splitlines()]
        with reading(f"The first line of {name}"):
            terminal, head = rows[0]["terminal"], rows[0]["journal"]
        if terminal not in keys:
            raise FaultError(f"The file {name} holds entries of a terminal that the bundle does not name.")
        journal = Journal(terminal, head, keys[terminal])
        for number, row in enumerate(rows[1:], 2):
            with reading(f"Line {number} of {name}"):
                take(journal, row)
        if not journal.entries:
            raise FaultError(f"The file {name} holds no entry.")
        journal.end_stretch()
        found.append(journal)
    return found


def take(journal: Journal, row: dict[str, Any]) -> None:
    """One line of a journal's file: a beginning, an entry, a signature, or an entry of another branch."""
    if "first" in row and "before" in row:
        journal.start(row)
    elif "sequence" in row:
        journal.follow(row)
    elif "signed" in row:
        journal.sign(row)
    else:
        check_branch(journal, row)


def check_branch(journal: Journal, row: dict[str, Any]) -> None:
    """An entry of another branch, which the hub keeps and does not follow: its link at least is its own."""
    raw = base64.b64decode(row["raw"], validate=True)
    if hashlib.sha256(preimage("entry", bytes.fromhex(row["before"]), raw)).hexdigest() != row["link"]:
        raise FaultError(f"The other entry {row['branch']} of {journal.terminal} was changed.")


# --- Nothing left out, nothing invented -------------------------------------------------------------------


def check_edges(journals: list[Journal], manifest: dict[str, Any], gaps: dict[str, Any]) -> None:
    """What is left out at either end, or between, is named."""
    held = {(one["terminal"], one["journal"]): one["held"] for one in manifest["journals"]}
    for terminal, journal in sorted(set(held) ^ {(one.terminal, one.journal) for one in journals}):
        raise FaultError(f"The manifest and the files do not agree on journal {journal[:8]} of {terminal}.")
    missing, unsigned = ranges(gaps["missing"]), ranges(gaps["unsigned"])
    for one in journals:
        inside = [place for place, row in enumerate(one.entries) if in_hour(row, manifest)]
        first, last = one.stretches[0][0], one.stretches[-1][1]
        if inside and inside[0] == 0 and first > 1:
            raise FaultError(f"Entries of {one.terminal} before {first} were left out.")
        if inside and inside[-1] == len(one.entries) - 1 and last != held[one.terminal, one.journal]:
            raise FaultError(f"Entries of {one.terminal} after {last} were left out.")
        for (_, before), (after, _) in pairwise(one.stretches):
            if (one.terminal, one.journal, before + 1, after - 1) not in missing:
                left_out = f"Entries {before + 1} to {after - 1} of {one.terminal}"
                raise FaultError(f"{left_out} are missing, and nothing says so.")
        for begin, end in one.unsigned:
            if (one.terminal, one.journal, begin, end) not in unsigned:
                bare = f"Entries {begin} to {end} of {one.terminal}"
                raise FaultError(f"{bare} are without a signature, and nothing says so.")


def ranges(told: list[dict[str, Any]]) -> set[tuple[str, str, int, int]]:
    return {(one["terminal"], one["journal"], one["first"], one["last"]) for one in told}


def in_hour(row: dict[str, Any], manifest: dict[str, Any]) -> bool:
    return read_time(manifest["from"]) <= read_time(row["at"]) < read_time(manifest["to"])


def check_events(journals: list[Journal], manifest: dict[str, Any], events: list[dict[str, Any]]) -> None:
    """What happened, as the bundle tells it, is what the terminals' entries say, no more and no less."""
    told: dict[tuple[str, str, int], dict[str, Any]] = {}
    for event in events:
        if event["kind"] not in TOLD:
            continue
        key = (event["terminal"], event["journal"], event["sequence"])
        if key in told:
            raise FaultError(f"{named(event)} is told twice.")
        told[key] = event
    for journal in journals:
        for row in journal.entries:
            if row["entry"]["kind"] in TOLD and row["status"] == "applied" and in_hour(row, manifest):
                key = (journal.terminal, journal.journal, row["sequence"])
                if key not in told:
                    raise FaultError(
                        f"Entry {row['sequence']} of {journal.terminal} is left out of what happened."
                    )
                compare(told.pop(key), row)
    for event in told.values():
        raise FaultError(f"{named(event)} is told without an entry of the hour that says so.")


def compare(event: dict[str, Any], row: dict[str, Any]) -> None:
    body = decode(row["entry"]["body"])
    pairs = [
        ("kind", row["entry"]["kind"]),
        ("at", row["at"]),
        ("person", body["person"]),
        ("decision", body["decision"]),
        ("sure", row["sure"]),
        ("heard_at", row["received_at"]),
    ]
    pairs += [
        ("checkpoint", body["checkpoint"]),
        ("from_zone", body["from_zone"]),
        ("to_zone", body["to_zone"]),
    ]
    pairs.append(("rule", body["rule"]) if "rule" in body else ("officer", body["officer"]))
    for name, value in pairs:
        if event[name] != value:
            raise FaultError(
                f"{named(event)} says {name} {event[name]}; the terminal's own entry says {value}."
            )


def check_play(
    files: dict[str, bytes], events: list[dict[str, Any]], manifest: dict[str, Any]
) -> dict[str, int]:
    """The map plays what the terminals' entries say; how many of its places, and how many more by the hub's word.

    `unplayed` are passages that say where somebody was and are not on the map.
    """
    played = read_json(files["replay.json"], "replay.json")
    page = re.findall(
        rb'<script type="application/json" id="reel">(.*?)</script>', files["replay.html"], re.S
    )
    if len(page) != 1 or read_json(page[0], "replay.html") != played:
        raise FaultError("The page replay.html plays something else than replay.json says.")
    told = {(one["terminal"], one["journal"], one["sequence"]): one for one in events if one["kind"] in TOLD}
    journals = {(one["terminal"], one["journal"]) for one in manifest["journals"]}
    shown_too, word, back = set(), 0, 0
    for seen in played["seen"]:
        key = (seen.get("terminal", ""), seen.get("journal", ""), seen.get("sequence", 0))
        inside = read_time(manifest["from"]) <= read_time(seen["at"]) < read_time(manifest["to"])
        back += seen.get("withdrawn_at") is not None
        if seen["source"] not in ("scan", "attested") or key[:2] not in journals or not inside:
            word += 1
            continue
        where = (
            f"The map shows {seen['person']} in {seen['zone']} at {seen['at']} by entry {key[2]} of {key[0]}"
        )
        if key not in told or key in shown_too:
            raise FaultError(f"{where}; no such entry of that time is told, or it is played twice.")
        shown_too.add(key)
        event = told[key]
        zone = event["to_zone"] if event["decision"] == "ADMIT" else event["from_zone"]
        person = seen.get("as_number") or seen["person"]
        if (person, seen["zone"], read_time(seen["at"])) != (event["person"], zone, read_time(event["at"])):
            raise FaultError(f"{where}; that entry says {event['person']} in {zone} at {event['at']}.")
    unplayed = sum(
        bool(one["person"]) and one["decision"] in ("ADMIT", "REFUSE")
        for key, one in told.items()
        if key not in shown_too
    )
    return {"played": len(shown_too), "word": word, "back": back, "unplayed": unplayed}


def named(event: dict[str, Any]) -> str:
    return f"What happened at {event['at']} by entry {event['sequence']} of {event['terminal']}"


# --- MessagePack, as far as entries use it ----------------------------------------------------------------


def decode(raw: bytes) -> Any:
    """The one value in `raw`; FaultError when it is none."""
    try:
        value, end = _value(raw, 0)
    except (struct.error, IndexError, ValueError, OverflowError):
        raise FaultError("An entry cannot be read: its bytes are not of the agreed form.") from None
    if end != len(raw):
        raise FaultError("An entry has more bytes than it says.")
    return value


_FIXED = {0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q"}
_FIXED.update({0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q"})
_SIZED = {
    0xC4: ">B",
    0xC5: ">H",
    0xC6: ">I",
    0xD9: ">B",
    0xDA: ">H",
    0xDB: ">I",
    0xC7: ">B",
    0xC8: ">H",
    0xC9: ">I",
}
_COUNTED = {0xDC: ">H", 0xDD: ">I", 0xDE: ">H", 0xDF: ">I"}
_EXTENDED = {0xD4: 1, 0xD5: 2, 0xD6: 4, 0xD7: 8, 0xD8: 16}


def _value(raw: bytes, at: int) -> tuple[Any, int]:
    kind, at = raw[at], at + 1
    if kind <= 0x7F or kind >= 0xE0:
        return (kind if kind <= 0x7F else kind - 256), at
    if kind <= 0x8F:
        return _map(raw, at, kind & 0x0F)
    if kind <= 0x9F:
        return _array(raw, at, kind & 0x0F)
    if kind <= 0xBF:
        return _text(raw, at, kind & 0x1F)
    if kind in (0xC0, 0xC2, 0xC3):
        return {0xC0: None, 0xC2: False, 0xC3: True}[kind], at
    if kind in _FIXED:
        return struct.unpack_from(_FIXED[kind], raw, at)[0], at + struct.calcsize(_FIXED[kind])
    if kind in _EXTENDED:
        return _time(raw, at, _EXTENDED[kind])
    form = _SIZED.get(kind) or _COUNTED[kind] if kind in _SIZED or kind in _COUNTED else ""
    if not form:
        raise ValueError(kind)
    size, at = struct.unpack_from(form, raw, at)[0], at + struct.calcsize(form)
    if kind in _COUNTED:
        return _array(raw, at, size) if kind <= 0xDD else _map(raw, at, size)
    if kind in (0xC7, 0xC8, 0xC9):
        return _time(raw, at, size)
    return _text(raw, at, size) if kind >= 0xD9 else (_bytes(raw, at, size), at + size)


def _map(raw: bytes, at: int, count: int) -> tuple[dict[Any, Any], int]:
    found = {}
    for _ in range(count):
        key, at = _value(raw, at)
        found[key], at = _value(raw, at)
    return found, at


def _array(raw: bytes, at: int, count: int) -> tuple[list[Any], int]:
    found = []
    for _ in range(count):
        value, at = _value(raw, at)
        found.append(value)
    return found, at


def _bytes(raw: bytes, at: int, size: int) -> bytes:
    if at + size > len(raw):
        raise IndexError
    return raw[at : at + size]


def _text(raw: bytes, at: int, size: int) -> tuple[str, int]:
    return _bytes(raw, at, size).decode(), at + size


def _time(raw: bytes, at: int, size: int) -> tuple[datetime, int]:
    kind, body = struct.unpack_from(">b", raw, at)[0], _bytes(raw, at + 1, size)
    if kind != -1:
        raise ValueError(kind)
    if size == 4:
        seconds, nanos = struct.unpack(">I", body)[0], 0
    elif size == 8:
        both = struct.unpack(">Q", body)[0]
        seconds, nanos = both & 0x3FFFFFFFF, both >> 34
    else:
        nanos, seconds = struct.unpack(">Iq", body)
    first = datetime(1970, 1, 1, tzinfo=UTC)
    return first + timedelta(seconds=seconds, microseconds=nanos // 1000), at + 1 + size


# --- What it says -----------------------------------------------------------------------------------------


def read_time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def told_time(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")


def verify(path: str, hub: str = "", known: dict[str, str] | None = None) -> dict[str, Any]:
    """Everything in the bundle, checked; FaultError at the first thing that does not fit."""
    files = open_files(path)
    manifest = check_manifest(files, hub)
    with reading("The file terminals.json"):
        keys = check_terminals(files, manifest["hub"], known or {})
    journals = read_journals(files, keys)
    gaps = read_json(files["gaps.json"], "gaps.json")
    events = read_json(files["events.json"], "events.json")
    with reading("The file gaps.json or manifest.json"):
        check_edges(journals, manifest, gaps)
    with reading("The file events.json"):
        check_events(journals, manifest, events)
    with reading("The file replay.json"):
        play = check_play(files, events, manifest)
    return {
        "manifest": manifest,
        "terminals": sorted(keys),
        "journals": journals,
        "gaps": gaps,
        "events": events,
        "play": play,
    }


def proven(found: dict[str, Any], trusted: bool) -> Iterator[str]:
    """What was proven, and what not, in sentences."""
    manifest, journals, gaps = found["manifest"], found["journals"], found["gaps"]
    entries = sum(len(journal.entries) for journal in journals)
    inside = sum(in_hour(row, manifest) for journal in journals for row in journal.entries)
    yield f"The bundle is whole. It was made by the hub {manifest['hub'][:16]}... on {manifest['made_at']}."
    if not trusted:
        yield "That hub's key was taken from the bundle. Compare it with the hub's papers, or give it with --hub."
    yield f"It tells of {manifest['from']} to {manifest['to']}."
    yield (
        f"{entries} entries of {len({journal.terminal for journal in journals})} terminals stand in their order, "
        f"{inside} of them in that time; none was changed, left out or added since its terminal signed it."
    )
    yield f"{sum(event['kind'] in TOLD for event in found['events'])} passages are told, each as its entry says."
    yield f"{found['play']['played']} places that the map plays are what those entries say."
    for one in gaps["unsigned"]:
        yield f"NOT PROVEN: no signature is kept for entries {one['first']} to {one['last']} of {one['terminal']}."
    for one in gaps["missing"]:
        yield f"NOT KNOWN: entries {one['first']} to {one['last']} of {one['terminal']} had not reached the hub."
    for one in gaps["away"]:
        yield f"NOT KNOWN: the hub did not hear {one['terminal']} from {one['from']} to {one['to']}."
    unsure = sum(not row["sure"] for journal in journals for row in journal.entries if in_hour(row, manifest))
    if unsure:
        yield f"NOT SURE: the times of {unsure} entries were reckoned by the hub, as their clocks were not sure."
    untold = sum(
        row["status"] != "applied"
        for journal in journals
        for row in journal.entries
        if in_hour(row, manifest)
    )
    if untold:
        yield f"NOT TOLD: {untold} entries of that time were not applied by the hub, yet are in the bundle."
    for one in gaps["branches"]:
        yield f"CONTRADICTION: {one['terminal']} wrote entry {one['sequence']} in two ways; both are in the bundle."
    yield from words_of_the_hub(found)


def words_of_the_hub(found: dict[str, Any]) -> Iterator[str]:
    """What no signature of a terminal shows, and is therefore to be believed or not."""
    manifest, journals, play = found["manifest"], found["journals"], found["play"]
    moved = [one for journal in journals for one in journal.moved(manifest)]
    if moved:
        yield f"THE HUB'S WORD: it holds that the clocks were fast, and put earlier: {', '.join(moved)}."
    for least, count in (
        ("places on the map: by counts, court lists, paper, or from before that time", play["word"]),
        ("places on the map that were taken back since", play["back"]),
        ("passages that the map does not show", play["unplayed"]),
    ):
        if count:
            yield f"THE HUB'S WORD: {count} {least}."
    held = {(one["terminal"], one["journal"]): one["held"] for one in manifest["journals"]}
    open_ends = [end for one in journals if (end := one.open_end(manifest, held[one.terminal, one.journal]))]
    if open_ends:
        yield f"THE HUB'S WORD: that nothing of that time followed {', '.join(open_ends)}."
    silent = sorted(set(found["terminals"]) - {journal.terminal for journal in journals})
    if silent:
        yield f"THE HUB'S WORD: that nothing of that time was written by {', '.join(silent)}."
    yield (
        "THE HUB'S WORD: that there was no other terminal and no other journal; names, the map itself and the program "
        "of replay.html, where people were at the beginning; alarms, orders, counts, and who was in custody."
    )


def shown(events: Iterable[dict[str, Any]]) -> Iterator[str]:
    for event in events:
        where = f"{event.get('from_zone', '')} -> {event.get('to_zone', '')}" if "to_zone" in event else ""
        words = [event["at"], event["kind"], event.get("terminal") or "", event.get("person") or "", where]
        yield "  ".join(
            [*words, str(event.get("decision") or event.get("what") or ""), str(event.get("rule") or "")]
        )


def main(arguments: list[str] | None = None) -> int:
    if sys.version_info < OLDEST:
        sys.stderr.write("This needs Python 3.11 or newer; nothing was verified.\n")
        return 2
    parser = argparse.ArgumentParser(description="Verify a bundle of an hour.")
    parser.add_argument("bundle")
    parser.add_argument("--hub", default="", metavar="KEY")
    parser.add_argument("--terminal", action="append", default=[], metavar="NAME=KEY")
    parser.add_argument("--show", action="store_true")
    args = parser.parse_args(arguments)
    known = dict(one.partition("=")[::2] for one in args.terminal)
    try:
        found = verify(args.bundle, args.hub, known)
        lines = list(proven(found, bool(args.hub))) + (list(shown(found["events"])) if args.show else [])
    except FaultError as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    except (OSError, zipfile.BadZipFile, NotImplementedError) as error:
        cut = isinstance(error, zipfile.BadZipFile)
        why = "it is no ZIP, or was cut short on its way" if cut else type(error).__name__
        sys.stderr.write(f"{args.bundle} cannot be read as a bundle: {why}. Nothing was verified.\n")
        return 2
    except UNREADABLE as error:
        sys.stderr.write(f"A file of the bundle is not of the agreed form: {type(error).__name__}.\n")
        return 1
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
