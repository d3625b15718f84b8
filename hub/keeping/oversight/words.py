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
    "location_rules.set": Sentence("Set how long a proof of where somebody is holds"),
    "positions.rebuild": Sentence("Worked out again where everybody is, from all proofs"),
    "pass.plan": Sentence("Planned moves"),
    "pass.check": Sentence("Looked what speaks against moves"),
    "pass.sign": Sentence("Signed for a move as the second officer"),
    "pass.cancel": Sentence("Cancelled a pass"),
    "pass.change": Sentence("Changed the times of a pass"),
    "pass.look": Sentence("Looked at a pass"),
    "pass.rules": Sentence("Set the limits of moves"),
    "moves.look": Sentence("Looked at the board of moves"),
    "moves.list": Sentence("Opened the lists for unlock"),
    "series.begin": Sentence("Began a series of moves"),
    "series.add": Sentence("Put the person on a series of moves"),
    "series.remove": Sentence("Took the person off a series of moves"),
    "series.skip": Sentence("Left a day of a series out"),
    "series.move": Sentence("Gave a day of a series other times"),
    "series.sign": Sentence("Signed for somebody on a series of moves as the second officer"),
    "series.end": Sentence("Ended a series of moves"),
    "series.look": Sentence("Looked at a series of moves"),
    "absence.ask": Sentence("Asked that the person may go out"),
    "absence.decide": Sentence("Decided whether the person may go out"),
    "absence.off": Sentence("Called a going out off"),
    "absence.leave": Sentence("Recorded that the person left"),
    "absence.back": Sentence("Recorded that the person came back"),
    "absence.later": Sentence("Set another time of return"),
    "absence.look": Sentence("Looked at a going out"),
    "external.look": Sentence("Looked at who is outside and who is to go"),
    "absence.escort": Sentence("Said who goes along with somebody who goes out"),
    "convoy.change": Sentence("Changed a convoy"),
    "convoy.plan": Sentence("Planned a convoy"),
    "convoy.sign": Sentence("Signed for a convoy as the second officer"),
    "convoy.look": Sentence("Looked at a convoy"),
    "count.announce": Sentence("Announced a headcount"),
    "count.freeze": Sentence("Stopped movement for a headcount"),
    "count.begin": Sentence("Let the units count"),
    "count.recount": Sentence("Asked units to count again"),
    "count.clear": Sentence("Cleared a headcount"),
    "count.cancel": Sentence("Cancelled a headcount"),
    "count.rules": Sentence("Set hours and limits of headcounts"),
    "count.out_count": Sentence("Said who is counted elsewhere"),
    "count.explain": Sentence("Named a difference of a headcount"),
    "count.accept": Sentence("Accepted the explanation of a difference"),
    "count.explain_back": Sentence("Took back the explanation of a difference"),
    "count.slip": Sentence("Signed a count slip"),
    "count.unit": Sentence("Opened a unit to count it"),
    "count.list": Sentence("Looked at the list of headcounts"),
    "count.look": Sentence("Looked at a headcount"),
    "count.slip_look": Sentence("Looked at a count slip"),
    "count.paper": Sentence("Entered a headcount from paper"),
    "count.report": Sentence("Read the report of a headcount"),
    "count.running": Sentence("Read the running count"),
    "muster.begin": Sentence("Began a muster"),
    "muster.see": Sentence("Saw somebody at a muster point"),
    "muster.end": Sentence("Ended a muster"),
    "muster.look": Sentence("Looked at a muster"),
    "area.reset": Sentence("Said that who is in an area is to be found out anew"),
    "gate.look": Sentence("Looked at what a gate decides by"),
    "officer.ask_fingers": Sentence("Asked a desk for an officer's fingers"),
    "officer.cancel_fingers": Sentence("Took an officer's fingers back from a desk"),
    "officer.not_kept": Sentence("An officer's fingers were not kept"),
    "officer.consent": Sentence("Agreed that fingers are kept"),
    "officer.enrol": Sentence("Took an officer's fingers"),
    "officer.forget": Sentence("Deleted an officer's fingers"),
    "alarm.acknowledge": Sentence("Acknowledged an alarm"),
    "alarm.assign": Sentence("Gave an alarm to somebody"),
    "alarm.book": Sentence("Read the alarms of a day"),
    "alarm.close": Sentence("Closed an alarm"),
    "alarm.escalate": Sentence("Took an alarm up"),
    "alarm.limits": Sentence("Changed how long alarms may wait"),
    "alarm.note": Sentence("Wrote a note to an alarm"),
    "alarm.test": Sentence("Rang a test alarm"),
    "person.look": Sentence("Looked at the file"),
    "person.photo": Sentence("Looked at the photo"),
    "person.admit": Sentence("Recorded the admission"),
    "person.language": Sentence("Changed the language that terminals speak"),
    "person.register": Sentence("Opened the file"),
    "forensic.answered": Sentence("Answered an agency’s request by finger"),
    "forensic.approved": Sentence("Approved an agency’s request by finger or for fingers"),
    "forensic.cleared": Sentence("Deleted a finger that an agency sent, its time being over"),
    "forensic.compared": Sentence("Compared a finger that an agency sent with the person’s"),
    "forensic.fetched": Sentence("Gave an agency the answer to its request by finger or for fingers"),
    "forensic.identity": Sentence("An agency asked whose finger it is"),
    "forensic.image": Sentence("Looked at the image of a finger for an agency’s request"),
    "forensic.list": Sentence("Looked at the requests of agencies by finger and for fingers"),
    "forensic.look": Sentence("Looked at an agency’s request by finger or for fingers"),
    "forensic.looked": Sentence("Looked at the fingers that an agency asks for"),
    "forensic.prints": Sentence("An agency asked for fingers"),
    "forensic.refused": Sentence("Refused an agency’s request by finger or for fingers"),
    "forensic.searched": Sentence("Searched for a finger that an agency sent"),
    "forensic.taken": Sentence("An agency confirmed that it has the fingers"),
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
    "person.passages": Sentence("Looked at where the person passed"),
    "person.trail": Sentence("Looked at where the person passed"),
    "person.release": Sentence("Recorded the release"),
    "person.import": Sentence("Brought the file in from a register"),
    "person.import_undo": Sentence("Took the file out again with its register"),
    "person.add_photo": Sentence("Added a photo"),
    "fact.moved": Sentence("Moved to the other file: %(what)s"),
    "release_date.look": Sentence("Looked at how the release date is reckoned"),
    "release_date.reckon": Sentence("Signed the release date first"),
    "release_date.differs": Sentence("Read the papers otherwise than they are recorded"),
    "release_date.verified": Sentence("Signed the release date as the second"),
    "release_date.refused": Sentence("Refused the release date"),
    "slip.look": Sentence("Looked at a slip that was printed"),
    "slip.list": Sentence("Looked at the slips that were printed"),
    "emergency.close": Sentence("Closed the file after an emergency"),
    "emergency.review": Sentence("Reviewed whether opening the file was needed"),
    "sign_in": Sentence("Signed in"),
    "sign_in.refused": Sentence("Was refused at the sign-in"),
    "sign_out": Sentence("Signed out"),
    "password.refused": Sentence("Typed a wrong password"),
    "login.factor": Sentence("Showed the second factor"),
    "login.factor_refused": Sentence("Showed a wrong second factor"),
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
    "site": Sentence("Changed a zone, a checkpoint, a curfew or a floor plan"),
    "property": Sentence("Worked on the person's property"),
    "emergency": Sentence("Opened the file in an emergency"),
    "account": Sentence("Changed an account or its password"),
    "session": Sentence("Ended a session"),
    "alarm": Sentence("Looked after an alarm"),
    "audit": Sentence("Read or exported the trail"),
    "away": Sentence("Looked at who is out"),
    "backup": Sentence("Worked on backups"),
    "breach": Sentence("Wrote down who is told of a theft"),
    "configuration": Sentence("Changed what terminals run by"),
    "rollout": Sentence("Changed what terminals run by"),
    "control_room": Sentence("Looked at the picture of the control room"),
    "diary": Sentence("Worked on the court diary"),
    "export": Sentence("Worked on taking the whole register out"),
    "replay": Sentence("Played an hour back, or took it out as a bundle"),
    "finger": Sentence("Compared a finger"),
    "fingers": Sentence("Worked on taking fingers"),
    "holiday": Sentence("Changed the holidays that dates depend on"),
    "policy": Sentence("Worked on the rules of release"),
    "incident": Sentence("Worked on an incident"),
    "keep_apart": Sentence("Worked on whom the person is kept apart from"),
    "order": Sentence("Gave or ended a lockdown or an evacuation"),
    "paper": Sentence("Entered what was written on paper"),
    "people": Sentence("Looked for people"),
    "post": Sentence("Said who stands where"),
    "re_enrolment": Sentence("Worked on fingers to be taken again"),
    "reception": Sentence("Looked at receptions to sign"),
    "referral": Sentence("Answered for somebody whom a terminal did not recognise"),
    "release_date": Sentence("Worked on the release date"),
    "retention": Sentence("Worked on what may no longer be kept"),
    "sentence": Sentence("Opened the form for a sentence"),
    "standing": Sentence("Worked on ways of passing without a finger"),
    "terminal": Sentence("Worked on a terminal"),
    "theft": Sentence("Looked at whom a stolen terminal knew"),
    "visitor": Sentence("Worked on a visitor"),
    "visitors": Sentence("Looked at the register of visitors"),
    "visits": Sentence("Looked at the person's visits"),
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
