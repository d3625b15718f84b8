"""The interlock: every condition of a release with its evidence, and what to do where one is not met. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from typing import Final

from hub.custody.legal import OrderToHold, ReleaseReason
from hub.custody.rules import OrderKind
from hub.reception.releasing.authority import RUNS, authority, in_force
from hub.reception.releasing.standing import (
    ATTEST,
    ENDS_NO_SENTENCE,
    FINGER,
    SENTENCE,
    Item,
    Line,
    Mark,
    Standing,
)
from hub.sentences import Sentence

IDENTITY_GOOD_FOR: Final = timedelta(minutes=60)
"""Whoever was recognised longer ago may have changed places with somebody in the waiting room."""
ATTESTING_OFFICERS: Final = 2


def interlock(found: Standing) -> list[Line]:
    """All lines but the second officer's, whose word counts for these as they were when it was given."""
    return [rule(found) for rule in _RULES]


def digest(lines: Collection[Line]) -> str:
    """What a second officer signs: it changes when a condition, or the evidence for it, does."""
    said = [f"{line.item} {line.met} {[str(one) for one in line.evidence]}" for line in lines]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:32]


def second_line(found: Standing, lines: Sequence[Line]) -> Line:
    """The second officer's word, as long as it is about what stands there now."""
    mark = found.mark(Item.SECOND)
    if mark is None:
        return Line(
            Item.SECOND,
            False,
            todo=Sentence("When all else is met, a second officer looks and signs: never the same account."),
        )
    if mark.subject != digest(lines):
        return Line(
            Item.SECOND,
            False,
            (Sentence("%(login)s signed, and something has changed since.", {"login": mark.by}),),
            Sentence("The second officer looks again and signs."),
        )
    return Line(Item.SECOND, True, (Sentence("Signed by %(login)s.", {"login": mark.by}),))


def _holds(found: Standing) -> Line:
    standing = [
        one for one in (found.holds or {}).values() if one.expires_on is None or one.expires_on >= found.today
    ]
    if standing and found.reason is not ReleaseReason.DIED:
        said = tuple(
            Sentence(
                "%(authority)s, %(reference)s: %(reason)s",
                {"authority": one.authority, "reference": one.reference, "reason": one.reason},
            )
            for one in standing
        )
        todo = Sentence("Ask the authority. When it gives the hold up, end it on the file with its paper.")
        return Line(Item.HOLDS, False, said, todo)
    return Line(Item.HOLDS, True, (Sentence("No other authority asks for the person."),))


def _orders(found: Standing) -> Line:
    standing = {str(item): one for item, one in (found.orders or {}).items() if in_force(one, found.today)}
    alone = len(standing) == 1 and all(_is_answered(found, one) for one in standing.values())
    if found.reason is ReleaseReason.DIED or (not found.sentence_stands and (alone or not standing)):
        said = tuple(_answered(one) for one in standing.values()) or (
            Sentence("No order to hold is in force."),
        )
        return Line(Item.ORDERS, True, said)
    marked = {mark.subject: mark for mark in found.marks_of(Item.ORDERS)}
    runs = found.sentence_stands and SENTENCE not in marked
    open_ones = [one for item, one in standing.items() if item not in marked]
    if open_ones or runs:
        said = tuple(
            Sentence("%(reference)s is in force.", {"reference": one.reference}) for one in open_ones
        )
        todo = Sentence(
            "Say of each order how this release answers it. One that it does not answer keeps the person."
        )
        return Line(Item.ORDERS, False, (*said, *((RUNS,) if runs else ())), todo)
    answers: list[tuple[object, Mark]] = [(one.reference, marked[item]) for item, one in standing.items()]
    if found.sentence_stands:
        answers.append((RUNS, marked[SENTENCE]))
    said = tuple(
        Sentence(
            "%(reference)s is answered: %(note)s (%(login)s)",
            {"reference": what, "note": mark.note, "login": mark.by},
        )
        for what, mark in answers
    )
    return Line(Item.ORDERS, True, said)


def _is_answered(found: Standing, order: OrderToHold) -> bool:
    """Whether a release answers the only order in force by its very reason; else somebody says how it does."""
    if found.reason is ReleaseReason.SENTENCE_SERVED:
        return order.kind is not OrderKind.REMAND_ORDER
    if found.reason in ENDS_NO_SENTENCE and order.kind is OrderKind.SENTENCE_ORDER:
        return found.reason is ReleaseReason.FINE_PAID
    return found.paper is None or order.issued_on <= found.paper.issued_on


def _answered(order: OrderToHold) -> Sentence:
    return Sentence("The only order is %(reference)s.", {"reference": order.reference})


def _stays(found: Standing) -> Line:
    if found.other_stays:
        said = Sentence("%(numbers)s is open.", {"numbers": ", ".join(found.other_stays)})
        todo = Sentence(
            "The same person has another open stay. Clear up which one holds before anybody goes."
        )
        return Line(Item.STAYS, False, (said,), todo)
    return Line(Item.STAYS, True, (Sentence("No other file of this person has an open stay."),))


def _identity(found: Standing) -> Line:
    since = found.now - IDENTITY_GOOD_FOR
    finger = found.mark(FINGER)
    if finger is not None and finger.at >= since:
        said = Sentence("By finger, %(login)s.", {"login": finger.by})
        return Line(Item.IDENTITY, True, (said,))
    attested = {mark.by: mark for mark in found.marks_of(ATTEST) if mark.at >= since}
    said_all = tuple(
        Sentence("Attested by %(login)s: %(note)s", {"login": mark.by, "note": mark.note})
        for mark in attested.values()
    )
    if len(attested) >= ATTESTING_OFFICERS:
        return Line(Item.IDENTITY, True, said_all)
    if found.reason is ReleaseReason.DIED:
        todo = Sentence("Two officers attest whose body it is, by photo and file.")
    elif finger is not None:
        todo = Sentence("The finger was taken too long ago. Take it again, or two officers attest.")
    else:
        todo = Sentence(
            "Take one finger at a desk or from an image. If nothing works, two officers attest by photo and order: "
            "no device keeps anybody in."
        )
    return Line(Item.IDENTITY, False, said_all, todo)


def _twins(found: Standing) -> Line:
    if not found.twins:
        return Line(Item.TWINS, True, (Sentence("Nobody has the same or a similar name."),))
    marked = {mark.subject for mark in found.marks_of(Item.TWINS)}
    open_ones = [twin for twin in found.twins if twin.number not in marked]
    said = tuple(
        Sentence("%(number)s: %(why)s", {"number": twin.number, "why": twin.why}) for twin in found.twins
    )
    if open_ones:
        todo = Sentence("Compare the photos and the papers, and say of each that it is not this person.")
        return Line(Item.TWINS, False, said, todo)
    return Line(Item.TWINS, True, said)


def _property(found: Standing) -> Line:
    if not found.things:
        return Line(Item.PROPERTY, True, (Sentence("Nothing of the person is kept."),))
    mark = found.mark(Item.PROPERTY)
    kept = Sentence("Things kept: %(count)s.", {"count": found.things})
    if mark is None:
        todo = Sentence(
            "Give them back against a signature, or write why they stay and how they are sent on."
        )
        return Line(Item.PROPERTY, False, (kept,), todo)
    return Line(
        Item.PROPERTY, True, (kept, Sentence("%(note)s (%(login)s)", {"note": mark.note, "login": mark.by}))
    )


def _conditions(found: Standing) -> Line:
    mark = found.mark(Item.CONDITIONS)
    told = [one.conditions for one in (found.release_orders or {}).values() if one.conditions]
    said = tuple(Sentence("%(text)s", {"text": text}) for text in told)
    if mark is None:
        todo = Sentence(
            "Write what the person was given: papers, medicine and letter of the clinic, fare, conditions."
        )
        return Line(Item.CONDITIONS, False, said, todo)
    return Line(
        Item.CONDITIONS,
        True,
        (*said, Sentence("%(note)s (%(login)s)", {"note": mark.note, "login": mark.by})),
    )


_RULES: Final[tuple[Callable[[Standing], Line], ...]] = (
    authority,
    _holds,
    _orders,
    _stays,
    _identity,
    _twins,
    _property,
    _conditions,
)
