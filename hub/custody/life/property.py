"""What somebody brought: taken in against a signature, given back against another. The caller holds the transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.accounts.permissions import Permission
from hub.custody.actions import next_number
from hub.custody.facts.actions import Statement, newest, state
from hub.custody.facts.kinds import Field, Form, Input, Kind, Per
from hub.custody.facts.reading import Held, holding
from hub.custody.facts.records import Fact
from hub.custody.merging.reading import stays_with
from hub.custody.records import Booking
from hub.sentences import RefusedError, Sentence

MOST_ITEMS: Final = 100
MOST_CENTS: Final = 1_000_000_00


class Signed(StrEnum):
    """How it was agreed to."""

    FINGER = "finger"
    PAPER = "paper"
    DRAWN = "drawn"
    REFUSED = "refused"


SIGNED: Final = {
    Signed.PAPER: Sentence("Signed on paper"),
    Signed.DRAWN: Sentence("Signed on the screen"),
    Signed.FINGER: Sentence("By finger at a desk"),
    Signed.REFUSED: Sentence("Would not sign; a second officer saw it"),
}


class Outcome(StrEnum):
    """What became of a thing."""

    RETURNED = "returned"
    HANDED_TO = "handed_to"
    CONSUMED = "consumed"
    CONFISCATED = "confiscated"
    LOST = "lost"
    LEFT_BEHIND = "left_behind"


OUTCOMES: Final = {
    Outcome.RETURNED: Sentence("Given back to the person"),
    Outcome.HANDED_TO: Sentence("Handed to somebody the person named"),
    Outcome.CONSUMED: Sentence("Used up"),
    Outcome.CONFISCATED: Sentence("Kept as evidence or by law"),
    Outcome.LOST: Sentence("Lost by the prison"),
    Outcome.LEFT_BEHIND: Sentence("Left behind by the person"),
}
EXPLAINED: Final = frozenset({Outcome.CONFISCATED, Outcome.LOST, Outcome.LEFT_BEHIND})
"""Not given back: nobody is released so without a reason written down."""


class PropertyItem(Form, frozen=True):
    """One thing, or several alike. `outcome` is empty while the prison keeps it.

    `receipt` is the number of the list that it stands on; the signature's reference says where the signed paper or
    the finger's look is found, or which officer saw the refusal.
    """

    what: str
    count: int = 1
    cents: int = 0
    condition: str = ""
    seal: str = ""
    kept_at: str = ""
    receipt: str = ""
    signed: Signed = Signed.PAPER
    signature: str = ""
    outcome: str = ""
    outcome_to: str = ""
    outcome_reason: str = ""
    outcome_receipt: str = ""
    outcome_signed: str = ""
    outcome_signature: str = ""


@dataclass(frozen=True)
class Signature:
    """How somebody agreed, and where that is found; `document_id` is the picture of what was drawn on the screen."""

    how: Signed
    reference: str
    document_id: int | None = None


@dataclass(frozen=True)
class Leaving:
    """What becomes of things: to whom they go, and why where they do not go back to the person."""

    outcome: Outcome
    to: str = ""
    reason: str = ""


def _check(value: PropertyItem, today: date) -> dict[str, Sentence]:
    faults: dict[str, Sentence] = {}
    if not value.what.strip():
        faults["what"] = Sentence("Write what it is, for example: watch, grey, scratched glass.")
    if not 1 <= value.count <= 10_000:
        faults["count"] = Sentence("Write how many there are, 1 or more.")
    if not 0 <= value.cents <= MOST_CENTS:
        faults["cents"] = Sentence("Write the value in dollars, or leave it empty.")
    return faults


def _say(value: PropertyItem) -> Sentence:
    if not value.outcome:
        return Sentence("%(count)s x %(what)s kept", {"count": value.count, "what": value.what})
    return Sentence(
        "%(count)s x %(what)s: %(outcome)s",
        {"count": value.count, "what": value.what, "outcome": OUTCOMES[Outcome(value.outcome)]},
    )


PROPERTY_ITEM: Final = Kind(
    name="property_item",
    form=PropertyItem,
    words=Sentence("Property"),
    say=_say,
    fields=(
        Field("what", Sentence("What it is"), required=True, longest=120),
        Field("count", Sentence("How many"), Input.NUMBER, required=True),
        Field("cents", Sentence("Value"), Input.MONEY),
        Field("condition", Sentence("Condition"), longest=120),
        Field("seal", Sentence("Seal number"), longest=40),
        Field("kept_at", Sentence("Kept at"), longest=80),
    ),
    many=True,
    per=Per.BOOKING,
    whole_days=False,
    by_hand=False,
    record=Permission.RECORD_UNIT_LIFE,
    check=_check,
)


def property_of(
    session: Session, booking_ids: Collection[int], *, known_at: datetime | None = None
) -> list[Held[PropertyItem]]:
    """Everything that was ever taken in during these stays and not withdrawn, in the order it came."""
    wanted = select(Fact).where(Fact.booking_id.in_(booking_ids), Fact.kind == PROPERTY_ITEM.name)
    return holding(PROPERTY_ITEM, session.scalars(wanted).all(), known_at=known_at)


def unreturned(
    session: Session, booking_id: int, *, known_at: datetime | None = None
) -> list[Held[PropertyItem]]:
    """What the prison still keeps of a stay, and of stays that go on as it."""
    return [
        held
        for held in property_of(session, stays_with(session, booking_id), known_at=known_at)
        if not held.value.outcome
    ]


def take_in(
    session: Session,
    booking: Booking,
    items: Sequence[PropertyItem],
    signature: Signature,
    *,
    actor: Actor,
    at: datetime,
) -> str:
    """Take things in on one receipt, whose number is given. FactFaultsError or RefusedError for what cannot be."""
    if booking.released_at is not None:
        raise RefusedError(
            "stay_ended", Sentence("This stay has ended. Property is taken in while somebody is held.")
        )
    if not 0 < len(items) <= MOST_ITEMS:
        raise RefusedError("no_items", Sentence("Write at least one thing that was taken in, at most 100."))
    check_signature(signature)
    receipt = f"R-{next_number(session, 'receipt'):06d}"
    for item in items:
        value = replace(
            item, receipt=receipt, signed=signature.how, signature=signature.reference.strip()[:120]
        )
        statement = Statement(
            PROPERTY_ITEM,
            value,
            at,
            source=receipt,
            document_id=signature.document_id,
            booking_id=booking.id,
        )
        state(session, booking.person_id, statement, actor=actor, at=at)
    return receipt


def let_go(
    session: Session,
    booking_id: int,
    items: Collection[int],
    leaving: Leaving,
    signature: Signature,
    *,
    actor: Actor,
    at: datetime,
) -> str:
    """Give things back, or say what else became of them, on one receipt, whose number is given.

    RefusedError for a thing that went already, that is not of this stay, and for one not given back without a reason.
    """
    if leaving.outcome in EXPLAINED and not leaving.reason.strip():
        raise RefusedError(
            "unexplained",
            Sentence("Write why this does not go back to the person: the release asks for it."),
        )
    if leaving.outcome is Outcome.HANDED_TO and not leaving.to.strip():
        raise RefusedError("no_taker", Sentence("Write the name of whoever took it."))
    check_signature(signature)
    held = {one.item: one for one in property_of(session, stays_with(session, booking_id))}
    if not items or not set(items) <= held.keys():
        raise RefusedError("no_such_item", Sentence("Choose what goes from the list of this stay."))
    gone = [held[item] for item in items if held[item].value.outcome]
    if gone:
        raise RefusedError(
            "gone_already",
            Sentence(
                "%(what)s went already, on receipt %(receipt)s. Load the page again to see how the list stands.",
                {"what": gone[0].value.what, "receipt": gone[0].value.outcome_receipt},
            ),
        )
    receipt = f"R-{next_number(session, 'receipt'):06d}"
    for item in sorted(items):
        _let_one_go(session, held[item], leaving, signature, receipt, actor, at)
    return receipt


def on_receipt(held: Sequence[Held[PropertyItem]], receipt: str) -> list[Held[PropertyItem]]:
    """What stands on one receipt, coming or going."""
    return [one for one in held if receipt in (one.value.receipt, one.value.outcome_receipt)]


def check_signature(signature: Signature) -> None:
    """RefusedError for one that nobody could find again."""
    if signature.how is Signed.DRAWN:
        if signature.document_id is None:
            raise RefusedError(
                "not_drawn",
                Sentence("Have the person sign on the screen, or choose another way of agreeing."),
            )
        return
    if not signature.reference.strip():
        raise RefusedError(
            "no_signature",
            Sentence("Write where the signature is: the number of the paper, or the officer who saw it."),
        )


def _let_one_go(
    session: Session,
    held: Held[PropertyItem],
    leaving: Leaving,
    signature: Signature,
    receipt: str,
    actor: Actor,
    at: datetime,
) -> None:
    value = replace(
        held.value,
        outcome=leaving.outcome.value,
        outcome_to=leaving.to.strip()[:120],
        outcome_reason=leaving.reason.strip()[:300],
        outcome_receipt=receipt,
        outcome_signed=signature.how.value,
        outcome_signature=signature.reference.strip()[:120],
    )
    row = held.row
    seen = newest(session, row.person_id, row.kind, held.item)
    statement = Statement(
        PROPERTY_ITEM, value, at, source=receipt, document_id=signature.document_id, booking_id=row.booking_id
    )
    state(session, row.person_id, statement, actor=actor, at=at, item=held.item, seen=seen)
