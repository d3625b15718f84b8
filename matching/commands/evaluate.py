"""`pims-matching evaluate`: error rates on folders of prints."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

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
from matching.commands.machine import engine_version, machine, peak_memory_mb
from matching.commands.options import add_dpi, add_extractor, add_jobs, ready_extractor
from matching.commands.progress import Progress
from matching.extraction import Extractor
from matching.prints import FolderError, check_pairs

COLUMNS: Final = (
    "genuine impostor eer fmr100 fmr1000 zerofmr extract_ms compare_us refused unreadable".split()
)
ABOUT: Final = """\
Error rates on folders of prints, by the protocol of the Fingerprint Verification Competitions: every two impressions
of one finger are a genuine pair, every two of different fingers an impostor pair. All rates are in per cent.

A folder is a set: images named <finger>_<impression>.png (or tif, tiff, bmp, jpg, jpeg), where the impression is a
number. Files that cannot be read are named and left out; images that the engine refuses stay, and match nothing.
"""


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
    check_writable(chosen.report)
    check_writable(chosen.html)
    sets = _sets(chosen)
    extractor = ready_extractor(chosen.extractor)
    figures = _measure(sets, extractor, chosen.jobs) | about_the_run(extractor, chosen.jobs)
    if chosen.report:
        write_text(json.dumps(figures, indent=1) + "\n", chosen.report)
    if chosen.html:
        from matching.drawing.page import evaluation_page

        write_text(evaluation_page(figures), chosen.html)
    return _table(figures)


def about_the_run(extractor: Extractor, jobs: int) -> dict[str, Any]:
    """What a reader needs to know to repeat the figures."""
    return {
        "extractor": extractor.name,
        "engine": engine_version(),
        "machine": machine(),
        "jobs": jobs,
        "memory_mb": peak_memory_mb(),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _sets(chosen: argparse.Namespace) -> list[PrintSet]:
    sets = [print_set(folder, chosen.dpi) for folder in chosen.folders]
    if len({each.name for each in sets}) < len(sets):
        raise FolderError(
            "Two of the folders have the same name: rename one, so that the report can tell them apart."
        )
    for each in sets:
        check_pairs(str(each.folder), [impression.finger for impression in each.impressions])
    return sets


def _measure(sets: list[PrintSet], extractor: Extractor, jobs: int) -> dict[str, Any]:
    from matching.evaluation import compare_all, report

    progress, results, notes = Progress(sys.stderr), {}, {}
    for each in sets:
        taken, unreadable = extract_all(each, extractor, jobs, progress)
        check_usable(each, taken)
        check_pairs(f"{each.folder} without its unreadable files", [one.finger for one in taken])
        results[each.name] = compare_all(taken, follower(each, progress))
        notes[each.name] = {"dpi": each.dpi, **left_out(taken, unreadable)}
    figures = report(results)
    for name, note in notes.items():
        figures["sets"][name] |= note
    return figures


def _table(figures: dict[str, Any]) -> str:
    sets = figures["sets"]
    width = max(24, *(len(name) + 2 for name in sets))
    lines = [f"{'error rates in per cent':<{width}}" + "".join(f"{name:>11}" for name in COLUMNS)]
    lines += [
        f"{name:<{width}}" + "".join(f"{_cell(row[key]):>11}" for key in COLUMNS)
        for name, row in sets.items()
    ]
    lines.append(
        f"mean EER {figures['mean_eer']:.3f} %, mean FMR1000 {figures['mean_fmr1000']:.3f} %,"
        f" pooled EER {figures['pooled_eer']:.3f} %"
    )
    lines += [line for name, row in sets.items() for line in left_out_words(name, row)]
    return "\n".join(lines)


def _cell(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"
