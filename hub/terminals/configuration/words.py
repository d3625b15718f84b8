"""Configurations and roll-outs in words."""

from __future__ import annotations

from typing import Final

from hub.sentences import Sentence
from hub.terminals.configuration.records import Act
from hub.terminals.configuration.rules import Course, Standing
from wire.settings_keys import Fault, Key, as_figure, keys

SECTIONS: Final = {
    "passage": Sentence("How people are dealt with"),
    "engine": Sentence("Fingerprint engine"),
    "journal": Sentence("Journal"),
    "courier": Sentence("Sending to the hub"),
    "uplink": Sentence("Connection"),
    "gate": Sentence("Gate and what is wired to it"),
    "health": Sentence("Looking after itself"),
    "protection": Sentence("Protection of what is on the card"),
    "page": Sentence("Officer's page"),
}

STANDINGS: Final = {
    Standing.NOT_YET: Sentence("waits for its stage"),
    Standing.SENT: Sentence("sent, not taken yet"),
    Standing.ON_TRIAL: Sentence("on trial"),
    Standing.WATCHED: Sentence("kept, being watched"),
    Standing.DONE: Sentence("done"),
    Standing.OTHER: Sentence("was given another since"),
    Standing.REFUSED: Sentence("refused, or taken back by itself"),
    Standing.UNWELL: Sentence("unwell since"),
}

COURSES: Final = {
    Course.RUNNING: Sentence("going on"),
    Course.STOPPED: Sentence("stopped"),
    Course.TAKEN_BACK: Sentence("taken back"),
    Course.FINISHED: Sentence("finished"),
}

ACTS: Final = {
    Act.STAGE: Sentence("Stage %(stage)s was sent out"),
    Act.STOPPED: Sentence("Stopped in stage %(stage)s"),
    Act.WENT_ON: Sentence("Went on without it"),
    Act.TAKEN_BACK: Sentence("Taken back"),
    Act.FINISHED: Sentence("Finished"),
}

HELD: Final = {
    "own": Sentence("as it was provisioned"),
    "current": Sentence("runs by it"),
    "on_trial": Sentence("on trial"),
    "sent": Sentence("not taken yet"),
    "away": Sentence("not connected"),
    "refused": Sentence("refused, or taken back by itself"),
}
"""How a terminal stands to what it shall run by."""


def fault_words(fault: Fault) -> Sentence:
    """What is wrong with a key, to be said in any language; of a section, the sentence that its own check says."""
    key = next((one for one in keys() if str(one) == fault.key), None)
    if key is None or fault.what != f"must be {key.must_be()}":
        return Sentence(fault.what)
    return _must_be(key)


def _must_be(key: Key) -> Sentence:
    bounds = {"least": as_figure(key.least or 0), "most": as_figure(key.most or 0)}
    if key.kind == "int":
        return Sentence("must be a whole number from %(least)s to %(most)s", bounds)
    if key.kind == "float":
        return Sentence("must be a number from %(least)s to %(most)s", bounds)
    if key.kind == "bool":
        return Sentence("must be yes or no")
    return Sentence("must be of these: %(choices)s", {"choices": ", ".join(key.choices)})
