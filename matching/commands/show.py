"""`pims-matching show`: what the engine sees in an image."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any, Final

import matching
from matching.commands.images import OutputError, check_writable, read_image, write_image
from matching.commands.options import add_dpi, add_extractor, dpi_for, make_extractor
from matching.images import GreyImage, at_500_dpi
from matching.template import BIFURCATION, ENDING, Template

OK: Final = matching.Advice.OK.value
ABOUT: Final = """\
Quality of an image, what would make the next one better, and how many minutiae it has; with -o also a picture of every
stage from the image to its minutiae.
"""


ENOUGH: Final = 40
"""Quality from which a print is not asked to be better: few pairs of such prints are missed."""


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "show",
        help="quality, minutiae and every stage of the extraction of one image",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("image", type=Path, metavar="IMAGE", help="PNG, TIFF, BMP or JPEG of one finger")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="draw the stages there (.png, .jpg, .tif)"
    )
    parser.add_argument("--json", action="store_true", help="answer as JSON")
    add_dpi(parser)
    add_extractor(parser)
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> str:
    """The facts in words, or as JSON; draws the picture."""
    check_output(chosen.output, [chosen.image])
    image, dpi = read_image(chosen.image), dpi_for(chosen.image, chosen.dpi)
    extractor = make_extractor(chosen.extractor)
    extractor.warm_up()
    started = time.perf_counter()
    template = matching.extract(image, dpi, extractor)
    extract_ms = round(1e3 * (time.perf_counter() - started), 1)
    facts = print_facts(image, dpi, template) | {"extractor": extractor.name, "extract_ms": extract_ms}
    if chosen.output:
        from matching.drawing.stages import stage_sheet

        scaled = at_500_dpi(image, dpi)
        lines = [chosen.image.name, *_words(facts)]
        write_image(stage_sheet(scaled, extractor.trace(scaled), lines), chosen.output)
    if chosen.json:
        return json.dumps(facts, indent=1)
    return "\n".join([f"{chosen.image}", *(f"  {line}" for line in _words(facts))])


def check_output(output: Path | None, inputs: list[Path]) -> None:
    """Raises OutputError when the picture has no place, or would take the place of an image it is made of."""
    check_writable(output)
    if output is not None and any(output.absolute() == each.absolute() for each in inputs):
        raise OutputError(f"{output} is the image itself: name another file for the picture.")


def print_facts(image: GreyImage, dpi: float, template: Template) -> dict[str, Any]:
    """Size, quality, what would make a better image, and minutiae."""
    quality = matching.assess(image, dpi, template=template)
    return {
        "width": image.shape[1],
        "height": image.shape[0],
        "dpi": dpi,
        "quality": quality.score,
        "advice": quality.advice.value,
        "hint": quality.hint.value,
        "ridge_area_mm2": quality.ridge_area_mm2,
        "minutiae": len(template),
        "endings": int((template.kind == ENDING).sum()),
        "bifurcations": int((template.kind == BIFURCATION).sum()),
        "mean_minutia_quality": round(float(template.quality.mean()), 1) if len(template) else None,
    }


def quality_words(facts: dict[str, Any]) -> str:
    words = f"quality {facts['quality']} of 100: {facts['advice']}"
    if facts["quality"] < ENOUGH and facts["advice"] == OK and facts["hint"] != OK:
        words += f", and could be better: {facts['hint']}"
    return words


def _words(facts: dict[str, Any]) -> list[str]:
    sure = (
        ""
        if facts["mean_minutia_quality"] is None
        else f", of mean quality {facts['mean_minutia_quality']:g}"
    )
    size = f"{facts['width']}x{facts['height']} pixels at {facts['dpi']:g} dpi"
    return [
        f"{size}, {facts['ridge_area_mm2']:g} square mm of ridges",
        quality_words(facts),
        f"{facts['minutiae']} minutiae ({facts['endings']} endings, {facts['bifurcations']} bifurcations){sure};"
        f" found by {facts['extractor']} in {facts['extract_ms']:g} ms",
    ]
