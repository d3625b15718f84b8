"""What a reckoning rests on: the rules of a day, the digest that signatures stand under, and what was reckoned before.

A list of people asks for the same dates at each page. They are a function of the entries and the rules alone, so what
came out is kept under a digest of all that went in: whatever changes there is reckoned anew, and nothing is kept for a
time. Of the entries only dates, and what is wrong with them, stay in memory. Signatures are no part of it: they are
read each time.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from threading import Lock
from typing import Final

import msgspec

from hub.custody.sentencing.case import Case, Reckoned
from hub.custody.sentencing.policy import Numbered, chosen
from hub.custody.sentencing.reckoner import reckon

_KEPT: Final = 8_192
"""Cases: what the programs of a few agencies turn over in a day. About 2 kB each."""


@dataclass(frozen=True)
class Rules:
    """What dates are reckoned by on a day."""

    policies: tuple[Numbered, ...]
    holidays: frozenset[date]
    today: date

    @cached_property
    def key(self) -> bytes:
        """The same for the same rules on the same day, and for no others."""
        whole = _ENCODER.encode((self.policies, self.holidays, self.today))
        return hashlib.sha256(whole).digest()


@dataclass(frozen=True)
class Worked:
    """What the entries of a stay come to, without steps. `digest` is made when a signature is compared with it, and
    of what is kept beforehand."""

    reckoned: Reckoned
    digest: str | None = None


@dataclass
class _Memory:
    _known: OrderedDict[bytes, Worked] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def get(self, key: bytes) -> Worked | None:
        with self._lock:
            found = self._known.get(key)
            if found is not None:
                self._known.move_to_end(key)
            return found

    def keep(self, key: bytes, found: Worked) -> None:
        with self._lock:
            self._known[key] = found
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)


_MEMORY: Final = _Memory()


def work_out(case: Case, rules: Rules) -> Worked:
    """The dates of a case, reckoned now."""
    return Worked(reckon(case, rules.policies, rules.holidays, today=rules.today, explain=False))


def worked_out(case: Case, rules: Rules) -> Worked:
    """The same, as it was reckoned before where nothing of it has changed.

    For who asks about the same few again and again: going through everybody would only drive out what they asked.
    """
    key = hashlib.sha256(rules.key + _ENCODER.encode(case)).digest()
    found = _MEMORY.get(key)
    if found is None:
        reckoned = work_out(case, rules).reckoned
        found = Worked(reckoned, digest_of(case, reckoned, rules))
        _MEMORY.keep(key, found)
    return found


def digest_of(case: Case, reckoned: Reckoned, rules: Rules) -> str:
    """What signatures are put under: the entries, the rules used, and the dates."""
    used = used_rules(case, rules)
    whole = _ENCODER.encode((case.in_order(), [used[number] for number in sorted(used)], reckoned.dates))
    return hashlib.sha256(whole).hexdigest()


def used_rules(case: Case, rules: Rules) -> Mapping[int, object]:
    """Policies by which a case is reckoned, by number, without their names: those may be put better."""
    found = (chosen(rules.policies, one.imposed.imposed_on, rules.today) for one in case.sentences)
    return {one.id: _bare(one) for one in found if one is not None}


def _bare(one: Numbered) -> object:
    return msgspec.structs.replace(one.policy, name="", authority="")


_ENCODER: Final = msgspec.json.Encoder(order="deterministic")
