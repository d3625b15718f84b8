"""Who somebody is, as the register has it: the fact from which the person's row is made."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from hub.custody.changes import note_change
from hub.custody.facts.kinds import Field, Form, Group, Input, Kind
from hub.custody.facts.reading import current, one
from hub.custody.records import Person
from hub.custody.rules import PersonFacts, Sex, faults_of_person
from hub.custody.search.projection import refresh
from hub.sentences import Sentence

SEXES: Final = {
    Sex.MALE: Sentence("Male"),
    Sex.FEMALE: Sentence("Female"),
    Sex.UNKNOWN: Sentence("Not known"),
}


class Identity(Form, frozen=True):
    """`born_estimated` says that the date of birth was estimated, on whose word stands in the source."""

    surname: str
    given: str
    born_on: date | None = None
    born_estimated: bool = False
    sex: Sex = Sex.UNKNOWN


def _say(value: Identity) -> Sentence:
    return Sentence("%(surname)s, %(given)s", {"surname": value.surname.upper(), "given": value.given})


def _check(value: Identity, today: date) -> dict[str, Sentence]:
    return faults_of_person(PersonFacts(value.surname, value.given, value.born_on, value.sex), today)


def _project(session: Session, person_id: int, at: datetime) -> None:
    refresh(session, [person_id])
    held = one(current(session, IDENTITY, person_id=person_id))
    if held is None:
        return
    person, value = session.get_one(Person, person_id), held.value
    wanted = (value.surname, value.given, value.born_on, value.sex.value)
    if (person.surname, person.given, person.born_on, person.sex) == wanted:
        return
    person.surname, person.given, person.born_on, person.sex = wanted
    session.flush()
    note_change(session, person_id, at)


IDENTITY: Final = Kind(
    name="identity",
    form=Identity,
    words=Sentence("Name, birth and sex"),
    say=_say,
    fields=(
        Field("surname", Sentence("Surname"), required=True, longest=80),
        Field("given", Sentence("Given names"), required=True, longest=80),
        Field("born_on", Sentence("Born"), Input.DATE),
        Field("born_estimated", Sentence("The date of birth is estimated"), Input.YES_NO),
        Field(
            "sex", Sentence("Sex"), Input.CHOICE, options={key.value: words for key, words in SEXES.items()}
        ),
    ),
    group=Group.WHO,
    check=_check,
    project=_project,
)
