"""`pims-matching compare`: are these two images of one finger, and how sure is that?"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import matching
from matching.commands.images import read_image, write_image
from matching.commands.options import add_dpi, add_extractor, dpi_for, make_extractor
from matching.commands.show import check_output, print_facts, quality_words
from matching.extraction import Extractor
from matching.images import GreyImage, at_500_dpi
from matching.template import Template

ABOUT: Final = """\
Score of two images and what it means. The score is the negative power of ten of the chance that two different fingers
reach it: 4.0 is what one such pair in 10,000 reaches. With -o also a picture of the minutiae that were taken for the
same.
"""


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "compare",
        help="score of two images, and what it means",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "images", nargs=2, type=Path, metavar="IMAGE", help="PNG, TIFF, BMP or JPEG of one finger"
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="draw the pairs there (.png, .jpg, .tif)"
    )
    parser.add_argument("--json", action="store_true", help="answer as JSON")
    add_dpi(parser)
    add_extractor(parser)
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> str:
    """The answer in words, or as JSON; draws the picture."""
    from matching.comparison import compare
    from matching.comparison.confidence import confidence
    from matching.comparison.explanation import explain
    from matching.drawing.words import meaning

    check_output(chosen.output, chosen.images)
    extractor = make_extractor(chosen.extractor)
    prints = [_taken(path, chosen.dpi, extractor) for path in chosen.images]
    templates = [template for _, template, _ in prints]
    score, found = compare(*templates), explain(*templates)
    words = [*meaning(score), _agreeing(len(found.pairs))]
    if chosen.output:
        _draw(prints, found, words, chosen.output)
    facts = {
        "score": round(score, 3),
        "false_match_rate": float(f"{10**-score:.3g}"),
        "confidence": asdict(confidence(score)),
        "meaning": meaning(score),
        "paired_minutiae": len(found.pairs),
        "extractor": extractor.name,
        "images": [facts for _, _, facts in prints],
    }
    if chosen.json:
        return json.dumps(facts, indent=1)
    return "\n".join([*words, *_qualities(chosen, prints)])


def _agreeing(pairs: int) -> str:
    if pairs < 2:
        return "No pairs of minutiae agree with each other by themselves."
    return f"{pairs} pairs of minutiae agree with each other."


def _taken(path: Path, dpi: float | None, extractor: Extractor) -> tuple[GreyImage, Template, dict[str, Any]]:
    """The image at 500 dpi, its template, and what is to be said of both."""
    image, resolution = read_image(path), dpi_for(path, dpi)
    template: Template = matching.extract(image, resolution, extractor)
    facts = {"file": path.name, **print_facts(image, resolution, template)}
    return at_500_dpi(image, resolution), template, facts


def _draw(
    prints: list[tuple[GreyImage, Template, dict[str, Any]]], found: Any, words: list[str], output: Path
) -> None:
    from matching.drawing.pairs import Print, pairs_picture

    shown = [
        Print(image, template, (f"{facts['file']}: {facts['minutiae']} minutiae", quality_words(facts)))
        for image, template, facts in prints
    ]
    write_image(pairs_picture(shown[0], shown[1], found.pairs, found.values, words), output)


def _qualities(
    chosen: argparse.Namespace, prints: list[tuple[GreyImage, Template, dict[str, Any]]]
) -> list[str]:
    return [
        f"{path}: {quality_words(facts)}; {facts['minutiae']} minutiae"
        for path, (_, _, facts) in zip(chosen.images, prints, strict=True)
    ]
