"""From the cells of one row to what it says of somebody, or what is wrong in which column. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar

import msgspec

from hub.custody.legal import LegalStatus
from hub.custody.rules import Faults, PersonFacts, Sex, clean_name, faults_of_person
from hub.custody.search.sounds import fold
from hub.custody.sentencing.forms import Term
from hub.custody.who.countries import countries
from hub.reception.register.dates import no_date, read_date
from hub.reception.register.mapping import Chosen, DateOrder, folded_code
from hub.reception.register.reading import MAX_CELL
from hub.sentences import Sentence

E = TypeVar("E", bound=StrEnum)

_SHORT: Final = 80
_ROOM: Final[Mapping[str, int]] = {
    **dict.fromkeys(("number", "alias", "order_reference", "court"), _SHORT),
    **dict.fromkeys(("social_security", "police"), 40),
    "cell": 64,
    "offence": MAX_CELL,
}
"""Characters that are kept of a column. What is longer is refused: nothing of a register is cut off in silence."""
_TERM: Final = re.compile(
    r"(\d{1,3})\s*(y(?:ea)?rs?|y|anos?|a|m(?:on)?ths?|mos?|m|mes(?:es)?|w(?:ee)?ks?|w|semanas?|d(?:ays?)?|dias?)\b"
)
_LIFE: Final = frozenset({"life", "life imprisonment", "cadena perpetua", "perpetua"})


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What one row says. Empty is "not known"; without `admitted_on` it tells of a person and no stay."""

    surname: str
    given: str
    born_on: date | None = None
    born_estimated: bool = False
    sex: Sex = Sex.UNKNOWN
    number: str = ""
    alias: str = ""
    nationality: str = ""
    social_security: str = ""
    police: str = ""
    status: LegalStatus = LegalStatus.UNKNOWN
    admitted_on: date | None = None
    order_reference: str = ""
    order_issued_on: date | None = None
    order_expires_on: date | None = None
    court: str = ""
    offence: str = ""
    sentenced_on: date | None = None
    term: Term = Term()
    life: bool = False
    next_court_on: date | None = None
    zone: str = ""
    cell: str = ""
    released_on: date | None = None


@dataclass(frozen=True)
class Judged:
    """`entry` None where something is wrong; `faults` by target."""

    entry: Entry | None
    faults: Faults


def judge(cells: Mapping[str, str], chosen: Chosen, today: date, zones: Mapping[str, str]) -> Judged:
    """What a row says. `cells` by target; `zones` are codes of zones by folded name and code."""
    faults: dict[str, Sentence] = {}
    for code, cell in cells.items():
        if len(cell) > _ROOM.get(code, _SHORT * 2):
            faults[code] = Sentence("The cell is too long. Shorten it.")
    said = {code: "" if code in faults else cell for code, cell in cells.items()}
    dates = {code: _date(said, code, chosen.dates, faults) for code in _DATES}
    surname, given = _name(said, faults)
    born_on, estimated = _birth(said, dates["born_on"], today, faults)
    sex = _coded(said, "sex", chosen, faults, Sex.UNKNOWN)
    status = _coded(said, "status", chosen, faults, LegalStatus.UNKNOWN)
    wrong = faults_of_person(PersonFacts(surname, given, born_on, sex), today)
    faults = {**_named_as_columns(wrong, said), **faults}
    _check_dates(dates, born_on, today, faults)
    term, life = _term(said, faults)
    if (
        (any(msgspec.structs.astuple(term)) or life)
        and dates["sentenced_on"] is None
        and "sentenced_on" not in faults
    ):
        faults["term"] = Sentence(
            "A term needs the day of the sentence. Fill in that column, or leave the term out."
        )
    zone = _zone(said, zones, faults)
    country = _country(said, faults)
    if faults:
        return Judged(None, faults)
    entry = Entry(
        surname=surname,
        given=given,
        born_on=born_on,
        born_estimated=estimated,
        sex=sex,
        number=said.get("number", ""),
        alias=clean_name(said.get("alias", "")),
        nationality=country,
        social_security=said.get("social_security", ""),
        police=said.get("police", ""),
        status=status,
        admitted_on=dates["admitted_on"],
        order_reference=said.get("order_reference", ""),
        order_issued_on=dates["order_issued_on"],
        order_expires_on=dates["order_expires_on"],
        court=said.get("court", ""),
        offence=said.get("offence", ""),
        sentenced_on=dates["sentenced_on"],
        term=term,
        life=life,
        next_court_on=dates["next_court_on"],
        zone=zone,
        cell=said.get("cell", ""),
        released_on=dates["released_on"],
    )
    return Judged(entry, {})


_DATES: Final = (
    "born_on",
    "admitted_on",
    "order_issued_on",
    "order_expires_on",
    "sentenced_on",
    "next_court_on",
    "released_on",
)


def _named_as_columns(wrong: Faults, said: Mapping[str, str]) -> dict[str, Sentence]:
    """A fault of a name stands at the column that has the whole name where there is no other."""
    whole = "full_name" in said and "surname" not in said
    return {
        "full_name" if whole and field in ("surname", "given") else field: text
        for field, text in wrong.items()
    }


def _name(said: Mapping[str, str], faults: dict[str, Sentence]) -> tuple[str, str]:
    surname, given = clean_name(said.get("surname", "")), clean_name(said.get("given", ""))
    whole = clean_name(said.get("full_name", ""))
    if whole and not surname:
        if "," in whole:
            surname, _, given = whole.partition(",")
        else:
            # Without a comma the last word is the surname, as English speakers write it.
            given, _, surname = whole.rpartition(" ")
    return clean_name(surname), clean_name(given) or ("UNKNOWN" if surname else "")


def _birth(
    said: Mapping[str, str], born_on: date | None, today: date, faults: dict[str, Sentence]
) -> tuple[date | None, bool]:
    age = said.get("age", "")
    if born_on is not None or not age:
        return born_on, False
    if not (age.isascii() and age.isdigit() and len(age) < 4) or not 7 <= int(age) <= 110:
        faults["age"] = Sentence("Write the age as a number of years, 7 to 110, or leave it out.")
        return None, False
    return date(today.year - int(age), 1, 1), True


def _coded(said: Mapping[str, str], code: str, chosen: Chosen, faults: dict[str, Sentence], unknown: E) -> E:
    value = folded_code(said.get(code, ""))
    if not value:
        return unknown
    meant = chosen.values.get(code, {}).get(value, "")
    found = next((one for one in type(unknown) if one.value == meant), None)
    if found is None:
        faults[code] = Sentence(
            "It is not said what '%(value)s' means. Say it under: which column is what.",
            {"value": said[code][:40]},
        )
    return found or unknown


def _date(said: Mapping[str, str], code: str, order: DateOrder, faults: dict[str, Sentence]) -> date | None:
    text = said.get(code, "")
    if not text:
        return None
    found = read_date(text, order)
    if found is None:
        faults[code] = Sentence(no_date(text), {"text": text[:30]})
    return found


def _check_dates(
    dates: Mapping[str, date | None], born_on: date | None, today: date, faults: dict[str, Sentence]
) -> None:
    for code in ("admitted_on", "order_issued_on", "sentenced_on", "released_on"):
        value = dates[code]
        if value is not None and value > today:
            faults.setdefault(code, Sentence("This day has not come yet. Check the date."))
        if value is not None and born_on is not None and value < born_on:
            faults.setdefault(code, Sentence("This is before the person was born. Check both dates."))
    admitted, released = dates["admitted_on"], dates["released_on"]
    if released is not None and admitted is None:
        faults.setdefault(
            "released_on", Sentence("A release needs the day of admission. Fill in that column.")
        )
    if released is not None and admitted is not None and released < admitted:
        faults.setdefault("released_on", Sentence("The release is before the admission. Check both dates."))
    issued, expires = dates["order_issued_on"], dates["order_expires_on"]
    if issued is not None and expires is not None and expires < issued:
        faults.setdefault("order_expires_on", Sentence("The order ends before it begins. Check both dates."))


def _term(said: Mapping[str, str], faults: dict[str, Sentence]) -> tuple[Term, bool]:
    text = fold(said.get("term", "")).strip()
    if not text:
        return Term(), False
    if text in _LIFE:
        return Term(), True
    parts = _TERM.findall(text)
    left = re.sub(r"[\s,.&+]|and|\by\b", "", _TERM.sub("", text))
    if not parts or left:
        faults["term"] = Sentence(
            "'%(text)s' is no term. Write it like 3 years 6 months, or life.", {"text": said["term"][:40]}
        )
        return Term(), False
    total = {"y": 0, "m": 0, "w": 0, "d": 0}
    for count, unit in parts:
        total[{"a": "y", "s": "w"}.get(unit[0], unit[0])] += int(count)
    if not any(total.values()):
        faults["term"] = Sentence("A term of nothing holds nobody. Correct it, or leave the cell empty.")
    return Term(years=total["y"], months=total["m"], weeks=total["w"], days=total["d"]), False


def _zone(said: Mapping[str, str], zones: Mapping[str, str], faults: dict[str, Sentence]) -> str:
    text = said.get("zone", "")
    if not text:
        return ""
    code = zones.get(folded_code(text), "")
    if not code:
        faults["zone"] = Sentence(
            "There is no zone '%(zone)s' at this site. Correct it, or add the zone first.",
            {"zone": text[:40]},
        )
    return code


def _country(said: Mapping[str, str], faults: dict[str, Sentence]) -> str:
    text = said.get("nationality", "")
    if not text:
        return ""
    if text.upper() in countries("en"):
        return text.upper()
    wanted = fold(text)
    for language in ("en", "es"):
        for code, name in countries(language).items():
            if fold(name) == wanted:
                return code
    if wanted in _PEOPLE:
        return _PEOPLE[wanted]
    faults["nationality"] = Sentence(
        "'%(text)s' is no country that is known here. Write its name or its two letters.", {"text": text[:40]}
    )
    return ""


_PEOPLE: Final = {
    "belizean": "BZ",
    "beliceno": "BZ",
    "belicena": "BZ",
    "guatemalan": "GT",
    "guatemalteco": "GT",
    "honduran": "HN",
    "hondureno": "HN",
    "salvadoran": "SV",
    "salvadoreno": "SV",
    "mexican": "MX",
    "mexicano": "MX",
    "american": "US",
    "chinese": "CN",
    "nicaraguan": "NI",
    "jamaican": "JM",
    "british": "GB",
    "canadian": "CA",
    "colombian": "CO",
    "cuban": "CU",
}
