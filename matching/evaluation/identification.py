"""Error rates of searches: ISO/IEC 19795-1, open set.

Mated: the finger is enrolled, and the search should return it. Non-mated: it is not, and nobody should be returned. An
ambiguous answer returns nobody: it puts the case before an officer.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from matching.evaluation.protocol import Follow, Taken
from matching.evaluation.rates import interval
from matching.gallery import Gallery, Identification, Outcome
from matching.template import Template


@dataclass(frozen=True, slots=True)
class Search:
    """One search and what came of it.

    - `mated`: the finger was enrolled
    - `returned`: the finger that the search named, None when it named nobody
    - `rank`: place of the true finger among the candidates by their scores, 1 for the first; None where the search is
      not mated, or the true finger is no candidate
    """

    finger: str
    mated: bool
    outcome: Outcome
    returned: str | None
    rank: int | None
    search_ms: float


class Enrolled:
    """A gallery by finger, from which fingers can be taken out for a while; refused images are not in it."""

    def __init__(self, impressions: Sequence[Taken]) -> None:
        self.gallery = Gallery()
        self.refused = sum(each.template is None for each in impressions)
        self._templates: dict[str, list[Template]] = {}
        for each in impressions:
            if each.template is not None:
                self._templates.setdefault(each.finger, []).append(each.template)
                self.gallery.enrol(each.finger, each.template)

    @property
    def fingers(self) -> set[str]:
        return set(self._templates)

    def take_out(self, finger: str) -> None:
        self.gallery.remove(finger)

    def put_back(self, finger: str) -> None:
        for template in self._templates.get(finger, []):
            self.gallery.enrol(finger, template)

    def rank(self, finger: str, probe: Template) -> int | None:
        """Place of the finger among the candidates; one that is as good counts as before it."""
        found = {each.key: each.score for each in self.gallery.candidates(probe)}
        own = found.get(finger, 0.0)
        return sum(score >= own for score in found.values()) if own > 0 else None


def search_all(
    enrolled: Enrolled, probes: Sequence[Taken], fmr: float, take_out: bool, follow: Follow
) -> list[Search]:
    """Each probe against all that are enrolled; `fmr` as for `Gallery.identify`.

    With `take_out` a probe whose finger is enrolled is searched once more while its finger is not: a non-mated search.
    """
    searches: list[Search] = []
    for probe in follow(probes, "searching", len(probes)):
        mated = probe.finger in enrolled.fingers
        searches.append(_search(enrolled, probe, mated, fmr))
        if mated and take_out:
            enrolled.take_out(probe.finger)
            searches.append(_search(enrolled, probe, False, fmr))
            enrolled.put_back(probe.finger)
    return searches


def _search(enrolled: Enrolled, probe: Taken, mated: bool, fmr: float) -> Search:
    if probe.template is None:
        return Search(probe.finger, mated, Outcome.NO_MATCH, None, None, 0.0)
    started = time.perf_counter()
    answer: Identification = enrolled.gallery.identify(probe.template, fmr=fmr)
    search_ms = 1e3 * (time.perf_counter() - started)
    rank = enrolled.rank(probe.finger, probe.template) if mated else None
    return Search(probe.finger, mated, answer.outcome, answer.key, rank, search_ms)


def search_report(searches: Sequence[Search]) -> dict[str, Any]:
    """Shares in per cent with 95 % intervals; None where there was no search of the kind.

    - `rank1`: mated searches whose finger has the highest score, whatever the threshold
    - `fnir`: mated searches that did not return the finger; `wrong_finger` of them returned another
    - `fpir`: non-mated searches that returned somebody
    - `ambiguous_mated`, `ambiguous_non_mated`: put before an officer
    """
    mated = [each for each in searches if each.mated]
    others = [each for each in searches if not each.mated]
    hits = sum(each.returned == each.finger for each in mated)
    figures: dict[str, Any] = {"mated": len(mated), "non_mated": len(others)}
    for name, events, of in (
        ("rank1", sum(each.rank == 1 for each in mated), mated),
        ("fnir", len(mated) - hits, mated),
        ("fpir", sum(each.returned is not None for each in others), others),
        ("wrong_finger", sum(each.returned not in (None, each.finger) for each in mated), mated),
        ("ambiguous_mated", _ambiguous(mated), mated),
        ("ambiguous_non_mated", _ambiguous(others), others),
    ):
        figures[name] = round(100 * events / len(of), 4) if of else None
        figures[f"{name}_interval"] = [round(end, 4) for end in interval(events, len(of))] if of else None
    times = np.array([each.search_ms for each in searches if each.search_ms > 0])
    for name, share in (("search_ms", 50), ("search_p95_ms", 95)):
        figures[name] = round(float(np.percentile(times, share)), 3) if len(times) else None
    return figures


def _ambiguous(searches: Sequence[Search]) -> int:
    return sum(each.outcome is Outcome.AMBIGUOUS for each in searches)
