"""Folders of prints -> templates, as `evaluate` and `identify` both need them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import matching
from matching.commands.images import UnreadableImageError, read_image
from matching.commands.progress import Progress
from matching.errors import ImageError
from matching.extraction import Extractor
from matching.prints import FolderError, Impression, dpi_of, find_impressions, name_of

if TYPE_CHECKING:
    from matching.evaluation import Taken

MOST_REFUSALS: Final = 5
"""That are said one by one on a console."""


@dataclass(frozen=True, slots=True)
class PrintSet:
    """A folder of prints and its resolution."""

    name: str
    folder: Path
    dpi: float
    impressions: Sequence[Impression]


def print_set(folder: Path, dpi: float | None) -> PrintSet:
    """Raises FolderError."""
    return PrintSet(name_of(folder), folder, dpi_of(folder, dpi), find_impressions(folder))


def extract_all(
    prints: PrintSet, extractor: Extractor, jobs: int, progress: Progress
) -> tuple[list[Taken], list[str]]:
    """What could be read of a set, extracted, in its order, and the names of the files that could not be read."""
    found, unreadable = [], []
    pool = ThreadPoolExecutor(jobs)
    try:
        work = pool.map(lambda impression: _examine(impression, prints.dpi, extractor), prints.impressions)
        followed = follower(prints, progress)(work, "extracting", len(prints.impressions))
        for impression, one in zip(prints.impressions, followed, strict=True):
            if one is None:
                unreadable.append(impression.path.name)
            else:
                found.append(one)
    finally:
        pool.shutdown(cancel_futures=True)
    return found, unreadable


def left_out(found: Sequence[Taken], unreadable: Sequence[str]) -> dict[str, Any]:
    """For the report: which files could not be read, and which images the engine refused and why."""
    return {
        "unreadable": len(unreadable),
        "unreadable_files": list(unreadable),
        "refused_files": {each.file: each.refusal for each in found if each.template is None},
    }


def left_out_words(name: str, row: Mapping[str, Any]) -> list[str]:
    """The same for people; of many refusals the first few."""
    lines = []
    if row["unreadable_files"]:
        lines.append(f"{name}: left out, cannot be read: {', '.join(row['unreadable_files'])}")
    refused = list(row["refused_files"].items())
    lines += [
        f"{name}: refused, matches nothing: {file}. {reason}" for file, reason in refused[:MOST_REFUSALS]
    ]
    if len(refused) > MOST_REFUSALS:
        lines.append(f"{name}: and {len(refused) - MOST_REFUSALS} more refused; the report names them")
    return lines


def check_usable(prints: PrintSet, found: Sequence[Taken]) -> None:
    """Raises FolderError when not one image of the set made a template."""
    if all(each.template is None for each in found):
        reason = next((each.refusal for each in found), "None of the files can be read.")
        raise FolderError(f"Not one image in {prints.folder} can be used. {reason}")


def follower(prints: PrintSet, progress: Progress) -> Callable[[Any, str, int], Iterator[Any]]:
    """Progress that says which set it is about."""
    return lambda items, what, count: progress.follow(items, f"{prints.name}: {what}", count)


def _examine(impression: Impression, dpi: float, extractor: Extractor) -> Taken | None:
    """The impression extracted and its quality judged; None when its file cannot be read."""
    from matching.evaluation import Taken, extracted

    try:
        image = read_image(impression.path)
    except UnreadableImageError:
        return None
    except ImageError as fault:
        return Taken(impression.finger, None, quality=0, file=impression.path.name, refusal=str(fault))
    found = extracted(impression, lambda _: matching.extract(image, dpi, extractor))
    if found.template is None:
        return replace(found, quality=0)
    return replace(found, quality=matching.assess(image, dpi, template=found.template).score)
