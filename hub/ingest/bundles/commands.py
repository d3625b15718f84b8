"""`pims-hub replay ...`: a bundle made and verified at the hub itself, and the key that courts verify bundles by."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from hub import settings
from hub.accounts.audit import OPERATOR
from hub.cli import add_command, say
from hub.errors import HubError
from hub.settings import Settings, sync_folder

if TYPE_CHECKING:
    from hub.cli import Subparsers


def register(subparsers: Subparsers) -> None:
    """Declare `replay bundle`, `verify` and `key`."""
    parser = subparsers.add_parser("replay", help="hours as bundles that a court can verify")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    bundle = add_command(verbs, "bundle", _bundle, "Make and sign the bundle of a time, without the pages.")
    bundle.add_argument(
        "--from", dest="from_at", required=True, metavar="TIME", help="such as 2026-11-22T14:00"
    )
    bundle.add_argument("--to", dest="to_at", required=True, metavar="TIME", help="24 hours later at most")
    bundle.add_argument("--for", dest="recipient", required=True, metavar="WHOM", help="the court or body")
    bundle.add_argument("--reason", required=True, metavar="WHY", help="a sentence; it is written down")
    bundle.add_argument("out", type=Path, metavar="OUT")
    verify = verbs.add_parser(
        "verify", help="verify a bundle as a court does", description="Verify a bundle."
    )
    verify.add_argument("bundle", type=Path, metavar="BUNDLE")
    verify.add_argument("--hub", default="", metavar="KEY", help="the hub's public key in hex")
    verify.set_defaults(run=_verify)
    add_command(verbs, "key", _key, "Print the public key that bundles of this hub are verified by.")


def _bundle(args: argparse.Namespace) -> int:
    from hub.control_room.replay import bundles
    from hub.database import make_engine, make_sessions, session_scope
    from hub.ingest.bundles.making import write_bundle
    from hub.terminals.key_files import read_signing_key

    found, now = settings.load(args.data), datetime.now(UTC)
    wish = bundles.Wish(_time(args.from_at), _time(args.to_at), args.recipient, args.reason)
    key = read_signing_key(found.keys)
    engine = make_engine(found.database)
    try:
        sessions = make_sessions(engine)
        with session_scope(sessions) as session:
            row = bundles.ask(session, wish, actor=OPERATOR, at=now, handed_out=True)
        with session_scope(sessions, writes=False) as session, _new_file(args.out) as out:
            entries = write_bundle(session, row, out, key, now)
    finally:
        engine.dispose()
    say(f"Wrote {args.out} with {entries} entries of terminals. Anybody verifies it with the program inside:")
    say(f"python -I verifier.py {args.out.name} --hub {_hex(found)}")
    return 0


def _verify(args: argparse.Namespace) -> int:
    from hub.ingest.bundles import verifier

    return verifier.main([str(args.bundle), *(["--hub", args.hub] if args.hub else [])])


def _key(args: argparse.Namespace) -> int:
    say(_hex(settings.load(args.data)))
    return 0


def _hex(found: Settings) -> str:
    from hub.terminals.key_files import read_signing_key

    return read_signing_key(found.keys).public_key().public_bytes_raw().hex()


def _time(text: str) -> datetime:
    """A time at the site, or with an offset of its own."""
    from hub.web.formats import SITE_ZONE

    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise HubError("time", f"{text} is no time. Write it as 2026-11-22T14:00.") from None
    return (found if found.tzinfo is not None else found.replace(tzinfo=SITE_ZONE)).astimezone(UTC)


@contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    """The file whole under its name at the end, or not at all."""
    fresh = path.with_name(path.name + ".new")
    try:
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise HubError("bundle", f"{path} cannot be written: {error.strerror}. Name another file.") from error
    finally:
        fresh.unlink(missing_ok=True)
