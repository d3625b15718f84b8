"""Other names that somebody goes by."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final

from hub.custody.facts.kinds import Field, Form, Group, Input, Kind
from hub.custody.rules import MAX_NAME_LENGTH, fault_of_name
from hub.custody.search.projection import project as keep_search
from hub.sentences import Sentence


class AliasSort(StrEnum):
    """What sort of other name."""

    NICKNAME = "nickname"
    OTHER_NAME = "other_name"
    FORMER = "former"
    RELIGIOUS = "religious"
    SPELLING = "spelling"


ALIAS_SORTS: Final = {
    AliasSort.OTHER_NAME: Sentence("Other name used"),
    AliasSort.NICKNAME: Sentence("Nickname"),
    AliasSort.FORMER: Sentence("Former name"),
    AliasSort.RELIGIOUS: Sentence("Religious name"),
    AliasSort.SPELLING: Sentence("Other spelling on papers"),
}


class Alias(Form, frozen=True):
    """A name besides that of the register. `surname` holds a nickname too; `given` may be empty."""

    surname: str
    given: str = ""
    sort: AliasSort = AliasSort.OTHER_NAME


def _say(value: Alias) -> Sentence:
    name = f"{value.surname}, {value.given}" if value.given else value.surname
    return Sentence("%(name)s (%(sort)s)", {"name": name, "sort": ALIAS_SORTS[value.sort]})


def _check(value: Alias, _today: date) -> dict[str, Sentence]:
    faults = {"surname": fault_of_name(value.surname)}
    if value.given:
        faults["given"] = fault_of_name(value.given)
    return {field: fault for field, fault in faults.items() if fault is not None}


ALIAS: Final = Kind(
    name="alias",
    form=Alias,
    words=Sentence("Other name"),
    say=_say,
    fields=(
        Field("surname", Sentence("Surname or nickname"), required=True, longest=MAX_NAME_LENGTH),
        Field("given", Sentence("Given names"), longest=MAX_NAME_LENGTH),
        Field(
            "sort",
            Sentence("What sort of name"),
            Input.CHOICE,
            options={key.value: words for key, words in ALIAS_SORTS.items()},
        ),
    ),
    many=True,
    group=Group.WHO,
    check=_check,
    project=keep_search,
)
