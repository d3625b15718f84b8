"""`pims-matching`: measure the engine on folders of prints, compare two images."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.errors import ImageError, MatchingError
from matching.prints import FolderError, Impression, dpi_of, find_impressions
from matching.template import Template


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when done, 2 when something about the request must change first (said in a sentence on stderr)."""
    chosen = _parser().parse_args(arguments)
    try:
        status: int = chosen.run(chosen)
    except (MatchingError, OSError) as fault:
        print(f"pims-matching: {fault}", file=sys.stderr)
        return 2
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pims-matching", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    evaluate = commands.add_parser("evaluate", help="error rates on folders of prints, FVC protocol")
    evaluate.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    evaluate.add_argument("--report", type=Path, metavar="FILE", help="write the figures there as JSON")
    evaluate.add_argument(
        "--dpi", type=float, help="instead of what sets.json says; 500 where it says nothing"
    )
    evaluate.set_defaults(run=_evaluate)
    compare = commands.add_parser("compare", help="score of two images")
    compare.add_argument("images", nargs=2, type=Path, metavar="IMAGE")
    compare.add_argument("--dpi", type=float, default=500.0)
    compare.set_defaults(run=_compare)
    return parser


def _evaluate(chosen: argparse.Namespace) -> int:
    import matching
    from matching.evaluation import evaluate_set, report

    sets = {folder.resolve().name: find_impressions(folder) for folder in chosen.folders}
    if len(sets) < len(chosen.folders):
        raise FolderError(
            "Two of the folders have the same name: rename one, so that the report can tell them apart."
        )
    for folder in chosen.folders:
        _check_pairs(folder, [impression.finger for impression in sets[folder.resolve().name]])
    matching.warm_up()
    results = {}
    for folder in chosen.folders:
        name, dpi = folder.resolve().name, dpi_of(folder, chosen.dpi)
        results[name] = evaluate_set(
            sets[name],
            extract=partial(_extract_file, dpi=dpi),
            follow=partial(_followed, name=name),
        )
    figures = report(results)
    _print_figures(figures)
    if chosen.report:
        chosen.report.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


def _extract_file(impression: Impression, dpi: float) -> Template:
    import matching

    return matching.extract(read_image(impression.path), dpi)


def _check_pairs(folder: Path, fingers: list[str]) -> None:
    if len(set(fingers)) < 2 or len(set(fingers)) == len(fingers):
        raise FolderError(f"{folder} needs at least two fingers, and two impressions of one of them.")


def _compare(chosen: argparse.Namespace) -> int:
    import matching
    from matching.comparison import compare
    from matching.comparison.calibration import CEILING, SUPPORTED

    score = compare(*(matching.extract(read_image(path), chosen.dpi) for path in chosen.images))
    words = f"one pair of different fingers in {10**score:,.0f} scores as high"
    if score < 1:
        words = "nothing speaks for the same finger"
    elif score >= CEILING:
        words = f"the highest score: at most {words}"
    if score > SUPPORTED:
        words += " (extrapolated)"
    print(f"{score:.2f}  {words}")
    return 0


def read_image(path: Path) -> NDArray[np.uint8]:
    """Grey levels of an image file [height, width]; raises ImageError when it is none."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            return np.array(image.convert("L"))
    except FileNotFoundError:
        raise ImageError(f"There is no image at {path}.") from None
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as fault:
        raise ImageError(f"{path} cannot be read as an image: give a PNG, TIFF, BMP or JPEG file.") from fault


def _followed(items: Iterable[Any], what: str, count: int, name: str) -> Iterator[Any]:
    """The items, with how far they are on stderr when someone is looking."""
    shown = -1
    for place, item in enumerate(items):
        yield item
        done = 100 * (place + 1) // max(1, count)
        if done != shown and sys.stderr.isatty():
            bar = "#" * (done // 5)
            print(f"\r{name}: {what:<12} [{bar:<20}] {done:3d} %", end="", file=sys.stderr, flush=True)
            shown = done
    if sys.stderr.isatty():
        print(file=sys.stderr)


def _print_figures(figures: dict[str, Any]) -> None:
    head = (
        "genuine",
        "impostor",
        "eer",
        "fmr100",
        "fmr1000",
        "zerofmr",
        "extract_ms",
        "compare_us",
        "refused",
    )
    print(f"{'error rates in per cent':<24}" + "".join(f"{name:>11}" for name in head))
    for name, row in figures["sets"].items():
        print(f"{name:<24}" + "".join(f"{row[key]:>11.5g}" for key in head))
    print(f"mean EER {figures['mean_eer']:.3f} %, pooled EER {figures['pooled_eer']:.3f} %")


if __name__ == "__main__":
    raise SystemExit(main())
