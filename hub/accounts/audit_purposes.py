"""Why somebody looks or acts when they do their daily work: one purpose for each family of acts.

A purpose is stored as `purpose:<code>`, so that it can be said in every language; what somebody typed is stored as
typed. An act of no family has no purpose of its own and is shown with the work of the role that did it.
"""

from __future__ import annotations

from typing import Final

from hub.sentences import Sentence

PREFIX: Final = "purpose:"

PURPOSES: Final = {
    "file": Sentence("Keeping the file"),
    "law": Sentence("Watching over the right to be held"),
    "admission": Sentence("Taking somebody in"),
    "release": Sentence("Letting somebody go"),
    "identity": Sentence("Making sure who somebody is"),
    "gate": Sentence("Moving about inside"),
    "life": Sentence("Daily life in custody"),
    "health": Sentence("Care for health"),
    "accounts": Sentence("Looking after accounts"),
    "terminals": Sentence("Looking after terminals"),
    "oversight": Sentence("Oversight"),
    "keeping": Sentence("Keeping and deleting by law"),
    "register": Sentence("Bringing in or taking out the register"),
    "emergency": Sentence("Emergency"),
    "sharing": Sentence("Sharing with other agencies"),
}

_FAMILIES: Final = {
    "person": "file",
    "people": "file",
    "fact": "file",
    "file": "file",
    "document": "file",
    "search": "file",
    "merge": "file",
    "docket": "law",
    "inbox": "law",
    "finding": "law",
    "figures": "oversight",
    "review": "oversight",
    "court": "law",
    "diary": "law",
    "sentence": "law",
    "date": "law",
    "policy": "law",
    "admission": "admission",
    "release": "release",
    "fingers": "identity",
    "re_enrolment": "identity",
    "forensic": "identity",
    "referral": "gate",
    "standing": "gate",
    "order": "gate",
    "post": "gate",
    "alarm": "gate",
    "count": "gate",
    "muster": "emergency",
    "paper": "register",
    "cell": "life",
    "property": "life",
    "visit": "life",
    "slip": "life",
    "complaint": "life",
    "confidential": "oversight",
    "query": "life",
    "health": "health",
    "account": "accounts",
    "session": "accounts",
    "officer": "accounts",
    "area": "gate",
    "gate": "gate",
    "login": "accounts",
    "pin": "accounts",
    "password": "accounts",
    "site": "gate",
    "terminal": "terminals",
    "rollout": "terminals",
    "configuration": "terminals",
    "theft": "terminals",
    "audit": "oversight",
    "access": "oversight",
    "backup": "keeping",
    "retention": "keeping",
    "register": "register",
    "import": "register",
    "export": "register",
    "agreement": "sharing",
    "agency": "sharing",
    "disclosures": "sharing",
    "sharing": "sharing",
    "partner": "sharing",
    "correction": "sharing",
    "census": "sharing",
    "replay": "oversight",
    "emergency": "emergency",
}
_WHOLE: Final = {"person.admit": "admission", "person.photo": "identity", "person.release": "release"}

_BY_ROLE: Final = {
    "records_officer": "file",
    "officer": "gate",
    "control_room": "gate",
    "shift_supervisor": "gate",
    "technician": "terminals",
    "health": "health",
    "director": "oversight",
    "auditor": "oversight",
    "administrator": "accounts",
}


def purpose_of(act: str) -> str:
    """The purpose of an act as it is stored; empty for an act of no family."""
    code = _WHOLE.get(act) or _FAMILIES.get(act.partition(".")[0])
    return "" if code is None else PREFIX + code


def said_why(why: str, role: str) -> Sentence:
    """A stored `why` in words: the reason as typed, the purpose of the act, or else of the role's work."""
    if why and not why.startswith(PREFIX):
        return Sentence("%(reason)s", {"reason": why})
    code = why.removeprefix(PREFIX) or _BY_ROLE.get(role, "")
    return PURPOSES.get(code, Sentence("Not stated"))
