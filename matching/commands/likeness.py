"""`pims-matching likeness`: do synthetic prints compare as real ones do?"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import matching
from matching.commands.extracting import PrintSet, check_usable, extract_all, print_set
from matching.commands.images import check_writable, write_text
from matching.commands.options import OptionError, add_dpi, add_extractor, add_jobs, ready_extractor
from matching.commands.progress import Progress
from matching.extraction import Extractor
from matching.prints import FolderError, check_pairs
from matching.template import Template

ABOUT: Final = """\
Compare synthetic prints among themselves, real ones among themselves, and show the scores of both side by side: for
prints grown and looked at as images, for templates drawn without images, and for each folder of real prints. What is
shown is the raw score, before it is calibrated. It says how true to life the synthesis is; the accuracy of the engine
is for `evaluate` on real prints alone.

Images are named <finger>_<impression>.png (or tif, tiff, bmp, jpg, jpeg).
"""
TOUCHES: Final = 3
DRAWN_EACH: Final = 4
"""Fingers drawn for each one that is grown: they cost so much less."""


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "likeness",
        help="scores of synthetic prints beside those of real ones",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folders", nargs="*", type=Path, metavar="DIR", help="real prints of one sensor")
    parser.add_argument(
        "--fingers",
        type=int,
        default=40,
        metavar="N",
        help="synthetic fingers to grow, 2 to 500 (default 40)",
    )
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="draw the scores there, as HTML")
    parser.add_argument("--json", action="store_true", help="answer as JSON")
    add_dpi(parser)
    add_extractor(parser)
    add_jobs(parser)
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> str:
    """A table of percentiles, or JSON; draws the page."""
    from matching.drawing.likeness import likeness_page, likeness_table
    from matching.synthesis.likeness import drawn, likeness

    if not 2 <= chosen.fingers <= 500:
        raise OptionError(f"--fingers must be from 2 to 500, not {chosen.fingers}.")
    check_writable(chosen.output)
    sets = [print_set(folder, chosen.dpi) for folder in chosen.folders]
    for prints in sets:
        check_pairs(prints.name, [impression.finger for impression in prints.impressions])
    extractor = ready_extractor(chosen.extractor)
    progress = Progress(sys.stderr)
    kinds = {
        "synthetic, grown": list(
            progress.follow(_grown(chosen.fingers, extractor), "growing", chosen.fingers)
        )
    }
    count = DRAWN_EACH * chosen.fingers
    kinds["synthetic, drawn"] = list(progress.follow(drawn(count, TOUCHES), "drawing", count))
    kinds |= {prints.name: _real(prints, chosen.jobs, extractor, progress) for prints in sets}
    found = {name: likeness(fingers) for name, fingers in kinds.items()}
    if chosen.output:
        write_text(likeness_page(found), chosen.output)
    if chosen.json:
        return json.dumps({name: each.as_dict() for name, each in found.items()}, indent=1)
    return likeness_table(found)


def _grown(count: int, extractor: Extractor) -> Iterator[list[Template]]:
    from matching.synthesis import make_finger

    for seed in range(count):
        finger = make_finger(seed)
        touches = [finger.impression(touch, grey_levels=16) for touch in range(TOUCHES)]
        yield [matching.extract(touch, extractor=extractor) for touch in touches]


def _real(prints: PrintSet, jobs: int, extractor: Extractor, progress: Progress) -> list[list[Template]]:
    taken, _ = extract_all(prints, extractor, jobs, progress)
    check_usable(prints, taken)
    fingers: dict[str, list[Template]] = {}
    for each in taken:
        if each.template is not None:
            fingers.setdefault(each.finger, []).append(each.template)
    if len(fingers) < 2 or all(len(touches) < 2 for touches in fingers.values()):
        raise FolderError(
            f"Of {prints.folder} too few images can be used: it takes two fingers, and one of them twice."
        )
    return list(fingers.values())
