"""A policy as it is typed in, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar

from hub.custody.sentencing.forms import SentenceType, Term
from hub.custody.sentencing.policy import (
    CreditOrder,
    Exclusion,
    Licence,
    MonthEnd,
    NonWorking,
    PartPayment,
    Policy,
    Reach,
    Rounding,
    faults_of,
)
from hub.sentences import Sentence

EXCLUSIONS: Final = 8
PARTS: Final = ("years", "months", "weeks", "days")
_TERMS: Final = ("remission_over", "parole_least", "life_parole")
C = TypeVar("C", bound=StrEnum)


@dataclass
class PolicyForm:
    """What was typed, kept whatever is wrong with it."""

    typed: Mapping[str, str]
    faults: dict[str, Sentence] = field(default_factory=dict)

    def get(self, name: str) -> str:
        return self.typed.get(name, "").strip()

    def policy(self) -> Policy | None:
        """The policy that was typed; None when something cannot be, which `faults` says by field."""
        try:
            effective_on = date.fromisoformat(self.get("effective_on"))
        except ValueError:
            self.faults["effective_on"] = Sentence("Write the day from which it holds.")
            return None
        policy = Policy(
            name=self.get("name")[:80],
            authority=self.get("authority")[:300],
            effective_on=effective_on,
            serve=self.get("serve"),
            reach=self._choice("reach", Reach),
            rounding=self._choice("rounding", Rounding),
            remission_over=self._term("remission_over"),
            least_days=self._number("least_days"),
            credit=self._choice("credit", CreditOrder),
            exclusions=self._exclusions(),
            part_payment=self._choice("part_payment", PartPayment),
            fine_rounding=self._choice("fine_rounding", Rounding),
            parole=self.get("parole"),
            parole_least=self._term("parole_least"),
            life_parole=self._term("life_parole"),
            licence=self._choice("licence", Licence),
            non_working=self._choice("non_working", NonWorking),
            weekend=tuple(day for day in range(7) if self.get(f"weekend_{day}")),
            month_end=self._choice("month_end", MonthEnd),
        )
        for name, fault in faults_of(policy).items():
            self.faults.setdefault(name, fault)
        return None if self.faults else policy

    def _exclusions(self) -> tuple[Exclusion, ...]:
        found = []
        for row in range(1, EXCLUSIONS + 1):
            iccs, kind = self.get(f"iccs_{row}").split(" ", 1)[0], self.get(f"type_{row}")
            if not iccs and not kind:
                continue
            if iccs and not (iccs.isdigit() and 2 <= len(iccs) <= 6):
                self.faults["exclusions"] = Sentence("Choose the offence's class from the list.")
            if kind and kind not in set(SentenceType):
                self.faults["exclusions"] = Sentence("Choose the kind of sentence.")
            found.append(
                Exclusion(
                    iccs=iccs,
                    type=kind,
                    serve=self.get(f"serve_{row}") or "1",
                    parole=bool(self.get(f"parole_{row}")),
                    why=self.get(f"why_{row}")[:200],
                )
            )
        return tuple(found)

    def _choice(self, name: str, kind: type[C]) -> C:
        text = self.get(name)
        if text in set(kind):
            return kind(text)
        self.faults[name] = Sentence("Choose one of the list.")
        return next(iter(kind))

    def _term(self, name: str) -> Term:
        return Term(**{part: self._number(f"{name}_{part}") for part in PARTS})

    def _number(self, name: str) -> int:
        text = self.get(name)
        if not text:
            return 0
        if not (text.isascii() and text.isdigit() and len(text) < 6):
            self.faults[name] = Sentence("Write a whole number.")
            return 0
        return int(text)


def typed_of(policy: Policy) -> dict[str, str]:
    """The fields of a form that would make this policy."""
    typed = {
        name: str(getattr(policy, name))
        for name in (
            *("name", "authority", "serve", "reach", "rounding", "least_days", "credit", "part_payment"),
            *("fine_rounding", "parole", "licence", "non_working", "month_end"),
        )
    }
    typed["effective_on"] = policy.effective_on.isoformat()
    typed |= {f"weekend_{day}": "1" for day in policy.weekend}
    for name in _TERMS:
        term = getattr(policy, name)
        typed |= {f"{name}_{part}": str(getattr(term, part) or "") for part in PARTS}
    for row, exclusion in enumerate(policy.exclusions, start=1):
        typed |= {
            f"iccs_{row}": exclusion.iccs,
            f"type_{row}": exclusion.type,
            f"serve_{row}": exclusion.serve,
            f"parole_{row}": "1" if exclusion.parole else "",
            f"why_{row}": exclusion.why,
        }
    return typed


def empty() -> dict[str, str]:
    """A new form: choices that most laws make; no fraction, because no law is assumed."""
    return {
        "reach": Reach.SENTENCED_FROM,
        "rounding": Rounding.UP,
        "credit": CreditOrder.AFTER_REMISSION,
        "part_payment": PartPayment.PROPORTIONAL,
        "fine_rounding": Rounding.UP,
        "licence": Licence.NONE,
        "non_working": NonWorking.KEEP,
        "month_end": MonthEnd.CORRESPONDING,
        "weekend_5": "1",
        "weekend_6": "1",
    }
