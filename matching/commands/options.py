"""What several commands let the caller choose."""

from __future__ import annotations

import argparse
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import matching
from matching.errors import MatchingError
from matching.extraction import Extractor
from matching.extraction.leader import LeaderExtractor
from matching.images import MAX_DPI, MIN_DPI
from matching.prints import dpi_of

EXTRACTORS: Final = ("leader", "classical")


class OptionError(MatchingError):
    """Something about the request must change first."""


def add_dpi(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--dpi",
        type=dpi,
        metavar="N",
        help=f"resolution of the images, {MIN_DPI} to {MAX_DPI}; without it what sets.json in their folder or its"
        " parent says, and 500 where it says nothing",
    )


def add_extractor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--extractor",
        choices=EXTRACTORS,
        help="how minutiae are found: leader, a network (used where onnxruntime is installed), or classical",
    )


def add_jobs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--jobs",
        type=count,
        default=1,
        metavar="N",
        help="images worked on at a time (default 1; with more, the time of one extraction grows)",
    )


def make_extractor(name: str | None) -> Extractor:
    """The extractor of this name, the engine's own choice without one; OptionError where it cannot work here."""
    if name is None:
        return matching.default_extractor()
    if name == matching.ClassicalExtractor.name:
        return matching.ClassicalExtractor()
    if find_spec("onnxruntime") is None:
        raise OptionError("onnxruntime is not installed: install it, or use --extractor classical.")
    return LeaderExtractor()


def ready_extractor(name: str | None) -> Extractor:
    """`make_extractor`, with models and kernels loaded: nothing that is timed afterwards waits for them."""
    extractor = make_extractor(name)
    matching.warm_up()
    extractor.warm_up()
    return extractor


def dpi_for(image: Path, given: float | None) -> float:
    """Resolution of one image: as for the folder it lies in."""
    return dpi_of(image.absolute().parent, given)


def dpi(text: str) -> float:
    value = _number(text)
    if not MIN_DPI <= value <= MAX_DPI:
        raise argparse.ArgumentTypeError(f"give a resolution from {MIN_DPI} to {MAX_DPI} dpi, not {text}")
    return value


def rate(text: str) -> float:
    value = _number(text)
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"give a rate above 0 and below 1, such as 1e-5, not {text}")
    return value


def count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 256:
        raise argparse.ArgumentTypeError(f"give a whole number from 1 to 256, not {text}")
    return int(text)


def counts(text: str) -> frozenset[int]:
    """Numbers with commas between them."""
    try:
        numbers = frozenset(int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"give impression numbers with commas between them, such as 1,2, not {text}"
        ) from None
    return numbers


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"give a number, not {text}") from None
