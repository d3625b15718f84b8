"""What rules say of partners: their messages, the agreements with them, what they asked in vain. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from hub.sentences import Sentence
from hub.sharing.catalogue import EXCHANGES
from hub.statistics.control.thresholds import small
from hub.statistics.review.evidence import Evidence
from hub.statistics.review.rules.model import Found, Rule, counted, per_cent, share_of
from hub.statistics.review.sections.due import until


def refused(found: Evidence, rule: Rule) -> Iterator[Found]:
    """Of each kind of message of each partner."""
    for one in found.came_in:
        share = share_of(one.refused, one.received)
        if one.received >= max(rule.least, found.smallest) and share > rule.threshold:
            values = {
                "partner": found.agencies.get(one.agency, one.agency), "share": f"{share:.0f}",
                "exchange": EXCHANGES[one.exchange].label if one.exchange in EXCHANGES else one.exchange,
            }  # fmt: skip
            yield Found(
                f"{one.agency}.{one.exchange}",
                per_cent(share),
                Sentence("%(partner)s, %(exchange)s: %(share)s per cent were refused.", values),
                Sentence("Agree with %(partner)s on what a message has to hold: %(exchange)s.", values),
            )


def doubled(found: Evidence, rule: Rule) -> Iterator[Found]:
    """Of each kind of message of each partner."""
    for one in found.came_in:
        share = share_of(one.doubles, one.received)
        if one.received >= max(rule.least, found.smallest) and share > rule.threshold:
            values = {"partner": found.agencies.get(one.agency, one.agency), "share": f"{share:.0f}"}
            yield Found(
                f"{one.agency}.{one.exchange}",
                per_cent(share),
                Sentence("%(partner)s: %(share)s per cent of the messages came twice.", values),
                Sentence(
                    "Ask the engineers of %(partner)s to give each message one number and keep it.", values
                ),
            )


def review_due(found: Evidence, rule: Rule) -> Iterator[Found]:
    """Of each agreement in force."""
    day = found.span.reference_on
    for one in found.agreed:
        if one.in_force and _within(one.review_on, day, rule):
            values = {"code": one.code, "day": one.review_on}
            yield Found(
                one.code,
                until(one.review_on, day),
                Sentence("The agreement %(code)s is to be reviewed on %(day)s.", values),
                Sentence("Review the agreement %(code)s with the partner and sign its next version.", values),
            )


def ends_soon(found: Evidence, rule: Rule) -> Iterator[Found]:
    """Of each agreement in force, and of those that are over."""
    day = found.span.reference_on
    for one in found.agreed:
        if not (one.over or (one.in_force and _within(one.ends_on, day, rule))):
            continue
        ends = Sentence("The agreement %(code)s is over.", {"code": one.code})
        if not one.over:
            ends = Sentence("The agreement %(code)s ends on %(day)s.", {"code": one.code, "day": one.ends_on})
        yield Found(
            one.code,
            Sentence("has ended") if one.over else until(one.ends_on, day),
            ends,
            Sentence("Decide whether to agree anew, before exchange stops: %(code)s.", {"code": one.code}),
        )


def _within(on: date | None, day: date, rule: Rule) -> bool:
    return on is not None and on <= day + timedelta(days=int(rule.threshold))


def in_vain(found: Evidence, rule: Rule) -> Iterator[Found]:
    """Of each partner, without small parts."""
    k = found.smallest
    for agency in sorted({one.agency for one in found.shared}):
        many = sum(one.in_vain for one in found.shared if one.agency == agency and not small(one.in_vain, k))
        if many >= max(rule.least, int(rule.threshold)):
            values = {"partner": found.agencies.get(agency, agency), "many": f"{many:,}"}
            yield Found(
                agency,
                counted(many),
                Sentence("%(partner)s asked %(many)s times for what no agreement allows.", values),
                Sentence("Find out what %(partner)s needs, and agree on it or say why not.", values),
            )
