"""Somebody who is to go: has the date passed, is it verified, was the way out opened and not taken?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from hub.custody.hearing_outcomes import HEARING_OUTCOMES, RELEASES, HearingOutcome
from hub.custody.legal import (
    CHARGE,
    HEARING,
    HOLD,
    LEGAL_STATUS,
    ORDER,
    RELEASE_ORDER,
    RELEASE_REASONS,
    UNFIT_REVIEW,
    Hearing,
    LegalStatus,
)
from hub.custody.sentencing.forms import FINE_PAYMENT, SENTENCE, FinePayment, Imposed, SentenceType
from hub.docket.limits import NO_DATE_DAYS, RELEASE_SOON_DAYS, Limits
from hub.docket.rules.authority import which_in_force
from hub.docket.rules.base import Band, Check, Doubt, since
from hub.docket.rules.remand import WAITING
from hub.docket.snapshot import Known, Snapshot, Sureness
from hub.sentences import Sentence
from hub.web.formats import SITE_ZONE

_SURENESS: Final = {
    Sureness.VERIFIED: Sentence("verified"),
    Sureness.UNVERIFIED: Sentence("not verified"),
    Sureness.NOT_LATER_THAN: Sentence("not later than"),
}


def holds_in_force(snapshot: Snapshot) -> list[int]:
    """Rows of the holds of other authorities that are in force today."""
    return [
        held.row
        for held in snapshot.of(HOLD)
        if held.value.expires_on is None or held.value.expires_on >= snapshot.today
    ]


def _sentence_rows(snapshot: Snapshot) -> tuple[int, ...]:
    return tuple(held.row for held in snapshot.of(SENTENCE))


def _passed(snapshot: Snapshot, _limits: Limits) -> Iterator[Doubt]:
    release_on = snapshot.release.on
    if release_on is None or release_on >= snapshot.today or holds_in_force(snapshot):
        return
    yield Doubt(
        since(release_on + timedelta(days=1)),
        Sentence("The date of release, %(release_on)s (%(how)s), has passed and the person is still held.",
                 {"release_on": release_on, "how": _SURENESS[snapshot.release.sureness]}),
        rows=_sentence_rows(snapshot),
    )  # fmt: skip


def _held_on_hold(snapshot: Snapshot, _limits: Limits) -> Iterator[Doubt]:
    release_on, holds = snapshot.release.on, holds_in_force(snapshot)
    if release_on is None or release_on >= snapshot.today or not holds:
        return
    yield Doubt(
        since(release_on + timedelta(days=1)),
        Sentence("The sentence ended on %(release_on)s; the person is held only because another authority asks for it.",
                 {"release_on": release_on}),
        rows=(*_sentence_rows(snapshot), *holds),
    )  # fmt: skip


def _parole_passed(snapshot: Snapshot, _limits: Limits) -> Iterator[Doubt]:
    parole_on, release_on = snapshot.release.parole_on, snapshot.release.on
    if parole_on is None or parole_on >= snapshot.today:
        return
    if release_on is not None and release_on < snapshot.today:
        return  # the greater matter is shown
    yield Doubt(
        since(parole_on + timedelta(days=1)),
        Sentence("Could have been heard for parole since %(parole_on)s.", {"parole_on": parole_on}),
        rows=_sentence_rows(snapshot),
    )


def _soon_unverified(snapshot: Snapshot, limits: Limits) -> Iterator[Doubt]:
    release_on = snapshot.release.on
    if release_on is None or snapshot.release.sureness is Sureness.VERIFIED:
        return
    if release_on - snapshot.today > limits.days(RELEASE_SOON_DAYS):
        return
    yield Doubt(
        since(release_on),
        Sentence("To be released on %(release_on)s, and no second records officer has verified the date.",
                 {"release_on": release_on}),
        rows=_sentence_rows(snapshot),
        limits=(RELEASE_SOON_DAYS,),
    )  # fmt: skip


def _no_date(snapshot: Snapshot, limits: Limits) -> Iterator[Doubt]:
    if snapshot.status is not LegalStatus.SENTENCED or snapshot.release.on is not None:
        return
    if snapshot.release.sureness is Sureness.WITHOUT_DATE and snapshot.of(SENTENCE):
        return
    since_at = snapshot.statuses[-1].effective_at
    if snapshot.at - since_at < limits.days(NO_DATE_DAYS):
        return
    what = (
        Sentence("Sentenced, and the date of release cannot be reckoned from what was recorded.")
        if snapshot.of(SENTENCE)
        else Sentence("Sentenced, and no sentence is on file to reckon a date of release from.")
    )
    rows = (snapshot.statuses[-1].row, *_sentence_rows(snapshot))
    yield Doubt(since_at, what, rows=rows, limits=(NO_DATE_DAYS,))


def _fine_paid(snapshot: Snapshot, _limits: Limits) -> Iterator[Doubt]:
    if any(held.value.type is not SentenceType.FINE_IN_DEFAULT for held in snapshot.of(SENTENCE)):
        return  # another sentence holds the person
    fines = [held for held in snapshot.of(SENTENCE) if held.value.fine_cents > 0]
    paid = [_payments(snapshot, fine) for fine in fines]
    if not fines or holds_in_force(snapshot):
        return
    if any(
        sum(one.value.cents for one in parts) < fine.value.fine_cents
        for fine, parts in zip(fines, paid, strict=True)
    ):
        return
    parts = [one for each in paid for one in each]
    yield Doubt(
        since(max(one.value.paid_on for one in parts)),
        Sentence("The fine is paid in full, and the person is still held."),
        fines[0].item,
        (*(fine.row for fine in fines), *(part.row for part in parts)),
    )  # fmt: skip


def _payments(snapshot: Snapshot, fine: Known[Imposed]) -> list[Known[FinePayment]]:
    return [held for held in snapshot.of(FINE_PAYMENT) if held.value.sentence == fine.item]


def _release_ordered(snapshot: Snapshot, _limits: Limits) -> Iterator[Doubt]:
    for held in snapshot.of(RELEASE_ORDER):
        yield Doubt(
            max(since(held.value.issued_on), snapshot.admitted_at),
            Sentence("%(reason)s on %(issued_on)s (%(reference)s), and the person is still held.",
                     {"reason": RELEASE_REASONS[held.value.reason], "issued_on": held.value.issued_on,
                      "reference": held.value.reference}),
            held.item,
            (held.row, *holds_in_force(snapshot)),
        )  # fmt: skip


def _let_go(snapshot: Snapshot, _limits: Limits) -> Iterator[Doubt]:
    if snapshot.status not in WAITING:
        return
    for held in snapshot.of(HEARING):
        if held.value.outcome not in RELEASES:
            continue
        day = held.value.hearing_at.astimezone(SITE_ZONE).date()
        ordered = any(order.value.issued_on >= day for order in snapshot.of(RELEASE_ORDER))
        if ordered or _said_since(snapshot, held):
            continue
        if held.value.outcome != HearingOutcome.BAIL_GRANTED and _waits_for_more(snapshot, held.value):
            continue
        yield Doubt(
            max(since(day), snapshot.admitted_at),
            Sentence("%(outcome)s on %(hearing_on)s at %(court)s, and no order to release is on file.",
                     {"outcome": HEARING_OUTCOMES[HearingOutcome(held.value.outcome)], "hearing_on": day,
                      "court": held.value.court}),
            held.item,
            (held.row,),
        )  # fmt: skip


def _said_since(snapshot: Snapshot, held: Known[Hearing]) -> bool:
    """Whether the court said something else in the same case since."""
    later = [one.value for one in snapshot.of(HEARING) if one.value.hearing_at > held.value.hearing_at]
    return any(one.outcome and one.outcome not in RELEASES and one.case == held.value.case for one in later)


def _waits_for_more(snapshot: Snapshot, heard: Hearing) -> bool:
    """Whether another charge, or a date still to come, keeps somebody waiting who was let go in one case."""
    charges = [one for one in snapshot.of(CHARGE) if not one.value.outcome and one.item != heard.charge]
    return bool(charges) or any(not one.value.outcome for one in snapshot.of(HEARING))


def _unfit(snapshot: Snapshot, _limits: Limits) -> Iterator[Doubt]:
    review = snapshot.one(UNFIT_REVIEW)
    unfit = [held for held in snapshot.of(SENTENCE) if held.value.type is SentenceType.UNFIT_TO_PLEAD]
    if review is not None and review.value.next_review_on < snapshot.today:
        yield Doubt(
            since(review.value.next_review_on + timedelta(days=1)),
            Sentence("Unfit to plead; the review of %(review_on)s has not been recorded.",
                     {"review_on": review.value.next_review_on}),
            rows=(review.row,),
        )  # fmt: skip
    elif review is None and unfit:
        yield Doubt(
            since(unfit[0].value.imposed_on),
            Sentence("Unfit to plead, and no date of review is on file."),
            unfit[0].item,
            (unfit[0].row,),
        )


def _release_state(snapshot: Snapshot) -> str:
    clock = snapshot.release
    return f"{clock.sureness} {clock.on} {clock.parole_on} {clock.state}"


def _holds_now(snapshot: Snapshot) -> str:
    return f"{_release_state(snapshot)} {_what_else(snapshot)}"


def _what_else(snapshot: Snapshot) -> str:
    """What else may hold somebody: who was told to be held rightly is looked at again when it changes."""
    return f"{which_in_force(snapshot)} {holds_in_force(snapshot)}"


CHECKS: Final = (
    Check(
        "release_passed",
        Sentence("Date of release passed"),
        Sentence("Open the release now. If something else holds the person, record the order for it."),
        Band.LIBERTY, 4, _passed, (SENTENCE, HOLD, ORDER), _holds_now, needs=(SENTENCE,),
    ),
    Check(
        "release_ordered",
        Sentence("Ordered to be released, still held"),
        Sentence("Open the release now. If something else holds the person, close this with the order that does."),
        Band.LIBERTY, 4, _release_ordered, (RELEASE_ORDER, HOLD, ORDER), _what_else, needs=(RELEASE_ORDER,),
    ),
    Check(
        "let_go_not_ordered",
        Sentence("Let go by the court, still held"),
        Sentence("Get the order to release from the court and record it. If bail was not met, or another order holds "
                 "the person, close this with that."),
        Band.LIBERTY, 24, _let_go, (HEARING, RELEASE_ORDER, CHARGE, LEGAL_STATUS, ORDER), which_in_force,
        needs=(HEARING,),
    ),
    Check(
        "fine_paid",
        Sentence("Fine paid, still held"),
        Sentence("Open the release now, with the receipt."),
        Band.LIBERTY, 4, _fine_paid, (SENTENCE, FINE_PAYMENT, HOLD, ORDER), _holds_now,
        needs=(FINE_PAYMENT,),
    ),
    Check(
        "held_on_hold",
        Sentence("Held for another authority only"),
        Sentence("Ask the other authority to come for the person or to lift the hold, in writing, with a date."),
        Band.LIBERTY, 48, _held_on_hold, (SENTENCE, HOLD), _holds_now, needs=(HOLD,),
    ),
    Check(
        "no_release_date",
        Sentence("Sentenced without a date of release"),
        Sentence("Enter the sentence from the order, or mend what keeps the date from being reckoned."),
        Band.LIBERTY, 48, _no_date, (LEGAL_STATUS, SENTENCE), _release_state, needs=(LEGAL_STATUS,),
    ),
    Check(
        "unfit_no_review",
        Sentence("Unfit to plead without review"),
        Sentence("Ask the court or the hospital for a review and record its date."),
        Band.LIBERTY, 72, _unfit, (SENTENCE, UNFIT_REVIEW), needs=(SENTENCE, UNFIT_REVIEW),
    ),
    Check(
        "parole_passed",
        Sentence("Parole date passed"),
        Sentence("Put the file before the parole board, or record its decision."),
        Band.SOON, 168, _parole_passed, (SENTENCE,), _release_state, needs=(SENTENCE,),
    ),
    Check(
        "release_not_verified",
        Sentence("Release near and not verified"),
        Sentence("A second records officer reckons the date from the papers and signs it."),
        Band.SOON, 72, _soon_unverified, (SENTENCE,), _release_state, needs=(SENTENCE,),
    ),
)  # fmt: skip
