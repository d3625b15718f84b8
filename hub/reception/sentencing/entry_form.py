"""An order with its charges and sentences as a clerk types it from the paper, and what is wrong with it by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from hub.custody.facts.kinds import Kind, V
from hub.custody.iccs import ICCS, code_in
from hub.custody.legal import CHARGE, ORDER, Charge, LegalStatus, OrderToHold
from hub.custody.rules import OrderKind
from hub.custody.sentencing.forms import REMAND_CREDIT, SENTENCE, Imposed, RemandCredit, SentenceType, Term
from hub.sentences import Sentence
from hub.web.language import say
from hub.web.routes import number_in

ROWS_FIRST: Final = 2
ROWS_MOST: Final = 30
_PARTS: Final = ("years", "months", "weeks", "days")
_TYPED: Final = (
    "offence",
    "iccs",
    "statute",
    "offence_on",
    "case",
    *_PARTS,
    "fine",
    "starts_on",
    "after",
    "credit",
)
_BAD_DATE: Final = Sentence("This is no day of the calendar. Write it as on the paper.")
_BAD_NUMBER: Final = Sentence("Write a whole number.")


@dataclass(frozen=True)
class Row:
    """One charge with its sentence, as it will be recorded. `after` is "3" for a row, "#12" for a recorded one."""

    charge: Charge
    sentence: Imposed
    after: str
    credit: RemandCredit | None


@dataclass
class EntryForm:
    """What was typed, kept whatever is wrong with it. `order` is the item of a recorded order, 0 for a new one."""

    typed: Mapping[str, str]
    faults: dict[str, Sentence] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        text = self.typed.get("rows", "")
        return min(number_in(text), ROWS_MOST) or ROWS_FIRST

    def get(self, name: str) -> str:
        return self.typed.get(name, "").strip()

    def is_used(self, row: int) -> bool:
        """Whether anything was typed in a row."""
        return any(self.get(f"{name}_{row}") for name in _TYPED)

    @property
    def used(self) -> list[int]:
        return [row for row in range(1, self.rows + 1) if self.is_used(row)]

    def order(self, today: date) -> OrderToHold | None:
        """The order that was typed; None where one that is recorded was chosen, or it cannot be."""
        if self.get("order"):
            return None
        issued_on = self._date("issued_on", required=True)
        if self.get("kind") not in set(OrderKind):
            self.faults["kind"] = Sentence("Choose the kind of order.")
            return None
        if issued_on is None:
            return None
        value = OrderToHold(
            kind=OrderKind(self.get("kind")),
            reference=self.get("reference")[:80],
            issued_on=issued_on,
            court=self.get("court")[:80],
            judge=self.get("judge")[:80],
        )
        self._check(ORDER, value, today, "")
        return value

    def read_rows(self, today: date, imposed_on: date | None) -> list[Row]:
        """Every row with something in it; faults are noted by field and row."""
        if not self.used:
            self.faults["offence_1"] = Sentence("Enter at least one charge with its sentence.")
        return [row for number in self.used if (row := self._row(number, today, imposed_on)) is not None]

    def status(self) -> LegalStatus | None:
        """The legal status that the clerk says holds from the order on."""
        text = self.get("status")
        return LegalStatus(text) if text in set(LegalStatus) else None

    def _row(self, row: int, today: date, imposed_on: date | None) -> Row | None:
        before = set(self.faults)
        imposed = self._date(f"imposed_on_{row}") or imposed_on
        code = code_in(self.get(f"iccs_{row}"), {code: say(words) for code, words in ICCS.items()})
        charge = Charge(
            iccs=code or "",
            offence=self.get(f"offence_{row}")[:200],
            statute=self.get(f"statute_{row}")[:120],
            offence_on=self._date(f"offence_on_{row}"),
            court=self.get("court")[:80],
            case=self.get(f"case_{row}")[:80],
            outcome="convicted",
            decided_on=imposed,
        )
        self._check(CHARGE, charge, today, f"_{row}")
        kind = self.get(f"type_{row}") or SentenceType.TERM
        if kind not in set(SentenceType):
            self.faults[f"type_{row}"] = Sentence("Choose the kind of sentence.")
            return None
        if imposed is None:
            self.faults.setdefault(f"imposed_on_{row}", Sentence("Write the day of the sentence."))
            return None
        term = Term(**{part: self._number(f"{part}_{row}") for part in _PARTS})
        sentence = Imposed(
            type=SentenceType(kind),
            imposed_on=imposed,
            starts_on=self._date(f"starts_on_{row}"),
            term=term,
            fine_cents=self._cents(f"fine_{row}"),
            court=self.get("court")[:80],
            case=self.get(f"case_{row}")[:80],
        )
        self._check(SENTENCE, sentence, today, f"_{row}")
        self._check_after(row)
        credit = self._credit(row, today)
        return Row(charge, sentence, self.get(f"after_{row}"), credit) if set(self.faults) == before else None

    def _check_after(self, row: int) -> None:
        after = self.get(f"after_{row}")
        if after.startswith("#") or not after:
            return
        if number_in(after) not in self.used or number_in(after) == row:
            self.faults[f"after_{row}"] = Sentence("Choose a sentence that is entered here or recorded.")

    def _credit(self, row: int, today: date) -> RemandCredit | None:
        days = self._number(f"credit_{row}")
        if not days:
            return None
        value = RemandCredit(
            days=days,
            from_on=self._date(f"remand_from_{row}"),
            until_on=self._date(f"remand_until_{row}"),
        )
        self._check(REMAND_CREDIT, value, today, f"_{row}", {"days": "credit", "until_on": "remand_until"})
        return value

    def _check(
        self, kind: Kind[V], value: V, today: date, suffix: str, names: Mapping[str, str] | None = None
    ) -> None:
        if kind.check is None:
            return
        for name, fault in kind.check(value, today).items():
            place = {"term": "years", "fine_cents": "fine", **(names or {})}.get(name, name)
            self.faults.setdefault(f"{place}{suffix}", fault)

    def _date(self, name: str, *, required: bool = False) -> date | None:
        text = self.get(name)
        if not text:
            if required:
                self.faults[name] = Sentence("Write the day that stands on the order.")
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.faults[name] = _BAD_DATE
            return None

    def _number(self, name: str) -> int:
        text = self.get(name)
        if not text:
            return 0
        if not (text.isascii() and text.isdigit() and len(text) < 7):
            self.faults[name] = _BAD_NUMBER
            return 0
        return int(text)

    def _cents(self, name: str) -> int:
        text = self.get(name).replace(",", "").removeprefix("$").strip()
        if not text:
            return 0
        whole, _, part = text.partition(".")
        digits = (whole + part).isascii() and (whole + part).isdigit()
        if not (digits and 0 < len(whole) < 10 and len(part) <= 2):
            self.faults[name] = Sentence("Write the amount in dollars, as in 1,500.00.")
            return 0
        return int(whole) * 100 + int((part + "00")[:2])
