"""What the second officer reads from the papers and types without seeing what is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.custody.sentencing.case import Case, Sentenced
from hub.custody.sentencing.counting import absent_days
from hub.custody.sentencing.forms import ABSENCES, ADJUSTMENT_TYPES, SentenceType, Term
from hub.custody.sentencing.terms import is_nothing
from hub.sentences import Sentence


@dataclass(frozen=True)
class Box:
    """One figure to type: `kind` is "date" or "number", `expected` what is recorded."""

    name: str
    label: Sentence
    kind: str
    expected: str


@dataclass(frozen=True)
class Question:
    """One entry to look up on its paper, with the boxes for it."""

    title: Sentence
    paper: str
    boxes: tuple[Box, ...]


_PARTS = (
    ("years", Sentence("Years")),
    ("months", Sentence("Months")),
    ("weeks", Sentence("Weeks")),
    ("days", Sentence("Days")),
)


def questions(case: Case) -> list[Question]:
    """Every entry of a case, sentences first."""
    case = case.in_order()
    numbers = {one.item: place for place, one in enumerate(case.sentences, start=1)}
    found = [_of_sentence(one, numbers) for one in case.sentences]
    for credit in case.credits:
        boxes = [_number(f"c{credit.fact}_credit", Sentence("Days"), credit.credit.days)]
        if not is_nothing(credit.credit.term):
            boxes = _term(f"c{credit.fact}", credit.credit.term)
        found.append(Question(Sentence("Remand credit, as the court stated it"), credit.source, tuple(boxes)))
    for paid in case.payments:
        amount = _number(f"p{paid.fact}_paid", Sentence("Amount paid, in cents"), paid.payment.cents)
        day = _date(f"p{paid.fact}_on", Sentence("Paid on"), paid.payment.paid_on.isoformat())
        said = {"n": numbers.get(paid.payment.sentence, 0)}
        found.append(Question(Sentence("Payment for sentence %(n)s", said), paid.source, (amount, day)))
    for part in case.adjustments:
        value = part.adjustment
        days = absent_days(part) if value.type in ABSENCES else value.days
        box = _number(f"a{part.fact}_days", Sentence("Days"), days)
        found.append(Question(ADJUSTMENT_TYPES[value.type], part.source, (box,)))
    return found


def differing(asked: list[Question], typed: Mapping[str, str]) -> frozenset[str]:
    """Names of the boxes in which something else was typed than is recorded; an empty number is 0."""
    return frozenset(
        box.name for question in asked for box in question.boxes if not _same(box, typed.get(box.name, ""))
    )


def _same(box: Box, text: str) -> bool:
    text = text.strip()
    if box.kind == "number":
        digits = text or "0"
        return digits.isascii() and digits.isdigit() and len(digits) < 12 and int(digits) == int(box.expected)
    return text == box.expected


def _of_sentence(one: Sentenced, numbers: Mapping[int, int]) -> Question:
    value, key = one.imposed, f"s{one.item}"
    boxes = [_date(f"{key}_on", Sentence("Imposed on"), value.imposed_on.isoformat())]
    if value.starts_on is not None:
        boxes.append(_date(f"{key}_from", Sentence("Counts from"), value.starts_on.isoformat()))
    if value.type in (SentenceType.TERM, SentenceType.FINE_IN_DEFAULT, SentenceType.LIFE):
        boxes += _term(key, value.term)
    if value.type is SentenceType.FINE_IN_DEFAULT:
        boxes.append(_number(f"{key}_fine", Sentence("Fine, in cents"), value.fine_cents))
    before = numbers.get(value.consecutive_to or 0, 0)
    boxes.append(
        _number(f"{key}_after", Sentence("Follows sentence number; 0 where it runs side by side"), before)
    )
    return Question(Sentence("Sentence %(n)s", {"n": numbers[one.item]}), one.source, tuple(boxes))


def _term(key: str, term: Term) -> list[Box]:
    return [_number(f"{key}_{name}", label, getattr(term, name)) for name, label in _PARTS]


def _number(name: str, label: Sentence, value: int) -> Box:
    return Box(name, label, "number", str(value))


def _date(name: str, label: Sentence, value: str) -> Box:
    return Box(name, label, "date", value)
