"""`pims-matching evaluate`: error rates on folders of prints."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import matching
from matching.commands.images import UnreadableImageError, check_writable, read_image, write_text
from matching.commands.options import add_dpi, add_extractor, add_jobs, make_extractor
from matching.commands.progress import Progress
from matching.errors import ImageError
from matching.extraction import Extractor
from matching.prints import FolderError, Impression, check_pairs, dpi_of, find_impressions, name_of

COLUMNS: Final = (
    "genuine impostor eer fmr100 fmr1000 zerofmr extract_ms compare_us refused unreadable".split()
)
ABOUT: Final = """\
Error rates on folders of prints, by the protocol of the Fingerprint Verification Competitions: every two impressions
of one finger are a genuine pair, every two of different fingers an impostor pair. All rates are in per cent.

A folder is a set: images named <finger>_<impression>.png (or tif, tiff, bmp, jpg, jpeg), where the impression is a
number. Files that cannot be read are named and left out; images that the engine refuses stay, and match nothing.
"""


@dataclass(frozen=True, slots=True)
class _Set:
    """One folder that is to be measured."""

    name: str
    folder: Path
    dpi: float
    impressions: list[Impression]


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "evaluate",
        help="error rates on folders of prints, FVC protocol",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR", help="a set of prints")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write all figures there as JSON")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page with curves and tables there")
    add_dpi(parser)
    add_extractor(parser)
    add_jobs(parser)
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> str:
    """The figures as a table; writes the report and the page."""
    from matching.evaluation.machine import engine_version, machine, peak_memory_mb

    check_writable(chosen.report)
    check_writable(chosen.html)
    sets = _sets(chosen)
    extractor = make_extractor(chosen.extractor)
    matching.warm_up()
    extractor.warm_up()
    figures = _measure(sets, extractor, chosen.jobs, Progress(sys.stderr))
    figures |= {
        "extractor": extractor.name,
        "engine": engine_version(),
        "machine": machine(),
        "jobs": chosen.jobs,
        "memory_mb": peak_memory_mb(),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    if chosen.report:
        write_text(json.dumps(figures, indent=1) + "\n", chosen.report)
    if chosen.html:
        from matching.drawing.page import evaluation_page

        write_text(evaluation_page(figures), chosen.html)
    return _table(figures)


def _sets(chosen: argparse.Namespace) -> list[_Set]:
    sets = [
        _Set(name_of(folder), folder, dpi_of(folder, chosen.dpi), find_impressions(folder))
        for folder in chosen.folders
    ]
    if len({each.name for each in sets}) < len(sets):
        raise FolderError(
            "Two of the folders have the same name: rename one, so that the report can tell them apart."
        )
    for each in sets:
        check_pairs(str(each.folder), [impression.finger for impression in each.impressions])
    return sets


def _measure(sets: list[_Set], extractor: Extractor, jobs: int, progress: Progress) -> dict[str, Any]:
    from matching.evaluation import compare_all, report

    results, notes = {}, {}
    for each in sets:

        def follow(items: Any, what: str, count: int, name: str = each.name) -> Iterator[Any]:
            return progress.follow(items, f"{name}: {what}", count)

        taken, unreadable = _take(each, extractor, jobs, follow)
        check_pairs(f"{each.folder} without its unreadable files", [one.finger for one in taken])
        results[each.name] = compare_all(taken, follow)
        notes[each.name] = {"dpi": each.dpi, "unreadable": len(unreadable), "unreadable_files": unreadable}
    figures = report(results)
    for name, note in notes.items():
        figures["sets"][name] |= note
    return figures


def _take(each: _Set, extractor: Extractor, jobs: int, follow: Any) -> tuple[list[Any], list[str]]:
    """What could be read of a set, extracted, and the names of the files that could not."""
    taken, unreadable = [], []
    pool = ThreadPoolExecutor(jobs)
    try:
        work = pool.map(lambda impression: _examine(impression, each.dpi, extractor), each.impressions)
        found = follow(work, "extracting", len(each.impressions))
        for impression, one in zip(each.impressions, found, strict=True):
            if one is None:
                unreadable.append(impression.path.name)
            else:
                taken.append(one)
    finally:
        pool.shutdown(cancel_futures=True)
    return taken, unreadable


def _examine(impression: Impression, dpi: float, extractor: Extractor) -> Any:
    """The impression extracted and its quality judged; None when its file cannot be read."""
    from matching.evaluation import Taken, extracted

    try:
        image = read_image(impression.path)
        quality = matching.assess(image, dpi).score
    except UnreadableImageError:
        return None
    except ImageError:
        return Taken(impression.finger, None, quality=0)
    return replace(extracted(impression, lambda _: matching.extract(image, dpi, extractor)), quality=quality)


def _table(figures: dict[str, Any]) -> str:
    sets = figures["sets"]
    width = max(24, *(len(name) + 2 for name in sets))
    lines = [f"{'error rates in per cent':<{width}}" + "".join(f"{name:>11}" for name in COLUMNS)]
    lines += [
        f"{name:<{width}}" + "".join(f"{row[key]:>11.5g}" for key in COLUMNS) for name, row in sets.items()
    ]
    lines.append(
        f"mean EER {figures['mean_eer']:.3f} %, mean FMR1000 {figures['mean_fmr1000']:.3f} %,"
        f" pooled EER {figures['pooled_eer']:.3f} %"
    )
    lines += [
        f"{name}: left out, cannot be read: {', '.join(row['unreadable_files'])}"
        for name, row in sets.items()
        if row["unreadable_files"]
    ]
    return "\n".join(lines)
