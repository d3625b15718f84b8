"""The definitions as a page of the guides: `python -m hub.statistics.guide` writes what docs/figures.md has to be."""

from __future__ import annotations

from typing import Final

from hub.statistics.cuts import CUTS
from hub.statistics.definitions import INDICATORS
from hub.statistics.definitions.model import UNITS, Indicator, Sort

_HEAD: Final = """# Figures: what each one says

Written from the definitions in `hub/statistics/definitions/`; a test compares. Every figure can be had as it was
known on any day, and comes out the same again. Where the parts of a figure do not make up the whole, or opening + in
- out is not closing, the figure is not given, and the page says which numbers do not agree. So it is where a stay ends
before it begins, or begins while the same person is in custody already, even when the sums come out: the page
"Files that contradict themselves" and `pims-hub statistics contradictions 2025-11` say which stays these are.

**Held** is who is in custody at midnight at the end of a day, in the time of the site. Being at court, in hospital or
out with permission is custody; being unlawfully at large is not. Two files found to be of one person count as one
from the moment they are joined, and as two in every figure as known before. A stay that was recorded twice begins
with the earlier of the two. An event at the very stroke of midnight belongs to the day that begins.

**The roll of each day** is kept by the hub ten minutes after midnight, as it was known at midnight, each sealed onto
the one before. Days on which the hub was down are kept as soon as it runs again, each as known at its own midnight:
what was written down meanwhile on paper counts from when it was recorded. `pims-hub statistics snapshot` keeps an
older day, `pims-hub statistics prove` makes a kept one again and names what was recorded since. A file that the law has
deleted since can no longer be counted: that is said as such.

**Categories** always have "Not known" beside them, so that nobody is left out of a sum. Sentences are cut in bands of
our own; where a survey asks for others, they are to be mapped by hand.

Small numbers stand on the hub's own pages as they are, for those alone who may read figures. What leaves the prison
goes through disclosure control first.
"""
_SORTS: Final = {
    Sort.STOCK: "at the end of the period",
    Sort.FLOW: "within the period",
    Sort.RATIO: "a share",
    Sort.DURATION: "a mean, a median or a length",
}


def guide() -> str:
    """The whole page."""
    parts = [_HEAD, "## The figures\n", *(_told(one) for one in INDICATORS.values()), "## The cuts\n"]
    for cut in CUTS.values():
        named = ", ".join(f"`{code}` {words}" for code, words in cut.categories.items())
        parts.append(f"- **{cut.words}** (`{cut.code}`): {named}")
    return "\n".join(parts) + "\n"


def _told(one: Indicator) -> str:
    by = ", ".join(" and ".join(f"`{code}`" for code in cut) for cut in one.cuts)
    lines = [
        f"### {one.words}\n",
        f"`{one.code}`, {UNITS[one.unit]}, {_SORTS[one.sort]}. {one.definition}\n",
        f"- Reckoned: {one.formula}.",
        f"- From: {one.source}.",
        *(f"- Careful: {each}" for each in one.caveats),
        *([f"- By: {by}."] if by else []),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    import sys

    sys.stdout.write(guide())
