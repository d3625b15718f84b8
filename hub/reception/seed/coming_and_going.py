"""Coming in, living somewhere, going out: the parts of an invented stay that no court decides."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from hub.custody.legal import HOLD, RELEASE_ORDER, Hold, OrderToRelease, ReleaseReason
from hub.custody.stays import ADMISSION, HOME, RELEASE, Admission, Home, Release
from hub.custody.who.origin import CONSULATE, Consulate, Told
from hub.reception.seed.pen import Pen, at_hour
from hub.reception.seed.plan import Wrong
from hub.reception.seed.site import ways_of
from hub.reception.seed.staff import SUPERVISORS

_STATIONS: Final = (
    "Raccoon Street police station",
    "San Ignacio police station",
    "Orange Walk police station",
    "Dangriga police station",
    "Punta Gorda police station",
)
_WHERE: Final = (
    "at home",
    "in the street",
    "at a checkpoint",
    "at work",
    "in a bar",
    "at the police station",
)
_INJURIES: Final = ("bruise on the left arm", "cut above the eye, stitched", "old scar on the chin", "limps")
_TOLD: Final = ("by telephone", "at court", "by the police", "did not want anybody told")
_RELEASED_FROM_REMAND: Final = (
    ReleaseReason.BAIL,
    ReleaseReason.ACQUITTED,
    ReleaseReason.CHARGES_WITHDRAWN,
    ReleaseReason.DISCHARGED,
)


def admission(pen: Pen) -> None:
    """The hour somebody came in, and what is written down then."""
    rng, stay = pen.rng, pen.stay
    bare, without = stay.wrong is Wrong.BARE_FILE, stay.wrong is Wrong.NO_ORDER
    value = Admission(
        admitted_at=pen.admitted_at,
        arrested_at=None if bare else pen.admitted_at - timedelta(hours=rng.randint(6, 70)),
        arrested_where="" if bare else rng.choice(_WHERE),
        reasons="" if bare else stay.offence.words,
        brought_by=rng.choice(_STATIONS),
        injuries="" if bare else "none seen" if pen.chance(0.9) else rng.choice(_INJURIES),
        ill_treatment="" if bare else "none" if pen.chance(0.96) else "says he was struck at the station",
        informed_of_rules=not bare,
        rules_language="" if bare else pen.who.community.languages[0],
        family_told="" if bare else rng.choice(_TOLD),
        override="The court sends the order tomorrow." if without else "",
        override_by=rng.choice(SUPERVISORS) if without else "",
        override_until_at=pen.admitted_at + timedelta(hours=24) if without else None,
    )
    pen.at(ADMISSION, value, pen.admitted_at)


def home(pen: Pen) -> None:
    """The cell, and where the person may go from it; some moved once."""
    stay = pen.stay
    if stay.wrong is Wrong.NO_CELL or not stay.zone:
        return
    on = max(stay.admitted_on, stay.sentenced_on or stay.admitted_on)
    pen.at(HOME, Home(zone=stay.zone, cell=stay.cell), max(at_hour(on, 9), pen.admitted_at))
    if stay.is_open:
        pen.bulk.permit(pen.who.person_id, ways_of(stay.zone), pen.admitted_at)


def consulate(pen: Pen) -> None:
    """Word to the consulate of whoever is from abroad."""
    if pen.who.country == "BZ" or pen.stay.wrong is Wrong.NO_CONSULATE:
        return
    day = pen.stay.admitted_on + timedelta(days=pen.rng.randint(1, 2))
    done = day <= pen.until
    refused = pen.chance(0.15)
    told = Told.NOT_YET if not done else Told.REFUSED_BY_PERSON if refused else Told.YES
    value = Consulate(
        country=pen.who.country,
        told=told,
        notified_at=at_hour(day, 8) if done else None,
        notified_by=pen.clerk if done else "",
        how="by letter" if told is Told.YES else "",
    )
    pen.at(CONSULATE, value, at_hour(day, 9) if done else pen.admitted_at)


def going(pen: Pen) -> None:
    """What lets somebody go or keeps them, and the release where there was one."""
    stay = pen.stay
    if stay.wrong is Wrong.BAIL_GRANTED:
        bail = OrderToRelease(
            reason=ReleaseReason.BAIL,
            reference=f"B {pen.case}",
            issued_on=pen.today - timedelta(days=pen.rng.randint(0, 1)),
            court=pen.court,
            conditions="Two sureties of $2,500",
        )
        pen.law(RELEASE_ORDER, bail, bail.issued_on, source=bail.reference)
    if stay.is_open:
        _hold(pen)
    else:
        _release(pen)


def _hold(pen: Pen) -> None:
    abroad = pen.who.country != "BZ"
    if pen.stay.wrong is Wrong.ONLY_HELD_ON_HOLD or (
        pen.stay.wrong is None and pen.chance(0.2 if abroad else 0.01)
    ):
        value = Hold(
            authority="Immigration" if abroad else "Police",
            reason="Removal order" if abroad else "Wanted in another case",
            reference=f"{'IM' if abroad else 'W'} {pen.rng.randint(1, 999)}/{pen.stay.admitted_on.year}",
            issued_on=pen.stay.admitted_on,
        )
        pen.law(HOLD, value, pen.stay.admitted_on, source=value.reference)


def _release(pen: Pen) -> None:
    assert pen.released_at is not None
    stay, rng = pen.stay, pen.rng
    reason = ReleaseReason.SENTENCE_SERVED if stay.is_sentenced else rng.choice(_RELEASED_FROM_REMAND)
    if stay.is_sentenced and pen.chance(0.04):
        reason = rng.choice((ReleaseReason.PARDON, ReleaseReason.APPEAL_ALLOWED))
    if pen.who.country != "BZ" and pen.chance(0.5):
        reason = ReleaseReason.DEPORTATION
    value = Release(
        released_at=pen.released_at,
        reason=reason,
        reference=f"R {pen.case}",
        by=pen.clerk,
        second=rng.choice(SUPERVISORS),
        identity="finger" if pen.chance(0.9) else "attested by photo and order",
        handed_to="Immigration" if reason is ReleaseReason.DEPORTATION else "",
    )
    pen.at(RELEASE, value, pen.released_at, source=value.reference)
