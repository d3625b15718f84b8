"""`pims-matching identify`: how well searches in a gallery of prints do."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from matching.commands.evaluate import about_the_run
from matching.commands.extracting import (
    PrintSet,
    check_usable,
    extract_all,
    follower,
    left_out,
    left_out_words,
    print_set,
)
from matching.commands.images import check_writable, write_text
from matching.commands.options import add_dpi, add_extractor, add_jobs, counts, rate, ready_extractor
from matching.commands.progress import Progress
from matching.prints import FolderError

ABOUT: Final = """\
Search each probe among the prints of a gallery, and say how often the right finger is found (rank-1), how often the
search does not return it (false negative identification rate, FNIR), and how often a finger that is not enrolled is
taken for someone (false positive identification rate, FPIR); ISO/IEC 19795-1. All rates are in per cent.

Images are named <finger>_<impression>.png (or tif, tiff, bmp, jpg, jpeg). Probes of fingers that are not in the gallery
are the non-mated searches; where there are none, each finger is taken out of the gallery in turn and searched again.
With one folder for both, the impressions of --enrol are the gallery and all others the probes.
"""


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "identify",
        help="rates of right and wrong answers when probes are searched in a gallery",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--gallery", type=Path, required=True, metavar="DIR", help="prints that are enrolled")
    parser.add_argument("--probes", type=Path, required=True, metavar="DIR", help="prints to search for")
    parser.add_argument(
        "--fmr",
        type=rate,
        default=1e-5,
        metavar="RATE",
        help="tolerated chance per search that an unknown finger is taken for anyone enrolled (default 1e-5)",
    )
    parser.add_argument(
        "--enrol",
        type=counts,
        metavar="N[,N]",
        help="numbers of the impressions to enrol when both folders are the same; without it the first of each finger",
    )
    parser.add_argument("--report", type=Path, metavar="FILE", help="write all figures there as JSON")
    parser.add_argument("--json", action="store_true", help="answer as JSON")
    add_dpi(parser)
    add_extractor(parser)
    add_jobs(parser)
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> str:
    """The figures in words, or as JSON; writes the report."""
    from matching.evaluation.identification import Enrolled, search_all, search_report

    check_writable(chosen.report)
    gallery, probes = _parts(chosen)
    extractor = ready_extractor(chosen.extractor)
    progress = Progress(sys.stderr)
    enrolled, unreadable = extract_all(gallery, extractor, chosen.jobs, progress)
    probing, further = extract_all(probes, extractor, chosen.jobs, progress)
    check_usable(gallery, enrolled)
    check_usable(probes, probing)
    room = Enrolled(enrolled)
    take_out = {each.finger for each in probing} <= room.fingers
    searches = search_all(room, probing, chosen.fmr, take_out, follower(probes, progress))
    figures = {
        "gallery": {"prints": len(room.gallery), "fingers": len(room.fingers), "refused": room.refused},
        "probes": {"images": len(probing), "refused": sum(each.template is None for each in probing)},
        **left_out(enrolled + probing, unreadable + further),
        "fmr": chosen.fmr,
        "non_mated_by_taking_out": take_out,
        **search_report(searches),
        **about_the_run(extractor, chosen.jobs),
    }
    text = json.dumps(figures, indent=1)
    if chosen.report:
        write_text(text + "\n", chosen.report)
    return text if chosen.json else _words(figures)


def _parts(chosen: argparse.Namespace) -> tuple[PrintSet, PrintSet]:
    """What is enrolled and what is searched for."""
    gallery, probes = print_set(chosen.gallery, chosen.dpi), print_set(chosen.probes, chosen.dpi)
    if not chosen.gallery.samefile(chosen.probes):
        return (_enrolled_of(gallery, chosen.enrol) if chosen.enrol else gallery), probes
    enrol = _enrolled_of(gallery, chosen.enrol)
    taken = {each.path for each in enrol.impressions}
    left = [each for each in gallery.impressions if each.path not in taken]
    if not left:
        raise FolderError(
            f"Every impression of {chosen.gallery} is enrolled, and none is left to search for: name fewer numbers"
            " with --enrol, or another folder with --probes."
        )
    return enrol, replace(gallery, impressions=left)


def _enrolled_of(gallery: PrintSet, numbers: Collection[int] | None) -> PrintSet:
    """The impressions with these numbers, without numbers the first of each finger. Raises FolderError."""
    first: dict[str, int] = {}
    for each in gallery.impressions:
        first.setdefault(each.finger, each.number)
    chosen = [
        each
        for each in gallery.impressions
        if (each.number in numbers if numbers else each.number == first[each.finger])
    ]
    if not chosen:
        raise FolderError(
            f"{gallery.folder} has no impression with one of these numbers: give others with --enrol."
        )
    return replace(gallery, impressions=chosen)


def _words(figures: dict[str, Any]) -> str:
    gallery, probes = figures["gallery"], figures["probes"]
    lines = [
        f"{gallery['prints']} prints of {gallery['fingers']} fingers enrolled ({gallery['refused']} images refused);"
        f" {probes['images']} probes ({probes['refused']} refused); at most one false answer in"
        f" {1 / figures['fmr']:,.0f} searches is asked for",
        f"{figures['mated']} searches for fingers that are enrolled, {figures['non_mated']} for fingers that are not"
        + (" (each taken out of the gallery in turn)" if figures["non_mated_by_taking_out"] else ""),
    ]
    lines += [
        _rate(figures, key, words)
        for key, words in (
            ("rank1", "right finger first (rank-1)"),
            ("fnir", "right finger not returned (FNIR)"),
            ("wrong_finger", "  another finger returned instead"),
            ("ambiguous_mated", "  left to an officer: too close to call"),
            ("fpir", "unknown finger taken for someone (FPIR)"),
            ("ambiguous_non_mated", "  left to an officer: too close to call"),
        )
    ]
    if figures["search_ms"] is not None:
        lines.append(f"a search: {figures['search_ms']} ms, 95 % within {figures['search_p95_ms']} ms")
    lines += left_out_words("images", figures)
    return "\n".join(lines)


def _rate(figures: dict[str, Any], key: str, words: str) -> str:
    if figures[key] is None:
        return f"{words:<42} no such searches"
    low, high = figures[f"{key}_interval"]
    return f"{words:<42}{figures[key]:>9.4g} %   (95 %: {low:.4g} to {high:.4g})"
