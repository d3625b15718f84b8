"""Marks and tattoos, by place on the body."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from hub.custody.facts.kinds import Field, Form, Group, Input, Kind
from hub.sentences import Sentence


class MarkSort(StrEnum):
    """What it is."""

    TATTOO = "tattoo"
    SCAR = "scar"
    BIRTHMARK = "birthmark"
    PIERCING = "piercing"
    MISSING = "missing"
    PROSTHESIS = "prosthesis"
    OTHER = "other"


MARK_SORTS: Final = {
    MarkSort.TATTOO: Sentence("Tattoo"),
    MarkSort.SCAR: Sentence("Scar"),
    MarkSort.BIRTHMARK: Sentence("Birthmark"),
    MarkSort.PIERCING: Sentence("Piercing"),
    MarkSort.MISSING: Sentence("Missing part"),
    MarkSort.PROSTHESIS: Sentence("Prosthesis"),
    MarkSort.OTHER: Sentence("Other mark"),
}


class BodyPart(StrEnum):
    """Places of the body map, from the top down."""

    HEAD = "head"
    FACE = "face"
    EAR = "ear"
    NECK = "neck"
    SHOULDER = "shoulder"
    UPPER_ARM = "upper_arm"
    FOREARM = "forearm"
    HAND = "hand"
    FINGER = "finger"
    CHEST = "chest"
    BELLY = "belly"
    UPPER_BACK = "upper_back"
    LOWER_BACK = "lower_back"
    HIP = "hip"
    THIGH = "thigh"
    KNEE = "knee"
    LOWER_LEG = "lower_leg"
    FOOT = "foot"


BODY_PARTS: Final = {
    BodyPart.HEAD: Sentence("Head"),
    BodyPart.FACE: Sentence("Face"),
    BodyPart.EAR: Sentence("Ear"),
    BodyPart.NECK: Sentence("Neck"),
    BodyPart.SHOULDER: Sentence("Shoulder"),
    BodyPart.UPPER_ARM: Sentence("Upper arm"),
    BodyPart.FOREARM: Sentence("Forearm"),
    BodyPart.HAND: Sentence("Hand"),
    BodyPart.FINGER: Sentence("Finger"),
    BodyPart.CHEST: Sentence("Chest"),
    BodyPart.BELLY: Sentence("Belly"),
    BodyPart.UPPER_BACK: Sentence("Upper back"),
    BodyPart.LOWER_BACK: Sentence("Lower back"),
    BodyPart.HIP: Sentence("Hip"),
    BodyPart.THIGH: Sentence("Thigh"),
    BodyPart.KNEE: Sentence("Knee"),
    BodyPart.LOWER_LEG: Sentence("Lower leg"),
    BodyPart.FOOT: Sentence("Foot"),
}


class Side(StrEnum):
    """The person's own left and right, not the viewer's."""

    LEFT = "left"
    RIGHT = "right"
    MIDDLE = "middle"


SIDES: Final = {
    Side.LEFT: Sentence("the person's left"),
    Side.RIGHT: Sentence("the person's right"),
    Side.MIDDLE: Sentence("middle"),
}


class Mark(Form, frozen=True):
    """A mark by which somebody can be known; photos of it carry the item of this fact."""

    sort: MarkSort
    place: BodyPart
    description: str
    side: Side = Side.MIDDLE


MARK: Final = Kind(
    name="mark",
    form=Mark,
    words=Sentence("Mark or tattoo"),
    say=lambda value: Sentence(
        "%(sort)s, %(place)s (%(side)s): %(description)s",
        {
            "sort": MARK_SORTS[value.sort],
            "place": BODY_PARTS[value.place],
            "side": SIDES[value.side],
            "description": value.description,
        },
    ),
    fields=(
        Field(
            "sort",
            Sentence("What it is"),
            Input.CHOICE,
            required=True,
            options={key.value: words for key, words in MARK_SORTS.items()},
        ),
        Field(
            "place",
            Sentence("Where on the body"),
            Input.CHOICE,
            required=True,
            options={key.value: words for key, words in BODY_PARTS.items()},
        ),
        Field(
            "side",
            Sentence("Which side"),
            Input.CHOICE,
            options={key.value: words for key, words in SIDES.items()},
        ),
        Field("description", Sentence("What it looks like"), required=True, longest=200),
    ),
    many=True,
    group=Group.WHO,
)
