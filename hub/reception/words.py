"""Codes of the file in words."""

from __future__ import annotations

from typing import Final

from hub.custody.rules import OrderKind, Sex
from hub.sentences import Sentence

SEXES: Final = {
    Sex.MALE: Sentence("Male"),
    Sex.FEMALE: Sentence("Female"),
    Sex.UNKNOWN: Sentence("Not known"),
}

ORDER_KINDS: Final = {
    OrderKind.WARRANT: Sentence("Warrant"),
    OrderKind.COMMITTAL: Sentence("Committal"),
    OrderKind.REMAND_ORDER: Sentence("Remand order"),
    OrderKind.SENTENCE_ORDER: Sentence("Sentence order"),
}

DECISIONS: Final = {
    "ADMIT": Sentence("Admitted"),
    "REFUSE": Sentence("Refused"),
    "REFER": Sentence("To the officer"),
}

RULES: Final = {
    "expected": Sentence("Expected here"),
    "on_roll": Sentence("On the roll"),
    "not_recognised": Sentence("Finger not recognised"),
    "too_close": Sentence("Two people look too alike"),
    "poor_quality": Sentence("Finger could not be read"),
    "zone_not_allowed": Sentence("May not enter this zone"),
    "pass": Sentence("With a pass"),
    "escorted": Sentence("An officer takes the person through"),
    "no_pass": Sentence("This zone is entered with a pass alone"),
    "pass_not_yet": Sentence("The pass is for later"),
    "pass_over": Sentence("The pass is over"),
    "curfew": Sentence("At this hour the zone is entered with a pass alone"),
    "escort_missing": Sentence("The pass asks for an officer who comes first"),
    "keep_apart": Sentence("Somebody the person must not meet is there"),
    "keep_apart_unknown": Sentence("Somebody the person must not meet may be there"),
    "zone_full": Sentence("The zone is full"),
    "plan_old": Sentence("The terminal's plan of moves is too old"),
    "count": Sentence("A headcount is under way"),
    "no_roll": Sentence("The terminal holds no roll"),
    "second_finger": Sentence("Not sure enough with the second finger either"),
    "needs_officer": Sentence("This gate opens only with an officer"),
    "standing_procedure": Sentence("Passes by a standing procedure"),
    "evacuation": Sentence("Evacuation"),
    "lockdown": Sentence("Lockdown"),
    "let_through": Sentence("An officer at the hub let the person through"),
    "roll_old": Sentence("The terminal's roll is too old"),
    "rules_old": Sentence("The terminal's rules are too old"),
    "clock_unsure": Sentence("The terminal's clock is unsure"),
    "attested": Sentence("An officer vouched for the person"),
    "turned_back": Sentence("An officer turned the person back"),
    "on_paper": Sentence("Written into a book while all was dark"),
}


def in_words(words: dict[str, Sentence], code: str) -> Sentence:
    """The code in words; one from another version is shown as it is written."""
    return words.get(code, Sentence("%(code)s", {"code": code.replace("_", " ")}))
