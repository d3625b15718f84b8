"""The interlock: every condition of a release with its evidence, and what to do where one is not met. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from hub.custody.legal import Hold, OrderToHold, OrderToRelease, ReleaseReason
from hub.custody.sentencing.dates import BestKnown, Certainty
from hub.custody.twins import Twin
from hub.sentences import Sentence

IDENTITY_GOOD_FOR: Final = timedelta(minutes=60)
"""Whoever was recognised longer ago may have changed places with somebody in the waiting room."""
ATTESTING_OFFICERS: Final = 2
HANDED_OVER: Final = frozenset({ReleaseReason.DEPORTATION, ReleaseReason.TRANSFERRED_ABROAD})


class Item(StrEnum):
    """A line of the interlock; also what a mark vouches for."""

    AUTHORITY = "authority"
    HOLDS = "holds"
    ORDERS = "orders"
    STAYS = "stays"
    IDENTITY = "identity"
    TWINS = "twins"
    PROPERTY = "property"
    CONDITIONS = "conditions"
    SECOND = "second"


ITEMS: Final = {
    Item.AUTHORITY: Sentence("Authority to release"),
    Item.HOLDS: Sentence("No other hold"),
    Item.ORDERS: Sentence("No other order in force"),
    Item.STAYS: Sentence("No other open stay"),
    Item.IDENTITY: Sentence("It is this person"),
    Item.TWINS: Sentence("No mix-up of names"),
    Item.PROPERTY: Sentence("Property given back"),
    Item.CONDITIONS: Sentence("Papers, medicine and conditions"),
    Item.SECOND: Sentence("Second officer"),
}

FINGER: Final = "finger"
ATTEST: Final = "attest"
DEATH: Final = "death"
HANDED: Final = "handed"


@dataclass(frozen=True)
class Mark:
    """What somebody vouched for."""

    what: str
    subject: str
    note: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Standing:
    """Everything that a release hangs on, as it is at `now`."""

    reason: ReleaseReason
    now: datetime
    today: date
    started_by: str
    date: BestKnown | None = None
    release_orders: Mapping[int, OrderToRelease] | None = None
    orders: Mapping[int, OrderToHold] | None = None
    holds: Mapping[int, Hold] | None = None
    other_stays: Sequence[str] = ()
    twins: Sequence[Twin] = ()
    things: int = 0
    has_fingers: bool = True
    marks: Sequence[Mark] = ()

    def marks_of(self, what: str) -> list[Mark]:
        return [mark for mark in self.marks if mark.what == what]

    def mark(self, what: str, subject: str = "") -> Mark | None:
        return next((mark for mark in self.marks_of(what) if not subject or mark.subject == subject), None)


@dataclass(frozen=True)
class Line:
    """One condition: `met`, on what `evidence`, and what to do where it is not."""

    item: Item
    met: bool
    evidence: tuple[Sentence, ...] = ()
    todo: Sentence | None = None


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


def _authority(found: Standing) -> Line:
    if found.reason is ReleaseReason.DIED:
        return _of_death(found)
    if found.reason is ReleaseReason.SENTENCE_SERVED:
        return _of_date(found)
    if found.reason is ReleaseReason.ORDER_ENDED:
        return _of_ended_orders(found)
    paper = next((one for one in (found.release_orders or {}).values() if one.reason is found.reason), None)
    if paper is None:
        todo = Sentence(
            "Record the order to release on the file, with its reference. Without it nobody goes."
        )
        return Line(Item.AUTHORITY, False, todo=todo)
    evidence = [_paper(paper)]
    if found.reason in HANDED_OVER:
        handed = found.mark(HANDED)
        if handed is None:
            todo = Sentence("Write to whom the person is handed over, and their paper.")
            return Line(Item.AUTHORITY, False, tuple(evidence), todo)
        evidence.append(Sentence("Handed over to %(who)s.", {"who": handed.note}))
    return Line(Item.AUTHORITY, True, tuple(evidence))


def _paper(paper: OrderToRelease) -> Sentence:
    return Sentence(
        "Order to release %(reference)s of %(day)s, %(court)s.",
        {"reference": paper.reference, "day": paper.issued_on, "court": paper.court or "-"},
    )


def _of_date(found: Standing) -> Line:
    known = found.date
    if known is None or known.certainty is Certainty.NO_DATE or known.on is None:
        todo = Sentence("No release date can be reckoned. Enter the sentence, or record an order to release.")
        return Line(Item.AUTHORITY, False, todo=todo)
    if known.certainty is not Certainty.VERIFIED:
        said = Sentence("%(day)s is not verified.", {"day": known.on})
        todo = Sentence("A second records officer has to verify the release date now.")
        return Line(Item.AUTHORITY, False, (said,), todo)
    said = Sentence("Verified release date %(day)s.", {"day": known.on})
    if known.on > found.today:
        todo = Sentence("The date has not come. Nobody goes before it without an order to release.")
        return Line(Item.AUTHORITY, False, (said,), todo)
    return Line(Item.AUTHORITY, True, (said,))


def _of_ended_orders(found: Standing) -> Line:
    standing = [one for one in (found.orders or {}).values() if _in_force(one, found.today)]
    if standing:
        said = Sentence("%(reference)s is in force.", {"reference": standing[0].reference})
        return Line(
            Item.AUTHORITY,
            False,
            (said,),
            Sentence("An order still holds the person: choose another reason."),
        )
    return Line(Item.AUTHORITY, True, (Sentence("No order to hold is in force."),))


def _of_death(found: Standing) -> Line:
    mark = found.mark(DEATH)
    if mark is None:
        todo = Sentence("Write the reference of the clinic's certificate and of the police report.")
        return Line(Item.AUTHORITY, False, todo=todo)
    said = Sentence("Certificate and police report: %(references)s.", {"references": mark.note})
    return Line(Item.AUTHORITY, True, (said,))


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


def _in_force(order: OrderToHold, today: date) -> bool:
    return order.expires_on is None or order.expires_on >= today


def _orders(found: Standing) -> Line:
    standing = {item: one for item, one in (found.orders or {}).items() if _in_force(one, found.today)}
    if found.reason is ReleaseReason.DIED or len(standing) <= 1:
        said = tuple(_answered(one) for one in standing.values()) or (
            Sentence("No order to hold is in force."),
        )
        return Line(Item.ORDERS, True, said)
    marked = {mark.subject: mark for mark in found.marks_of(Item.ORDERS)}
    open_ones = [one for item, one in standing.items() if str(item) not in marked]
    if open_ones:
        said = tuple(
            Sentence("%(reference)s is in force.", {"reference": one.reference}) for one in open_ones
        )
        todo = Sentence(
            "Say of each order how this release answers it. One that it does not answer keeps the person."
        )
        return Line(Item.ORDERS, False, said, todo)
    said = tuple(
        Sentence(
            "%(reference)s is answered: %(note)s (%(login)s)",
            {"reference": one.reference, "note": marked[str(item)].note, "login": marked[str(item)].by},
        )
        for item, one in standing.items()
    )
    return Line(Item.ORDERS, True, said)


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
    kept = Sentence("%(count)s things are kept.", {"count": found.things})
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
    _authority,
    _holds,
    _orders,
    _stays,
    _identity,
    _twins,
    _property,
    _conditions,
)
