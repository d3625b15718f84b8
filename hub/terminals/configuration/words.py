"""Configurations and roll-outs in words."""

from __future__ import annotations

from typing import Final

from hub.sentences import Sentence
from hub.terminals.configuration.records import Act
from hub.terminals.configuration.rules import Course, Standing

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
