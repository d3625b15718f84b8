"""What the hub's commands share: how one is declared and how it speaks."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

Command = Callable[[argparse.Namespace], int]

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]


def add_command(subparsers: Subparsers, name: str, run: Command, summary: str) -> argparse.ArgumentParser:
    """Declare `pims-hub NAME --data H`; `run` gets the arguments (`args.data` is a Path) and gives the status."""
    parser = subparsers.add_parser(name, help=summary, description=summary)
    parser.add_argument("--data", type=Path, required=True, metavar="H", help="the hub's data directory")
    parser.set_defaults(run=run)
    return parser


def say(line: str) -> None:
    """One line on standard output, at once: other programs wait for some of these lines."""
    print(line, flush=True)
