"""Where the quality's numbers come from: `python -m matching.fitting.quality DIR...`, a folder for each sensor.

Prints three tables. How well each power of the minutiae's probability foretells rejects on every set, and which is the
best on all other sets. How many genuine comparisons are rejected, by the quality of the weaker image. How many
images the gate refuses: the prints as they are, cut to a half and a third, and at 5, 15 and 30 % of their contrast.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

import matching
from matching.commands.images import read_image
from matching.errors import MatchingError
from matching.evaluation.protocol import SetResult, Taken, compare_all
from matching.images import GreyImage, at_500_dpi
from matching.prints import dpi_of, find_impressions, name_of
from matching.quality import assess, quality_of
from matching.quality.discard import DiscardCurve, error_versus_discard
from matching.quality.minutiae import certain_minutiae
from matching.template import Template

THRESHOLD: Final = 4.0
"""Genuine comparisons below it are rejects: a false-match rate of one in 10,000."""
POWERS: Final = (1, 2, 3, 4, 6)
DISCARDED: Final = (0.0, 0.05, 0.1, 0.2)
BANDS: Final = (0, 10, 20, 30, 40, 60, 80, 101)
TRACES: Final = (0.05, 0.15, 0.3)
PARTS: Final = (0.5, 1 / 3)
NOISE_GREY: Final = 2.0
"""Standard deviation of the noise over a trace: the sensor's does not fade with it."""


@dataclass(frozen=True)
class Prints:
    """One set: its images at 500 dpi, their templates and all scores."""

    name: str
    images: list[GreyImage]
    templates: list[Template]
    scores: SetResult

    def curve(self, quality: Iterable[float]) -> DiscardCurve:
        return error_versus_discard(list(quality), self.scores.genuine_images, self.scores.genuine, THRESHOLD)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m matching.fitting.quality", description=__doc__.splitlines()[0]
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR", help="prints of one sensor")
    try:
        sets = [_load(folder) for folder in parser.parse_args().folders]
    except MatchingError as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    for line in (*powers(sets), "", *curves(sets), "", *rejects(sets), "", *refusals(sets)):
        sys.stdout.write(f"{line}\n")
    return 0


def _load(folder: Path) -> Prints:
    impressions = find_impressions(folder)
    dpi = dpi_of(folder)
    images = [at_500_dpi(read_image(each.path), dpi) for each in impressions]
    templates = [matching.extract(image) for image in images]
    taken = [Taken(each.finger, made) for each, made in zip(impressions, templates, strict=True)]
    return Prints(name_of(folder), images, templates, compare_all(taken))


def powers(sets: list[Prints]) -> list[str]:
    """The area under each set's curve by the power of the probability; 1 knows nothing, smaller is better."""
    areas = np.array(
        [
            [each.curve(certain_minutiae(t, power) for t in each.templates).area() for power in POWERS]
            for each in sets
        ]
    )
    lines = [f"{'power':20}" + "".join(f"{power:8}" for power in POWERS) + "    best of the other sets"]
    for index, each in enumerate(sets):
        others = np.delete(areas, index, axis=0).sum(axis=0)
        row = "".join(f"{area:8.2f}" for area in areas[index])
        lines.append(f"{each.name:20}{row}{POWERS[int(np.argmin(others))]:8}")
    return [*lines, f"{'mean':20}" + "".join(f"{area:8.2f}" for area in areas.mean(axis=0))]


def curves(sets: list[Prints]) -> list[str]:
    """False non-matches in per cent when this share of the images is discarded."""
    lines = [f"{'discarded':20}" + "".join(f"{share:8.0%}" for share in DISCARDED)]
    for each in sets:
        curve = each.curve(quality_of(template) for template in each.templates)
        lines.append(f"{each.name:20}" + "".join(f"{100 * curve.fnmr_at(share):8.2f}" for share in DISCARDED))
    return lines


def rejects(sets: list[Prints]) -> list[str]:
    """False non-matches of all sets by the quality of the weaker image of a pair."""
    weaker, rejected = [], []
    for each in sets:
        quality = np.array([quality_of(template) for template in each.templates])
        weaker.append(quality[each.scores.genuine_images].min(axis=1))
        rejected.append(each.scores.genuine < THRESHOLD)
    lower, lost = np.concatenate(weaker), np.concatenate(rejected)
    lines = [f"{'quality':12}{'pairs':>8}{'rejected':>10}"]
    for low, high in pairwise(BANDS):
        band = lost[(lower >= low) & (lower < high)]
        if len(band):
            lines.append(f"{low:3} to {high - 1:3}  {len(band):8}{band.mean():10.2%}")
    return lines


def refusals(sets: list[Prints]) -> list[str]:
    """Share of images that `assess` refuses, of each kind."""
    names = [
        "as it is",
        *(f"part {share:.2f}" for share in PARTS),
        *(f"trace {share:.0%}" for share in TRACES),
    ]
    lines = [f"{'refused':20}" + "".join(f"{name:>11}" for name in names)]
    for each in sets:
        kinds = [each.images]
        kinds += [[part(image, share, n) for n, image in enumerate(each.images)] for share in PARTS]
        kinds += [[trace(image, share, n) for n, image in enumerate(each.images)] for share in TRACES]
        row = [np.mean([not assess(image).usable for image in kind]) for kind in kinds]
        lines.append(f"{each.name:20}" + "".join(f"{share:11.1%}" for share in row))
    return lines


def part(image: GreyImage, share: float, number: int) -> GreyImage:
    """The finger moved over an edge of the image (by turns each of the four) until this share of it is left."""
    turned = np.rot90(image, number % 4)
    dark: NDArray[np.float64] = _glass(image) - turned.mean(axis=0)
    reached = np.cumsum(np.clip(dark - np.percentile(dark, 5), 0, None))
    gone = int(np.searchsorted(reached, (1 - share) * reached[-1]))
    moved = np.full_like(turned, _glass(image))
    moved[:, : turned.shape[1] - gone] = turned[:, gone:]
    return np.ascontiguousarray(np.rot90(moved, -(number % 4)))


def trace(image: GreyImage, share: float, number: int) -> GreyImage:
    """What is left of a print at this share of its contrast, with the sensor's noise."""
    noise = np.random.default_rng(number).normal(0, NOISE_GREY, image.shape)
    pale = _glass(image) - share * (_glass(image) - image.astype(np.float64)) + noise
    return np.rint(pale).clip(0, 255).astype(np.uint8)


def _glass(image: GreyImage) -> int:
    return int(np.percentile(image, 95))


if __name__ == "__main__":
    sys.exit(main())
