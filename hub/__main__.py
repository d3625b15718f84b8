"""`pims-hub`: every command of the hub."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from hub.errors import HubError

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.exc import DatabaseError, InterfaceError
    from sqlalchemy.orm import Session

    from hub.cli import Subparsers
    from hub.database import Sessions
    from wire.provisioning import CheckpointSettings

REFUSED = 2
"""Exit status when a command was not carried out for a reason that somebody can mend."""

HOMES: Final = {
    "hub.bootstrap": ["init"],
    "hub.accounts.commands": ["accounts"],
    "hub.custody.search.commands": ["search"],
    "hub.movements.commands": ["site", "posts"],
    "hub.movements.orders.commands": ["orders"],
    "hub.terminals.commands": ["broker", "terminals"],
    "hub.headcount.commands": ["running-count"],
    "hub.reception.commands": ["enrol"],
    "hub.reception.register.commands": ["import"],
    "hub.reception.seed.commands": ["seed"],
    "hub.ingest.commands": ["ingest", "export", "open-export"],
    "hub.ingest.bundles.commands": ["replay"],
    "hub.ingest.position_commands": ["positions"],
    "hub.keeping.backup.commands": ["recovery-key", "backup", "restore", "verify"],
    "hub.keeping.oversight.commands": ["audit"],
    "hub.keeping.retention_commands": ["retention"],
    "hub.docket.commands": ["docket"],
    "hub.sharing.commands": ["sharing"],
    "hub.website.agency_commands": ["agencies", "partner"],
    "hub.statistics.commands": ["statistics"],
    "hub.statistics.review.commands": ["review"],
    "hub.sharing.outbox.commands": ["exchange"],
    "hub.sharing.partners.commands": ["certifier"],
    "hub.website.commands": ["web"],
}
"""Where the commands live: only the module of the one that was given is loaded, for all together take seconds."""

_SITES: Final = "hub.movements.actions"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status. What somebody can mend is said as a sentence, without a traceback."""
    # Whatever a command makes is for its own user, whoever made the folder it goes into and however open that is.
    os.umask(0o077)
    given = sys.argv[1:] if arguments is None else arguments
    with _nothing_thrown_away():
        from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, InterfaceError

        parser = parser_for(given)
    args = parser.parse_args(given)
    try:
        status: int = args.run(args)
    except HubError as error:
        print(error.sentence, file=sys.stderr)
        return REFUSED
    except (DataError, IntegrityError):
        raise  # a fault of ours: no state of the database excuses it
    except (DatabaseError, InterfaceError) as error:
        print(_about_database(error, args), file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone; there is nobody left to tell.
        sys.stderr.close()
        return 1
    return status


def _about_database(error: DatabaseError | InterfaceError, args: argparse.Namespace) -> str:
    # Further lines of PostgreSQL's can quote values.
    cause = str(error.orig).strip().partition("\n")[0]
    return (
        f"The database of {args.data} cannot be used: {cause}. "
        f"Look whether it is up and whole; one that was never made or is older: pims-hub init --data {args.data}"
    )


@contextmanager
def _nothing_thrown_away() -> Iterator[None]:
    """Modules come to stay: looking among them for unused objects takes a fifth of the time of a start."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def parser_for(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """The parser that these arguments need: of every command unless they begin with the name of one."""
    parser = argparse.ArgumentParser(prog="pims-hub", description="The hub: master roll, movements, pages.")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    named = [home for home, commands in HOMES.items() if arguments and arguments[0] in commands]
    for home in named or HOMES:
        _declare(home, subparsers, "".join(arguments[:1]))
    return parser


def _declare(home: str, subparsers: Subparsers, command: str) -> None:
    module = import_module(home)
    if "terminals" in HOMES[home] and command != "broker":
        import_module(
            _SITES
        )  # not later, when others wait for the transaction that a checkpoint is looked up in
    match home:
        case "hub.terminals.commands":
            module.register(subparsers, _find_checkpoint)
        case "hub.ingest.commands":
            module.register(subparsers, _load_tables)
        case "hub.reception.seed.commands":
            module.register(subparsers, _work_the_docket)
        case "hub.sharing.outbox.commands":
            module.register(subparsers, _take_rows, _duties)
        case _:
            module.register(subparsers)


def _find_checkpoint(session: Session, code: str) -> CheckpointSettings:
    found: CheckpointSettings = import_module(_SITES).find_checkpoint(session, code)
    return found


def _load_tables() -> None:
    import_module("hub.website.app")  # whose pages are about all of them


def _take_rows() -> Any:
    return import_module("hub.website.drop_door").receive_row


def _duties() -> Any:
    return import_module("hub.website.exchange_duties").duties


def _work_the_docket(sessions: Sessions, at: datetime) -> None:
    from hub.docket.invented import work

    work(sessions, at)


if __name__ == "__main__":
    sys.exit(main())
