"""What the player says, and how bundles stand, in words."""

from __future__ import annotations

from typing import Final

from hub.control_room.replay.bundles import State
from hub.sentences import Sentence
from hub.web.language import messages

PLAYER: Final = {
    "play": Sentence("Play"),
    "pause": Sentence("Pause"),
    "zone": Sentence("%(zone)s: %(count)s people, %(unproven)s of them unproven"),
    "before": Sentence("before, since %(time)s:"),
    "of": Sentence("of %(count)s"),
    "roll": Sentence("%(roll)s in custody, %(unproven)s unproven, %(nowhere)s never seen"),
    "silent": Sentence("%(terminal)s was not heard"),
    "late": Sentence("Of %(time)s, heard of at %(known)s only"),
    "unsure": Sentence("its clock was not sure"),
    "withdrawn": Sentence("taken back since"),
    "refused": Sentence("Refused at the way to %(zone)s"),
    "nowhere": Sentence("%(count)s people in custody had never been seen by then"),
    "nobody": Sentence(
        "The hub holds no record of anybody in custody at this moment: what is not shown may have been all the same"
    ),
    "where": Sentence("%(zone)s, %(sure)s, last proof %(time)s"),
    "never_seen": Sentence("Nobody had seen them by then."),
    "proven": Sentence("proven"),
    "likely": Sentence("likely"),
    "unproven": Sentence("unproven"),
    "source_scan": Sentence("finger"),
    "source_attested": Sentence("an officer's word"),
    "source_count": Sentence("headcount"),
    "source_court_list": Sentence("court list"),
    "source_escort": Sentence("escort"),
    "source_paper": Sentence("from paper"),
    "doubt_impossible_travel": Sentence("too soon after the place before"),
    "doubt_two_places": Sentence("two places at once"),
    "doubt_clock_unsure": Sentence("its clock was not sure"),
    "doubt_area_reset": Sentence("the area was reset since"),
}

STATES: Final = {
    State.ASKED: Sentence("waits to be made"),
    State.MAKING: Sentence("being made"),
    State.READY: Sentence("ready to be fetched"),
    State.FAILED: Sentence("could not be made"),
    State.HANDED_OUT: Sentence("made at the hub itself and taken along"),
    State.GONE: Sentence("its file was deleted; ask for the hour again"),
}
PROBLEMS: Final = {
    "disk": Sentence(
        "The file cannot be written where the hub keeps its data. Make room there, then ask again."
    ),
    "stopped": Sentence(
        "Something went wrong while it was made; the hub's log says where. Tell the technician."
    ),
}
LENGTHS: Final = {
    10: Sentence("10 minutes"),
    60: Sentence("1 hour"),
    180: Sentence("3 hours"),
    720: Sentence("12 hours"),
    1440: Sentence("24 hours"),
}


def player_words(language: str) -> dict[str, str]:
    """Everything the player's script says; places for values stay as %(name)s."""
    translated = messages(language)
    return {code: str(translated.get(one.text, one.text)) for code, one in PLAYER.items()}
