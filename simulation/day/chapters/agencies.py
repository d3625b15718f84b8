"""What comes from agencies on the day, and what they are told: an order, a release, a court date, a mistake, a census.

Each is played at both ends: the agency's own program sends and fetches, the records office decides at its pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from hub.custody.legal import LegalStatus
from hub.sharing.catalogue import PartnerKind
from simulation.agencies.running import Agencies
from simulation.day.moments import Moment
from simulation.day.records import Records
from simulation.day.shared import CENSUS, CORRECTION, FIGURES, HEARING, IDENTITY, ORDER, RELEASE
from simulation.day.stage import Stage

_POLICE, _COURTS = PartnerKind.POLICE.value, PartnerKind.COURTS.value
_FIGURES: Final = PartnerKind.OBSERVATORY.value
_APPEAL, _CASE = "appeal_allowed", "CA 12/2026"
_BORN: Final = "nc:PersonBirthDate"
_TAKEN: Final = frozenset({"accepted", "corrected"})
_COMPARED: Final = (_POLICE, _COURTS)


def order(stage: Stage) -> None:
    """A court lets somebody go: its order comes by the interface, an officer takes it, and the court reads so."""
    agencies, _ = _both(stage)
    person = stage.number(stage.cast.released)
    paper = {
        "pims:OrderCategoryCode": f"release_{_APPEAL}",
        "nc:DocumentSequenceID": 1,
        "nc:CaseTrackingID": _CASE,
        "nc:IdentificationID": "RL 9/2026",
        "nc:DocumentIssueDate": datetime.now(UTC).date().isoformat(),
    }
    state = _sent(stage, agencies, "order", {"path": "/v1/orders", "about": person, "message": paper})
    stage.played.moments[ORDER] = Moment(
        {"person": person, "order": ["RL 9/2026"], "court_reads_taken": True},
        {
            "person": person,
            "order": stage.exchanged.papers_to_go(person),
            "court_reads_taken": state in _TAKEN,
        },
    )
    stage.told(f"an order to release {person} came from the courts; a records officer decided: {state}")


def release(stage: Stage) -> None:
    """They go, by two signatures; the police are told and fetch the notice."""
    agencies, records = _both(stage)
    walker = stage.cast.released
    person, stay = stage.number(walker), stage.exchanged.stay(stage.number(walker))
    records.release(person, _APPEAL)
    stage.where[walker.index] = "released"

    def fetched() -> list[str]:
        log = agencies.log(_POLICE)
        told = [
            one["id"]
            for one in log
            if one["what"] == "event" and (one["type"], one["subject"]) == ("pims.custody.released", stay)
        ]
        return [one for one in told if any((at["what"], at.get("id")) == ("pulled", one) for at in log)]

    stage.wait_if(fetched)
    stage.played.moments[RELEASE] = Moment(
        {"person": person, "held": False, "police_fetched": 1},
        {"person": person, "held": stage.exchanged.is_held(person), "police_fetched": len(fetched())},
    )
    stage.told(f"{person} is released, and the police have fetched the notice")


def hearing(stage: Stage) -> None:
    """A date before a court stands in the diary once an officer has taken it."""
    agencies, _ = _both(stage)
    person = stage.number(stage.cast.summoned)
    at = (datetime.now(UTC) + timedelta(days=10)).replace(hour=15, minute=0, second=0, microsecond=0)
    paper = {
        "nc:CaseTrackingID": "MC 500/2026",
        "nc:ActivityDate": at.isoformat(),
        "nc:ActivityReasonText": "Trial",
    }
    state = _sent(stage, agencies, "hearing", {"path": "/v1/hearings", "about": person, "message": paper})
    dates = [one.isoformat() for one in stage.exchanged.court_dates(person, "MC 500/2026")]
    stage.played.moments[HEARING] = Moment(
        {"person": person, "dates": [at.isoformat()], "court_reads_taken": True},
        {"person": person, "dates": dates, "court_reads_taken": state in _TAKEN},
    )
    stage.told(f"{person} has a date in court; a records officer decided: {state}")


def mistake(stage: Stage) -> None:
    """A birth was recorded wrongly and told so: whoever holds it hears of it, fetches, and holds what is right."""
    agencies, records = _both(stage)
    person = stage.number(stage.cast.misread)
    fact, wrong = stage.exchanged.birth(person)
    assert wrong is not None
    held = {code: agencies.copy_of(code, person) for code in agencies.codes}
    told = sorted(code for code, copy in held.items() if copy.get(_BORN))
    right = wrong - timedelta(days=1)
    records.correct_birth(person, fact, right)

    def put_right() -> dict[str, str] | None:
        found = {code: agencies.copy_of(code, person).get(_BORN, "") for code in told}
        confirmed = stage.exchanged.to_be_told(person)
        over = set(found.values()) <= {right.isoformat()} and all(confirmed.get(one) for one in told)
        return found if over else None

    stage.wait_if(put_right)
    stage.played.moments[CORRECTION] = Moment(
        {"person": person, "confirmed": dict.fromkeys(told, True), "copies_right": told, "told": True},
        {
            "person": person,
            "confirmed": stage.exchanged.to_be_told(person),
            "copies_right": sorted(put_right() or ()),
            "told": bool(told),
        },
    )
    stage.told(f"the birth of {person} was told wrongly and is put right at {' and '.join(told) or 'nobody'}")


def census(stage: Stage) -> None:
    """Police and courts send their lists; what differs is worked, and only that."""
    agencies, records = _both(stage)
    without, other = stage.number(stage.cast.patient), stage.number(stage.cast.summoned)
    stranger = {"nc:PersonSurName": "Nobodyhere", "nc:PersonGivenName": "Noel", _BORN: "1980-02-03"}
    seeded = {
        "without": [without],
        "besides": [stranger],
        "with": {other: {"pims:ListedStatusText": LegalStatus.REMAND.value}},
    }
    found: dict[str, Any] = {}
    for agency in _COMPARED:
        records.compare_weekly(agency)
        _listed(stage, agencies, agency, "census-1", seeded)
        records.compare(agency)
        found[agency] = stage.exchanged.differences(agency)
        if stage.plays_on:
            continue
        found[f"{agency}_worked"] = records.work(agency)
        _listed(stage, agencies, agency, "census-2", {})
        records.compare(agency)
        found[f"{agency}_again"] = stage.exchanged.differences(agency)
    differ = sorted([["not_there", without], ["not_here", ""], ["status", other]])
    truth = dict.fromkeys(_COMPARED, differ)
    truth |= {f"{agency}_again": [] for agency in _COMPARED}
    stage.played.moments[CENSUS] = Moment(truth, found)
    stage.told(
        f"lists of {' and '.join(_COMPARED)} are compared: {len(differ)} differences each, nothing else"
    )


def evening(stage: Stage) -> None:
    """What took its time beside all else: a finger named after an officer looked, figures reckoned up."""
    agencies, _ = _both(stage)

    def answered() -> list[dict[str, Any]]:
        return [one for one in agencies.log(_POLICE) if one["what"] == "identity"]

    def reckoned() -> list[dict[str, Any]]:
        return [one for one in agencies.log(_FIGURES) if one["what"] == "figures"]

    stage.wait_if(lambda: (answered() and len(reckoned()) >= agencies.published) or None)
    stage.played.moments[IDENTITY] = Moment(
        {"answers": [["identified", True]]},
        {"answers": [[one["outcome"], one["named"]] for one in answered()]},
    )
    figures = [[one["publication"], one["wrong"]] for one in reckoned()]
    stage.played.moments[FIGURES] = Moment(
        {"publications": agencies.published, "wrong": 0},
        {"publications": len(figures), "wrong": sum(wrong for _, wrong in figures)},
    )


def _both(stage: Stage) -> tuple[Agencies, Records]:
    assert stage.prison.agencies is not None
    assert stage.records is not None
    return stage.prison.agencies, stage.records


def _sent(stage: Stage, agencies: Agencies, name: str, paper: Mapping[str, Any]) -> str:
    """What the courts read of their message once an officer has decided."""
    agencies.hand_in(_COURTS, name, paper)
    number = _receipt(stage, agencies, _COURTS, name)
    agencies.decide(number)

    def decided() -> str | None:
        lines = [one for one in agencies.log(_COURTS) if one["what"] == "answered"]
        return next((str(one["state"]) for one in lines if one["receipt"] == number), None)

    return stage.wait(f"what the courts are told of {number}", decided)


def _listed(stage: Stage, agencies: Agencies, agency: str, name: str, told: Mapping[str, Any]) -> None:
    agencies.hand_in(agency, name, {"census": told})
    _receipt(stage, agencies, agency, name)


def _receipt(stage: Stage, agencies: Agencies, agency: str, name: str) -> str:
    def sent() -> str | None:
        lines = [one for one in agencies.log(agency) if one["what"] == "sent"]
        return next((str(one["receipt"]) for one in lines if one.get("paper") == name), None)

    return stage.wait(f"{name} of the {agency} with the prison", sent)
