"""Where somebody is, in words."""

from __future__ import annotations

from typing import Final

from hub.movements.whereabouts.confidence import Confidence, DoubtCode
from hub.movements.whereabouts.proofs import Source
from hub.sentences import Sentence

DOUBTS: Final = {
    DoubtCode.IMPOSSIBLE_TRAVEL.value: Sentence("seen elsewhere too short a time before"),
    DoubtCode.TWO_PLACES.value: Sentence("seen in two places at once"),
    DoubtCode.CLOCK_UNSURE.value: Sentence("clock unsure"),
    DoubtCode.AREA_RESET.value: Sentence("who is there is to be found out anew"),
}

CONFIDENCES: Final = {
    Confidence.PROVEN: Sentence("proven"),
    Confidence.LIKELY: Sentence("likely"),
    Confidence.UNPROVEN: Sentence("unproven"),
}

SOURCES: Final = {
    Source.SCAN.value: Sentence("finger scan"),
    Source.ATTESTED.value: Sentence("an officer's word"),
    Source.COUNT.value: Sentence("a headcount"),
    Source.COURT_LIST.value: Sentence("the court's list"),
    Source.ESCORT.value: Sentence("an escort's count"),
    Source.PAPER.value: Sentence("a book on paper"),
}
