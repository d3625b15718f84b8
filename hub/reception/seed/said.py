"""What invented people say is wrong: complaints and queries, answered in time but for a few. And alerts."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from msgspec.structs import replace

from hub.custody.life.alerts import ALERT, Alert, AlertType
from hub.custody.life.complaints import COMPLAINT, CONFIDENTIAL, Channel, Complaint, Upheld
from hub.custody.life.queries import ANSWER_WITHIN_DAYS, QUERY, Came, Query, Result
from hub.reception.seed.pen import Pen, at_hour
from hub.reception.seed.plan import Wrong
from hub.reception.seed.staff import OFFICERS, SUPERVISORS

_ABOUT: Final = (
    ("Food", "The food is cold when it reaches the tier."),
    ("Water", "There has been no water in the block since Sunday."),
    ("Letters", "A letter of my mother did not reach me."),
    ("Property", "My chain is not on the list."),
    ("Clinic", "I asked for the dentist three times."),
    ("Visits", "My visit was ended after ten minutes."),
)
_GRAVE: Final = ("Officer", "An officer pushed me against the wall at lock-up.")
_QUERIES: Final = (
    ("My date of release is wrong: the court counted my time on remand.", Result.NOT_OURS),
    ("The date before court on the slip is not mine.", Result.NOT_OURS),
    ("They have my name with another spelling.", Result.TAKEN_BACK),
    ("I was born in another year.", Result.RIGHT_AS_IT_IS),
    ("My watch is missing on the list of property.", Result.RIGHT_AS_IT_IS),
)
_ANSWER_OF: Final = {
    Result.TAKEN_BACK: "You were shown your birth paper: it is spelled so there.",
    Result.NOT_OURS: "The court decides this. We wrote to the clerk of the court, and you have a copy.",
    Result.RIGHT_AS_IT_IS: "It is as on your paper. You were shown it.",
}
_ALERTS: Final = (
    (AlertType.VIOLENCE, "Two officers at every move.", 5),
    (AlertType.AT_RISK, "Not alone in the yard.", 4),
    (AlertType.GANG, "Ask intelligence before a move.", 4),
    (AlertType.CONTRABAND, "Search after visits.", 3),
    (AlertType.SELF_HARM, "Look in every half hour at night.", 2),
    (AlertType.ESCAPE, "Restraints outside.", 1),
)


def spoken(pen: Pen) -> None:
    """Some complain, some say that something written is wrong, of some everybody is warned."""
    if pen.chance(0.08):
        _complaint(pen)
    if pen.stay.wrong is Wrong.NO_ANSWER:
        _query(pen, days_ago=ANSWER_WITHIN_DAYS + pen.rng.randint(2, 9), answered=False)
    elif pen.chance(0.05) and pen.days > 1:
        days_ago = pen.rng.randint(1, min(pen.days, 300))
        _query(pen, days_ago=days_ago, answered=days_ago >= ANSWER_WITHIN_DAYS or pen.chance(0.4))
    if pen.chance(0.11):
        sort, about, _ = pen.rng.choices(_ALERTS, [share for *_, share in _ALERTS])[0]
        ends_on = pen.today + timedelta(days=pen.rng.randint(10, 120)) if pen.chance(0.3) else None
        by = pen.rng.choice(SUPERVISORS)
        alert = Alert(type=sort, authorised_by=by, about=about, until_on=ends_on)
        pen.at(ALERT, alert, at_hour(pen.day(), 8), by=by)


def _complaint(pen: Pen) -> None:
    rng, confidential = pen.rng, pen.chance(0.15)
    kind = CONFIDENTIAL if confidential else COMPLAINT
    at = pen.now_at - timedelta(days=rng.randint(0, min(pen.days, 400)), hours=2)
    about, said = _GRAVE if confidential else rng.choice(_ABOUT)
    due_on = max(at, pen.admitted_at).date() + timedelta(days=14)
    value = Complaint(
        about=about,
        said=said,
        channel=rng.choice(list(Channel)),
        due_on=due_on,
        owner=rng.choice(SUPERVISORS),
    )
    by = rng.choice(SUPERVISORS if confidential else OFFICERS)
    item = pen.at(kind, value, at, by=by)
    if due_on < pen.today:
        outcome = rng.choices(list(Upheld), (3, 2, 4, 1, 0))[0]
        answered = replace(
            value, outcome=outcome.value, answer="Looked into; the answer was read out to him."
        )
        pen.at(kind, answered, at + timedelta(days=rng.randint(2, 12)), item=item, by=value.owner)


def _query(pen: Pen, *, days_ago: int, answered: bool) -> None:
    rng = pen.rng
    words, result = rng.choice(_QUERIES)
    at = max(pen.now_at - timedelta(days=days_ago), pen.admitted_at)
    value = Query(
        number=pen.bulk.number("query", "Q"),
        said=words,
        came=rng.choice(list(Came)),
        due_on=at.date() + timedelta(days=ANSWER_WITHIN_DAYS),
        owner=pen.clerk,
    )
    item = pen.at(QUERY, value, at, by=rng.choice(OFFICERS))
    if answered:
        done = replace(value, result=result.value, answer=_ANSWER_OF[result], answered_by=pen.clerk)
        pen.at(QUERY, done, at + timedelta(days=rng.randint(1, ANSWER_WITHIN_DAYS - 2)), item=item)
