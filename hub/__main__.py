"""`pims-hub`: every command of the hub."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, InterfaceError

import hub.accounts.commands
import hub.custody.search.commands
import hub.docket.commands
import hub.ingest.commands
import hub.keeping.backup.commands
import hub.keeping.oversight.commands
import hub.keeping.retention_commands
import hub.movements.commands
import hub.movements.orders.commands
import hub.reception.commands
import hub.reception.register.commands
import hub.reception.seed.commands
import hub.terminals.commands
import hub.website.commands
from hub import bootstrap
from hub.docket.invented import work as work_the_docket
from hub.errors import HubError
from hub.movements.actions import find_checkpoint

REFUSED = 2
"""Exit status when a command was not carried out for a reason that somebody can mend."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status. What somebody can mend is said as a sentence, without a traceback."""
    # Whatever a command makes is for its own user, whoever made the folder it goes into and however open that is.
    os.umask(0o077)
    args = _parser().parse_args(arguments)
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pims-hub", description="The hub: master roll, movements, pages.")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    bootstrap.register(subparsers)
    hub.accounts.commands.register(subparsers)
    hub.custody.search.commands.register(subparsers)
    hub.movements.commands.register(subparsers)
    hub.movements.orders.commands.register(subparsers)
    hub.terminals.commands.register(subparsers, find_checkpoint)
    hub.reception.commands.register(subparsers)
    hub.reception.register.commands.register(subparsers)
    hub.reception.seed.commands.register(subparsers, work_the_docket)
    hub.ingest.commands.register(subparsers)
    hub.keeping.backup.commands.register(subparsers)
    hub.keeping.oversight.commands.register(subparsers)
    hub.keeping.retention_commands.register(subparsers)
    hub.docket.commands.register(subparsers)
    hub.website.commands.register(subparsers)
    return parser


if __name__ == "__main__":
    sys.exit(main())
