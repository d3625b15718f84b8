"""Which column holds what, how dates are written, and what its codes mean. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import msgspec

from hub.custody.legal import LegalStatus
from hub.custody.rules import Sex
from hub.custody.search.sounds import words_of
from hub.reception.register.reading import Table
from hub.sentences import Sentence

DateOrder = Literal["dmy", "mdy", "ymd"]


@dataclass(frozen=True)
class Target:
    """What a column can hold. `guesses` are its usual headings, folded, English and Spanish."""

    code: str
    words: Sentence
    guesses: tuple[str, ...]


def _guesses(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


TARGETS: Final = (
    Target(
        "number",
        Sentence("Number in the old register"),
        _guesses(
            "number, no, register number, inmate number, prison number, inmate no, prisoner no, numero, expediente, id"
        ),
    ),
    Target(
        "surname",
        Sentence("Surname"),
        _guesses("surname, last name, family name, apellido, apellidos, lastname"),
    ),
    Target(
        "given",
        Sentence("Given names"),
        _guesses("given, given names, given name, first name, forename, nombre, nombres, firstname"),
    ),
    Target(
        "full_name",
        Sentence("Whole name (SURNAME, Given)"),
        _guesses("name, full name, nombre completo, inmate, inmate name, prisoner"),
    ),
    Target("alias", Sentence("Also known as"), _guesses("alias, aka, nickname, apodo, also known as")),
    Target(
        "born_on",
        Sentence("Born"),
        _guesses("born, dob, date of birth, birth date, birthdate, fecha de nacimiento, nacimiento"),
    ),
    Target("age", Sentence("Age in years"), _guesses("age, edad")),
    Target("sex", Sentence("Sex"), _guesses("sex, gender, sexo")),
    Target(
        "nationality",
        Sentence("Nationality"),
        _guesses("nationality, country, nacionalidad, pais, citizenship"),
    ),
    Target(
        "social_security",
        Sentence("Social security number"),
        _guesses("social security, ssn, ss no, social security number, seguro social"),
    ),
    Target(
        "police", Sentence("Police number"), _guesses("police number, cr no, criminal record, police no, crn")
    ),
    Target(
        "status",
        Sentence("Legal status"),
        _guesses("status, legal status, category, situacion, situacion legal, estado"),
    ),
    Target(
        "admitted_on",
        Sentence("Admitted"),
        _guesses(
            "admitted, admission, admission date, date admitted, received, fecha de ingreso, ingreso, date in"
        ),
    ),
    Target(
        "order_reference",
        Sentence("Reference on the order"),
        _guesses("order, order reference, warrant, warrant number, committal, orden, warrant no, order no"),
    ),
    Target(
        "order_issued_on",
        Sentence("Order dated"),
        _guesses("order date, warrant date, date of order, fecha de la orden"),
    ),
    Target(
        "order_expires_on",
        Sentence("Order ends"),
        _guesses("order expires, expires, order ends, vence, valid until"),
    ),
    Target("court", Sentence("Court"), _guesses("court, juzgado, tribunal, corte")),
    Target(
        "offence", Sentence("Offence"), _guesses("offence, offense, charge, charges, delito, crime, cargo")
    ),
    Target(
        "sentenced_on",
        Sentence("Sentenced"),
        _guesses("sentenced, sentence date, date sentenced, fecha de sentencia, date of sentence"),
    ),
    Target(
        "term",
        Sentence("Term (3 years 6 months)"),
        _guesses("term, sentence, length, sentencia, pena, condena, sentence length"),
    ),
    Target(
        "next_court_on",
        Sentence("Next court date"),
        _guesses("next court, next court date, next hearing, court date, proxima audiencia, next date"),
    ),
    Target("zone", Sentence("Block or zone"), _guesses("block, zone, unit, bloque, pabellon, building")),
    Target("cell", Sentence("Cell"), _guesses("cell, celda, cell no, cell number")),
    Target(
        "released_on",
        Sentence("Released"),
        _guesses("released, release date, date released, date of release, fecha de salida, egreso, date out"),
    ),
)
CODES: Final = {target.code: target for target in TARGETS}
DATES: Final = frozenset(
    {
        "born_on",
        "admitted_on",
        "order_issued_on",
        "order_expires_on",
        "sentenced_on",
        "next_court_on",
        "released_on",
    }
)
CODED: Final = ("sex", "status")
"""Columns whose values are codes of the register, put into our words one by one."""

_SEXES: Final = {
    "m": Sex.MALE,
    "male": Sex.MALE,
    "masculino": Sex.MALE,
    "h": Sex.MALE,
    "hombre": Sex.MALE,
    "man": Sex.MALE,
    "f": Sex.FEMALE,
    "female": Sex.FEMALE,
    "femenino": Sex.FEMALE,
    "mujer": Sex.FEMALE,
    "woman": Sex.FEMALE,
    "u": Sex.UNKNOWN,
    "unknown": Sex.UNKNOWN,
}
_STATUSES: Final = {
    "remand": LegalStatus.REMAND,
    "remanded": LegalStatus.REMAND,
    "on remand": LegalStatus.REMAND,
    "awaiting trial": LegalStatus.REMAND,
    "unsentenced": LegalStatus.REMAND,
    "preventiva": LegalStatus.REMAND,
    "prision preventiva": LegalStatus.REMAND,
    "r": LegalStatus.REMAND,
    "convicted": LegalStatus.SENTENCED,
    "sentenced": LegalStatus.SENTENCED,
    "sentenciado": LegalStatus.SENTENCED,
    "condenado": LegalStatus.SENTENCED,
    "s": LegalStatus.SENTENCED,
    "c": LegalStatus.SENTENCED,
    "life": LegalStatus.INDETERMINATE_SENTENCE,
    "immigration": LegalStatus.IMMIGRATION_DETAINEE,
    "recall": LegalStatus.RECALL,
    "civil": LegalStatus.CIVIL_PRISONER,
}


class Chosen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`columns` says the heading of each target; `values` what a register's code means, by target and folded code."""

    columns: dict[str, str] = {}
    dates: DateOrder = "dmy"
    values: dict[str, dict[str, str]] = {}


def guess(table: Table) -> Chosen:
    """What the headings and the dates look like; the user corrects it."""
    folded = [(" ".join(words_of(header)), header) for header in table.headers]
    columns: dict[str, str] = {}
    for target in TARGETS:
        for header_words, header in folded:
            if header_words in target.guesses and header not in columns.values():
                columns.setdefault(target.code, header)
    if "surname" in columns and "full_name" in columns:
        del columns["full_name"]
    chosen = Chosen(columns=columns, dates=_dates(table, columns))
    return msgspec.structs.replace(chosen, values=guess_values(table, chosen, {}))


def guess_values(
    table: Table, chosen: Chosen, said: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, str]]:
    """Meaning of each code in the coded columns: as said before, else as it is usually meant, else empty."""
    ours = {status.value.lower().replace("_", " "): status.value for status in LegalStatus}
    usual: dict[str, dict[str, str]] = {"sex": {**_SEXES}, "status": {**_STATUSES, **ours}}
    return {
        code: {
            value: said.get(code, {}).get(value, usual[code].get(value, ""))
            for value in sorted(set(map(folded_code, column(table, chosen, code))) - {""})
        }
        for code in CODED
        if code in chosen.columns
    }


def column(table: Table, chosen: Chosen, code: str) -> list[str]:
    """Cells of the column that holds this target; empty when none does."""
    header = chosen.columns.get(code)
    if header is None or header not in table.headers:
        return []
    place = table.headers.index(header)
    return [row[place] for _, row in table.rows]


def folded_code(value: str) -> str:
    """One spelling of a register's code."""
    return " ".join(words_of(value))[:40]


def fits(chosen: Chosen, headers: Sequence[str]) -> bool:
    """Whether every column that the mapping names is in the table."""
    return set(chosen.columns.values()) <= set(headers)


_PARTS: Final = re.compile(r"^(\d{1,4})[./ -](\d{1,2})[./ -](\d{1,4})$")


def _dates(table: Table, columns: Mapping[str, str]) -> DateOrder:
    chosen = Chosen(columns=dict(columns))
    cells = [cell for code in sorted(DATES) for cell in column(table, chosen, code)]
    return date_order(cells)


def date_order(cells: Iterable[str]) -> DateOrder:
    """The order in which most of these dates can be; day, month, year where nothing tells."""
    day_first = month_first = year_first = 0
    for cell in cells:
        found = _PARTS.match(cell)
        if found is None:
            continue
        if len(found[1]) == 4:
            year_first += 1
        elif int(found[1]) > 12:
            day_first += 1
        elif int(found[2]) > 12:
            month_first += 1
    if year_first > day_first + month_first:
        return "ymd"
    return "mdy" if month_first > day_first else "dmy"
