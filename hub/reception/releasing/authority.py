"""Does anything say that this person is to go today: a date, an order, an end? Pure."""

from __future__ import annotations

from datetime import date
from typing import Final

from hub.custody.legal import OrderToHold, OrderToRelease, ReleaseReason
from hub.custody.sentencing.dates import BestKnown, Certainty
from hub.reception.releasing.standing import DEATH, HANDED, HANDED_OVER, Item, Line, Standing
from hub.sentences import Sentence

RUNS: Final = Sentence("A sentence on file has not ended.")


def in_force(order: OrderToHold, today: date) -> bool:
    """Whether an order to hold has not ended by its own words."""
    return order.expires_on is None or order.expires_on >= today


def authority(found: Standing) -> Line:
    if found.reason is ReleaseReason.DIED:
        return _of_death(found)
    if found.reason is ReleaseReason.SENTENCE_SERVED:
        return _of_date(found)
    if found.reason is ReleaseReason.ORDER_ENDED:
        return _of_ended_orders(found)
    paper = found.paper
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
        due = _due_all_the_same(known, found.today)
        if due is not None:
            return Line(Item.AUTHORITY, True, (due,))
        said = Sentence("%(day)s is not verified.", {"day": known.on})
        todo = Sentence("A second records officer has to verify the release date now.")
        return Line(Item.AUTHORITY, False, (said,), todo)
    said = _signed(known)
    if known.on > found.today:
        todo = Sentence("The date has not come. Nobody goes before it without an order to release.")
        return Line(Item.AUTHORITY, False, (said,), todo)
    return Line(Item.AUTHORITY, True, (said,))


def _signed(known: BestKnown) -> Sentence:
    if len(known.signed_by) != 2:
        return Sentence("Verified release date %(day)s.", {"day": known.on})
    first, second = known.signed_by
    return Sentence(
        "Verified release date %(day)s, signed by %(first)s and %(second)s.",
        {"day": known.on, "first": first, "second": second},
    )


def _due_all_the_same(known: BestKnown, today: date) -> Sentence | None:
    """Why nobody may be kept for want of a signature: the whole term is over, or the day that was signed has come."""
    if known.blocked or known.on is None or known.on > today:
        return None
    if known.full_term_on is not None and known.full_term_on <= today:
        return Sentence(
            "The full term ended on %(day)s. The date is not verified: the second officer compares the term "
            "with the order before signing.",
            {"day": known.full_term_on},
        )
    if known.signed_on is not None and known.signed_on <= today:
        return Sentence(
            "Two officers signed %(signed)s. Something has changed since, and it is reckoned as %(day)s: "
            "both days have come.",
            {"signed": known.signed_on, "day": known.on},
        )
    return None


def _of_ended_orders(found: Standing) -> Line:
    standing = [one for one in (found.orders or {}).values() if in_force(one, found.today)]
    if standing:
        said = Sentence("%(reference)s is in force.", {"reference": standing[0].reference})
        return Line(
            Item.AUTHORITY,
            False,
            (said,),
            Sentence("An order still holds the person: choose another reason."),
        )
    if found.sentence_runs:
        todo = Sentence("Find the order of the sentence and record it, or choose another reason.")
        return Line(Item.AUTHORITY, False, (RUNS,), todo)
    return Line(Item.AUTHORITY, True, (Sentence("No order to hold is in force."),))


def _of_death(found: Standing) -> Line:
    mark = found.mark(DEATH)
    if mark is None:
        todo = Sentence("Write the reference of the clinic's certificate and of the police report.")
        return Line(Item.AUTHORITY, False, todo=todo)
    said = Sentence("Certificate and police report: %(references)s.", {"references": mark.note})
    return Line(Item.AUTHORITY, True, (said,))
