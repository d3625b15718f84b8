"""People of the roll copy as an officer looks for them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable

from edge.attestation.forms import People, Person
from edge.roll_copy import Content
from wire.roll import RollPerson

MOST_SHOWN = 6
"""So many fit on the page with their photos; who is not among them is searched for by more words."""

FEWEST_LETTERS = 2


May = Callable[[RollPerson], bool]
"""Whether an officer's word lets somebody through here now."""


def shown(content: Content, may: May, number: str) -> Person | None:
    """One person, None when they are not on the copy."""
    who = content.people.get(number)
    return None if who is None else _person(who, may)


def search(content: Content, may: May, words: str, *, blind: bool = False) -> People:
    """Those of whose number and name every word is a part; people with a standing procedure first, then by name.

    While a count is `blind` nobody is listed without two letters, and how many fit is told no further than is shown.
    """
    wanted = _plain(words).split()
    found = [who for who in content.people.values() if _has(who, wanted)]
    if blind and len(words.strip()) < FEWEST_LETTERS:
        found = [who for who in found if who.attested]
    found.sort(key=lambda who: (not who.attested, who.name.casefold(), who.person))
    count = min(len(found), MOST_SHOWN + 1) if blind else len(found)
    return People(people=[_person(who, may) for who in found[:MOST_SHOWN]], found=count)


def _person(who: RollPerson, may: May) -> Person:
    return Person(
        person=who.person,
        name=who.name,
        photo=who.photo,
        attested=who.attested,
        may_enter=may(who),
    )


def _has(who: RollPerson, wanted: Iterable[str]) -> bool:
    text = _plain(f"{who.person} {who.name}")
    return all(word in text for word in wanted)


def _plain(text: str) -> str:
    """Without case, accents and what stands between words: nobody types those with gloves on."""
    bare = "".join(
        letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter)
    )
    return bare.casefold().replace(",", " ").replace("-", "")
