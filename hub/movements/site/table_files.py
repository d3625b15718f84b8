"""Zones and checkpoints from tables (CSV), with everything that is wrong in them by row."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from hub.movements.records import ZoneKind
from hub.movements.site.files import CheckpointDraft, SiteError, SiteFile, ZoneDraft, text_of
from hub.movements.site.forms import CODE, Kind
from hub.movements.site.importing import Places, Trouble
from hub.sentences import RefusedError, Sentence

MOST_ROWS: Final = 5_000
_YES: Final = frozenset({"1", "yes", "y", "true", "x", "si", "sí", "s"})
_NO: Final = frozenset({"", "0", "no", "n", "false"})


@dataclass(frozen=True)
class TableRead:
    """What a table holds as far as it can be read, where each thing stands, and what cannot.

    `unread` are the codes of rows that could not be read: that they are not there is no second fault.
    """

    file: SiteFile
    places: Places
    troubles: Sequence[Trouble]
    unread: frozenset[str] = frozenset()


def read_table(raw: bytes) -> TableRead:
    """Zones, or checkpoints when there is a column `from_zone`. SiteError when it is no such table at all."""
    text = text_of(raw)[0]
    first = text.partition("\n")[0]
    delimiter = max((";", ",", "\t"), key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
    except csv.Error as error:
        words = Sentence(
            "The table cannot be read: %(error)s. Save it as CSV and bring it in again.",
            {"error": str(error)},
        )
        raise SiteError(words) from error
    header = [name.strip().lower() for name in rows[0]] if rows else []
    while header and not header[-1]:
        header.pop()  # spreadsheets save columns that were once used
    columns = _CHECKPOINT if "from_zone" in header else _ZONE
    _check_header(header, columns)
    if len(rows) - 1 > MOST_ROWS:
        raise SiteError(
            Sentence("The table has more than %(count)s rows. Bring it in in parts.", {"count": MOST_ROWS})
        )
    return _rows(header, rows[1:], columns)


def _check_header(header: Sequence[str], columns: Mapping[str, _Column]) -> None:
    unknown = [name for name in header if name not in columns]
    missing = [name for name, column in columns.items() if column.needed and name not in header]
    twice = [name for name, count in Counter(header).items() if count > 1]
    if missing:
        wrong = Sentence("It has no column %(names)s.", {"names": ", ".join(missing)})
    elif unknown:
        wrong = Sentence("Nothing is known by the name %(names)s.", {"names": ", ".join(unknown)})
    elif twice:
        wrong = Sentence("The column %(names)s stands there twice.", {"names": ", ".join(twice)})
    else:
        return
    raise SiteError(
        Sentence(
            "The first row must name the columns. %(wrong)s Columns of zones: %(zones)s; of checkpoints: "
            "%(checkpoints)s.",
            {"wrong": wrong, "zones": ", ".join(_ZONE), "checkpoints": ", ".join(_CHECKPOINT)},
        )
    )


def _rows(header: Sequence[str], rows: Sequence[Sequence[str]], columns: Mapping[str, _Column]) -> TableRead:
    kind = Kind.CHECKPOINT if columns is _CHECKPOINT else Kind.ZONE
    draft: type[Any] = CheckpointDraft if kind is Kind.CHECKPOINT else ZoneDraft
    drafts: dict[str, Any] = {}
    places: dict[tuple[Kind, str], Sentence] = {}
    troubles: list[Trouble] = []
    unread: set[str] = set()
    for number, row in enumerate(rows, 2):
        if not any(cell.strip() for cell in row):
            continue
        where = Sentence("row %(number)s", {"number": number})
        values, wrong = _values(header, row, columns)
        troubles += [Trouble(where, words) for words in wrong]
        if wrong:
            unread.add(str(values.get("code", "")))
            continue
        code = str(values["code"])
        if code in drafts:
            words = Sentence(
                "%(code)s stands in %(where)s already.", {"code": code, "where": places[kind, code]}
            )
            troubles.append(Trouble(where, words))
            continue
        drafts[code], places[kind, code] = msgspec.convert(values, draft), where
    if not drafts and not troubles:
        raise SiteError(Sentence("The table has no rows under its first one."))
    found = list(drafts.values())
    file = SiteFile(checkpoint=found) if kind is Kind.CHECKPOINT else SiteFile(zone=found)
    return TableRead(file, places, troubles, frozenset(unread))


def _values(
    header: Sequence[str], row: Sequence[str], columns: Mapping[str, _Column]
) -> tuple[dict[str, object], list[Sentence]]:
    values: dict[str, object] = {}
    wrong: list[Sentence] = []
    if len(row) > len(header) and any(cell.strip() for cell in row[len(header) :]):
        wrong.append(Sentence("The row has more cells than there are columns."))
    cells = [*row, *[""] * len(header)]
    for name, cell in zip(header, cells, strict=False):
        try:
            values[name] = columns[name].read(cell.strip())
        except RefusedError as error:
            wrong.append(Sentence("%(column)s: %(sentence)s", {"column": name, "sentence": error.message}))
    return values, wrong


def _code(cell: str) -> str:
    cell = cell.lower()
    if re.match(CODE, cell) is None:
        raise RefusedError("code", Sentence("A code has small letters, digits and hyphens: a-1-03."))
    return cell


def _code_or_none(cell: str) -> str | None:
    return _code(cell) if cell else None


def _name(cell: str) -> str:
    if not 0 < len(cell) <= 80:
        raise RefusedError("name", Sentence("A name has 1 to 80 letters."))
    return cell


def _kind(cell: str) -> str:
    if cell.upper() not in ZoneKind._value2member_map_:
        kinds = ", ".join(ZoneKind)
        raise RefusedError("kind", Sentence("The kind is one of %(kinds)s.", {"kinds": kinds}))
    return cell.upper()


def _number(most: int) -> Callable[[str], int | None]:
    def read(cell: str) -> int | None:
        if not cell:
            return None
        if not (cell.isascii() and cell.isdigit() and len(cell) < 10 and int(cell) <= most):
            raise RefusedError("number", Sentence("Write a whole number from 0 to %(most)s.", {"most": most}))
        return int(cell)

    return read


def _flag(cell: str) -> bool:
    if cell.lower() not in _YES | _NO:
        raise RefusedError("flag", Sentence("Write yes or no."))
    return cell.lower() in _YES


@dataclass(frozen=True)
class _Column:
    """How the cells of a column are read; one that is not `needed` may be left out, and stays as it is."""

    read: Callable[[str], object]
    needed: bool = False


_PLACES: Final = _Column(_number(100_000))
_ZONE: Final[Mapping[str, _Column]] = {
    "code": _Column(_code, needed=True),
    "name": _Column(_name, needed=True),
    "kind": _Column(_kind, needed=True),
    "site": _Column(_code),
    "parent": _Column(_code_or_none),
    "unit": _Column(_flag),
    "capacity": _PLACES,
    "working": _PLACES,
    "maximum": _PLACES,
    "needs_pass": _Column(_flag),
    "locked_at_night": _Column(_flag),
    "closed": _Column(_flag),
}
_CHECKPOINT: Final[Mapping[str, _Column]] = {
    "code": _Column(_code, needed=True),
    "name": _Column(_name, needed=True),
    "from_zone": _Column(_code, needed=True),
    "to_zone": _Column(_code, needed=True),
    "walk_s": _Column(_number(86_400)),
    "closed": _Column(_flag),
}


def as_table(file: SiteFile, kind: Kind) -> str:
    """The zones, or the checkpoints, as a table that `read_table` reads."""
    columns = _CHECKPOINT if kind is Kind.CHECKPOINT else _ZONE
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for one in file.checkpoint if kind is Kind.CHECKPOINT else file.zone:
        held = msgspec.to_builtins(one)
        writer.writerow([_cell(held.get(name)) for name in columns])
    return out.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
