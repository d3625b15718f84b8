"""Folders of prints -> templates, as `evaluate` and `identify` both need them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matching
from matching.commands.images import UnreadableImageError, read_image
from matching.commands.progress import Progress
from matching.errors import ImageError
from matching.extraction import Extractor
from matching.prints import Impression, dpi_of, find_impressions, name_of

if TYPE_CHECKING:
    from matching.evaluation import Taken


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


def follower(prints: PrintSet, progress: Progress) -> Callable[[Any, str, int], Iterator[Any]]:
    """Progress that says which set it is about."""
    return lambda items, what, count: progress.follow(items, f"{prints.name}: {what}", count)


def _examine(impression: Impression, dpi: float, extractor: Extractor) -> Taken | None:
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
