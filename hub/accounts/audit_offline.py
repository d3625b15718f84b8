"""Verifies an export of the trail without a hub. This one file, Python and `cryptography` are all it needs:

    python audit_offline.py trail.jsonl [--hub KEY]

KEY is the hub's public key in hex, as the hub's papers give it; without it the key named in the export is taken on
trust. It says the first fault and ends with status 1, or says that the trail is whole.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class FaultError(Exception):
    """The export is not what the hub wrote; the text says what and where."""


def _preimage(*parts: str | bytes | int) -> bytes:
    out = bytearray(b"pims")
    for part in parts:
        raw = part if isinstance(part, bytes) else str(part).encode()
        out += len(raw).to_bytes(4, "big") + raw
    return bytes(out)


def verify(rows: Iterable[str], hub: str = "") -> int:
    """How many lines the export holds; FaultError at the first thing that does not fit. `hub` is the key in hex."""
    found = iter(rows)
    head = _read(next(found, ""), 1)
    if head.get("pims") != "audit trail" or head.get("form") != 1:
        raise FaultError("This is no export of an audit trail that this program reads.")
    if hub and head["hub"] != hub.lower():
        raise FaultError("The export names another hub's key than the one given.")
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(head["hub"]))
    position, sealed = 0, 0
    link = hashlib.sha256(_preimage("audit trail")).digest()
    for number, raw in enumerate(found, 2):
        row = _read(raw, number)
        if "line" in row:
            position, link = position + 1, _follow(link, position + 1, row)
        elif "seal" in row:
            _check(
                key, row, _preimage("audit seal", position, link, row["sealed_at"]), row["seal"] == position
            )
            sealed = position
        elif "end" in row:
            _end(key, row, position, link, sealed, head["exported_at"])
            if next(found, ""):
                raise FaultError(f"There is more after the end, from row {number + 1} on.")
            return position
    raise FaultError(f"The export was cut off after line {position}: its end is missing.")


def _read(raw: str, number: int) -> dict[str, Any]:
    try:
        row = json.loads(raw)
    except json.JSONDecodeError:
        raise FaultError(f"Row {number} is not JSON.") from None
    if not isinstance(row, dict):
        raise FaultError(f"Row {number} is not an object.")
    return row


def _follow(before: bytes, position: int, row: dict[str, Any]) -> bytes:
    if row["line"] != position:
        raise FaultError(
            f"Line {position} is missing or out of order: line {row['line']} stands in its place."
        )
    fields = [row[name] for name in ("at", "actor", "role", "address", "act", "subject", "detail", "why")]
    link = hashlib.sha256(_preimage("audit line", before, position, row["id"], *fields)).digest()
    if link.hex() != row["link"]:
        raise FaultError(f"Line {position} was changed.")
    return link


def _end(
    key: Ed25519PublicKey, row: dict[str, Any], position: int, link: bytes, sealed: int, exported_at: str
) -> None:
    if row["end"] != position or row["link"] != link.hex():
        raise FaultError(f"The export holds {position} lines, its end says {row['end']}.")
    if sealed != position:
        raise FaultError(f"Lines {sealed + 1} to {position} are without a seal.")
    _check(key, row, _preimage("audit export", position, link, exported_at), True)


def _check(key: Ed25519PublicKey, row: dict[str, Any], covered: bytes, in_place: bool) -> None:
    name = f"seal of line {row['seal']}" if "seal" in row else "end"
    if not in_place:
        raise FaultError(f"The {name} stands in another place.")
    try:
        key.verify(bytes.fromhex(row["signature"]), covered)
    except (InvalidSignature, ValueError):
        raise FaultError(f"The {name} is not signed by the hub.") from None


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Verify an export of an audit trail.")
    parser.add_argument("export", type=Path)
    parser.add_argument("--hub", default="", metavar="KEY")
    args = parser.parse_args(arguments)
    try:
        with args.export.open(encoding="utf-8") as rows:
            lines = verify(rows, args.hub)
    except FaultError as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    except (OSError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        sys.stderr.write(f"{args.export} cannot be read as an export: {type(error).__name__}.\n")
        return 1
    sys.stdout.write(f"The trail is whole: {lines} lines, every one in its place.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
