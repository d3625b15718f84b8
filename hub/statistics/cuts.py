"""By what figures are cut: sex, age, status and the rest. Each category has a code and its words.

Whoever a cut does not know stands under NOT_KNOWN: left out, the parts would not sum to the whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from hub.custody.at_large import HOW
from hub.custody.iccs import ICCS
from hub.custody.identity import SEXES
from hub.custody.legal import LEGAL_STATUSES, ORDER_KINDS, RELEASE_REASONS
from hub.custody.life.incident_forms import INCIDENT_SORTS
from hub.custody.life.visits import VISIT_KINDS
from hub.custody.rules import Sex
from hub.sentences import Sentence

NOT_KNOWN: Final = "_U"
_NOT_KNOWN_WORDS: Final = Sentence("Not known")


@dataclass(frozen=True)
class Cut:
    """`code` names the column of published tables; `categories` in the order in which they stand there."""

    code: str
    words: Sentence
    categories: Mapping[str, Sentence] = field(repr=False)

    def codes(self) -> tuple[str, ...]:
        """The categories in their order: a figure's number in an array is the place here."""
        return tuple(self.categories)


def _cut(code: str, words: Sentence, categories: Mapping[str, Sentence]) -> Cut:
    return Cut(code, words, {**categories, NOT_KNOWN: _NOT_KNOWN_WORDS})


AGE_FROM: Final = (0, 18, 21, 25, 30, 40, 50, 60)
"""First year of each age band."""

SEX: Final = _cut("SEX", Sentence("Sex"), {"F": SEXES[Sex.FEMALE], "M": SEXES[Sex.MALE]})
AGE: Final = _cut(
    "AGE",
    Sentence("Age"),
    {
        "Y_LT18": Sentence("Under 18"),
        "Y18T20": Sentence("18 to 20"),
        "Y21T24": Sentence("21 to 24"),
        "Y25T29": Sentence("25 to 29"),
        "Y30T39": Sentence("30 to 39"),
        "Y40T49": Sentence("40 to 49"),
        "Y50T59": Sentence("50 to 59"),
        "Y_GE60": Sentence("60 and over"),
    },
)
JUVENILE: Final = _cut(
    "JUVENILE",
    Sentence("Adult or juvenile"),
    {"ADULT": Sentence("Adult"), "JUVENILE": Sentence("Juvenile")},
)
CITIZENSHIP: Final = _cut(
    "CITIZENSHIP",
    Sentence("Citizenship"),
    {"NATIONAL": Sentence("Citizen of the country"), "FOREIGN": Sentence("Citizen of other countries only")},
)
DISTRICTS: Final = {
    "belize": "BZ-BZ",
    "cayo": "BZ-CY",
    "corozal": "BZ-CZL",
    "orange walk": "BZ-OW",
    "stann creek": "BZ-SC",
    "toledo": "BZ-TOL",
}
"""Codes of ISO 3166-2 by the district's name as it is written in an address."""
DISTRICT: Final = _cut(
    "DISTRICT",
    Sentence("District of the home"),
    {
        "BZ-BZ": Sentence("Belize District"),
        "BZ-CY": Sentence("Cayo"),
        "BZ-CZL": Sentence("Corozal"),
        "BZ-OW": Sentence("Orange Walk"),
        "BZ-SC": Sentence("Stann Creek"),
        "BZ-TOL": Sentence("Toledo"),
        "ABROAD": Sentence("Abroad"),
        "OTHER": Sentence("Another place"),
    },
)
LEGAL_STATUS: Final = _cut(
    "LEGAL_STATUS",
    Sentence("Legal status"),
    {key.value: words for key, words in LEGAL_STATUSES.items() if key.value != "UNKNOWN"},
)
OFFENCE: Final = _cut(
    "ICCS", Sentence("Offence, by section of the ICCS"), {code: ICCS[code] for code in ICCS if len(code) == 2}
)
BAND_FROM: Final = tuple(12 * days for days in (0, 182.5, 365, 3 * 365, 5 * 365, 10 * 365, 20 * 365))
"""Where each band of sentences begins, in twelfths of a day: a month is a twelfth of 365 days, so all are whole."""
SENTENCE_BAND: Final = _cut(
    "SENTENCE",
    Sentence("Length of the sentence"),
    {
        "M_LT6": Sentence("Under 6 months"),
        "M6T12": Sentence("6 months to under 1 year"),
        "Y1T3": Sentence("1 to under 3 years"),
        "Y3T5": Sentence("3 to under 5 years"),
        "Y5T10": Sentence("5 to under 10 years"),
        "Y10T20": Sentence("10 to under 20 years"),
        "Y_GE20": Sentence("20 years and over"),
        "NO_END": Sentence("Life, or without a fixed end"),
    },
)
ORDER: Final = _cut(
    "ORDER", Sentence("Order on which they came"), {key.value: words for key, words in ORDER_KINDS.items()}
)
REASON: Final = _cut(
    "REASON", Sentence("Reason of release"), {key.value: words for key, words in RELEASE_REASONS.items()}
)
AT_LARGE_HOW: Final = _cut(
    "HOW", Sentence("How it came about"), {key.value: words for key, words in HOW.items()}
)
INCIDENT: Final = _cut(
    "INCIDENT", Sentence("Sort of incident"), {key.value: words for key, words in INCIDENT_SORTS.items()}
)
VISIT_SORT: Final = _cut(
    "VISIT", Sentence("Whose visit"), {key.value: words for key, words in VISIT_KINDS.items()}
)

CUTS: Final[Mapping[str, Cut]] = {
    cut.code: cut
    for cut in (
        SEX, AGE, JUVENILE, CITIZENSHIP, DISTRICT, LEGAL_STATUS, OFFENCE, SENTENCE_BAND, ORDER, REASON,
        AT_LARGE_HOW, INCIDENT, VISIT_SORT,
    )
}  # fmt: skip
"""By code."""
