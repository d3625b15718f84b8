"""Is the name on an order that of the file? Accents, capitals and the order of words do not matter."""

from __future__ import annotations

import unicodedata

from hub.custody.legal import OrderToHold
from hub.custody.who.naming import ALIAS
from hub.docket.snapshot import Snapshot


def same_name(snapshot: Snapshot, order: OrderToHold) -> bool:
    """Whether the order names the person as the file does, or by an alias on file."""
    named = _words(order.named_surname or snapshot.surname, order.named_given or snapshot.given)
    known = [(snapshot.surname, snapshot.given)]
    known += [(held.value.surname, held.value.given or snapshot.given) for held in snapshot.of(ALIAS)]
    return any(named == _words(surname, given) for surname, given in known)


def _words(surname: str, given: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", f"{surname} {given}".casefold())
    kept = (letter if letter.isalnum() else " " for letter in plain if not unicodedata.combining(letter))
    return sorted("".join(kept).split())
