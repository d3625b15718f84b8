"""Acts of the trail in plain words, for people who never saw a code."""

from __future__ import annotations

from typing import Final

from hub.accounts.records import AuditEntry
from hub.custody.catalogue import KINDS
from hub.sentences import Sentence

ROLES: Final = {
    "administrator": Sentence("Administrator"),
    "shift_supervisor": Sentence("Shift supervisor"),
    "control_room": Sentence("Control room"),
    "records_officer": Sentence("Records officer"),
    "officer": Sentence("Officer"),
    "technician": Sentence("Technician"),
    "health": Sentence("Health staff"),
    "director": Sentence("Director"),
    "auditor": Sentence("Auditor"),
    "agency_client": Sentence("Another agency"),
}
OPERATOR: Final = Sentence("Operator of the hub")

ACTS: Final = {
    "person.look": Sentence("Looked at the file"),
    "person.photo": Sentence("Looked at the photo"),
    "person.admit": Sentence("Recorded the admission"),
    "person.language": Sentence("Changed the language that terminals speak"),
    "person.register": Sentence("Opened the file"),
    "fingers.ask": Sentence("Asked for the fingers to be taken"),
    "fingers.look": Sentence("Looked at how the fingers were taken"),
    "re_enrolment.ask": Sentence("Asked for the fingers to be taken again"),
    "standing.look": Sentence("Looked at the way of passing without a finger"),
    "standing.set": Sentence("Proposed a way of passing without a finger"),
    "standing.approve": Sentence("Approved a way of passing without a finger"),
    "standing.review": Sentence("Reviewed a way of passing without a finger"),
    "standing.end": Sentence("Ended a way of passing without a finger"),
    "fact.look": Sentence("Looked at the evidence of a fact"),
    "fact.form": Sentence("Opened the form for: %(what)s"),
    "photo.form": Sentence("Opened the form for a photo"),
    "fact.states": Sentence("Recorded or corrected: %(what)s"),
    "fact.ends": Sentence("Recorded the end of: %(what)s"),
    "fact.withdraws": Sentence("Took back: %(what)s"),
    "access.look": Sentence("Looked at who looked at the file"),
    "access.report": Sentence("Printed who looked at the file"),
    "retention.delete": Sentence("Deleted what may no longer be kept"),
}
_FAMILIES: Final = {
    "document": Sentence("Opened or added a document"),
    "photo": Sentence("Added a photo"),
    "merge": Sentence("Compared or joined the file with another"),
    "release": Sentence("Worked on the release"),
    "admission": Sentence("Worked on the admission"),
    "docket": Sentence("Worked on a question about the right to be held"),
    "finding": Sentence("Worked on a question about the right to be held"),
    "court": Sentence("Worked on a court date"),
    "slip": Sentence("Printed a slip"),
    "complaint": Sentence("Worked on a complaint"),
    "confidential": Sentence("Worked on a confidential complaint"),
    "register": Sentence("Brought a register in or took it out"),
    "query": Sentence("Worked on something the person said was wrong"),
    "cell": Sentence("Worked on where the person lives"),
    "property": Sentence("Worked on the person's property"),
    "emergency": Sentence("Opened the file in an emergency"),
}
_OTHER: Final = Sentence("Worked with the file (%(act)s)")


def role_words(line: AuditEntry) -> Sentence:
    """In what role somebody acted."""
    return ROLES.get(line.role, OPERATOR)


def act_words(line: AuditEntry) -> Sentence:
    """What was done with a person's file, without its content."""
    return known_act(line) or Sentence(_OTHER.text, {"act": line.act})


def known_act(line: AuditEntry) -> Sentence | None:
    """What was done, in words; None for an act that has none but its code."""
    found = ACTS.get(line.act) or _FAMILIES.get(line.act.partition(".")[0])
    if found is not None and "%(what)s" in found.text:
        return Sentence(found.text, {"what": kind_words(line)})
    return found


def kind_of(line: AuditEntry) -> str:
    """Name of the kind of fact that a line tells of; empty when it is of none."""
    return line.detail.partition(" ")[0] if line.act.startswith("fact.") else ""


def kind_words(line: AuditEntry) -> Sentence:
    """The kind of fact in words."""
    kind = KINDS.get(kind_of(line))
    return Sentence("something") if kind is None else kind.words
