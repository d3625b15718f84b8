"""`pims-matching compare`: are these two images of one finger, and how sure is that?"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import matching
from matching.commands.images import read_image
from matching.commands.options import add_dpi, add_extractor, dpi_for, make_extractor
from matching.template import Template


def add(commands: Any) -> None:
    parser = commands.add_parser("compare", help="score of two images, and what it means")
    parser.add_argument("images", nargs=2, type=Path, metavar="IMAGE")
    parser.add_argument("--json", action="store_true", help="answer as JSON")
    add_dpi(parser)
    add_extractor(parser)
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> str:
    from matching.comparison import compare

    extractor = make_extractor(chosen.extractor)
    templates: list[Template] = [
        matching.extract(read_image(path), dpi_for(path, chosen.dpi), extractor) for path in chosen.images
    ]
    score = compare(*templates)
    if chosen.json:
        return json.dumps({"score": round(score, 3)}, indent=1)
    return f"{score:.2f}  {meaning(score)}"


def meaning(score: float) -> str:
    """The score in words."""
    from matching.comparison.calibration import CEILING, SUPPORTED

    words = f"one pair of different fingers in {10**score:,.0f} scores as high"
    if score < 1:
        words = "nothing speaks for the same finger"
    elif score >= CEILING:
        words = f"the highest score: at most {words}"
    if score > SUPPORTED:
        words += " (extrapolated)"
    return words
