"""`pims-matching`: measure the fingerprint engine on folders of prints, search them, look at an image, compare two."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Final

from matching.commands import compare, evaluate, identify, likeness, show
from matching.commands.machine import package_version
from matching.errors import MatchingError

ABOUT: Final = """\
Compare fingerprint images, see what the engine sees in them, and measure how well it does on prints of your own.
`pims-matching COMMAND --help` explains a command.
"""
EXAMPLES: Final = """\
examples:
  pims-matching compare one.png other.png -o pairs.png
  pims-matching show one.png -o stages.png
  pims-matching identify --gallery enrolled --probes scans --fmr 1e-5
  pims-matching evaluate sets/* --report out.json --html out.html

The exit status is 0 when done, and 2 when something about the request must change first: stderr says what.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when done, 2 when something about the request must change first, 130 when stopped.

    The answer goes to stdout; how far the work is, and what is wrong, in a sentence, to stderr.
    """
    chosen = _parser().parse_args(arguments)
    try:
        print(chosen.run(chosen))
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except MatchingError as fault:
        print(f"pims-matching: {fault}", file=sys.stderr)
        return 2
    except OSError as fault:
        print(f"pims-matching: {fault.filename or 'the system'}: {fault.strerror or fault}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("pims-matching: stopped before it was done; nothing was written.", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pims-matching",
        description=ABOUT,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"%(prog)s {package_version()}",
        help="say which release this is",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in (compare, show, identify, evaluate, likeness):
        command.add(commands)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
