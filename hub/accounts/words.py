"""Roles and permissions in plain words: what a lawyer reads, on the page and in docs/permissions.md."""

from __future__ import annotations

from typing import Final

from hub.accounts.permissions import Permission, Role
from hub.sentences import Sentence

ROLES: Final[dict[Role, Sentence]] = {
    Role.ADMINISTRATOR: Sentence("Administrator"),
    Role.SHIFT_SUPERVISOR: Sentence("Shift supervisor"),
    Role.CONTROL_ROOM: Sentence("Control room"),
    Role.RECORDS_OFFICER: Sentence("Records officer"),
    Role.OFFICER: Sentence("Officer"),
    Role.TECHNICIAN: Sentence("Technician"),
    Role.HEALTH: Sentence("Health"),
    Role.DIRECTOR: Sentence("Director"),
    Role.AUDITOR: Sentence("Auditor"),
    Role.AGENCY_CLIENT: Sentence("Agency client"),
}

DUTIES: Final[dict[Role, Sentence]] = {
    Role.ADMINISTRATOR: Sentence(
        "Looks after accounts, posts and the paperwork of terminals. Sees no person's file and decides about nobody."
    ),
    Role.SHIFT_SUPERVISOR: Sentence(
        "Answers for a shift: alarms, lockdowns, cells, sanctions, and the second signature at gate and release."
    ),
    Role.CONTROL_ROOM: Sentence(
        "Watches who is where, answers terminals and alarms, and may order a lockdown."
    ),
    Role.RECORDS_OFFICER: Sentence(
        "Keeps the files: admission, orders, sentences, dates, fingers, release, and the liberty docket."
    ),
    Role.OFFICER: Sentence(
        "Stands at a post: answers its terminal and writes down what happens in the unit."
    ),
    Role.TECHNICIAN: Sentence("Keeps terminals running. Sees no person's file."),
    Role.HEALTH: Sentence(
        "Sees and writes what concerns health, which nobody else sees without break-glass."
    ),
    Role.DIRECTOR: Sentence(
        "Answers for the prison: rules of release, exports, deletion by law, and the review of emergencies."
    ),
    Role.AUDITOR: Sentence("Reads the trail, reviews emergencies, and changes nothing."),
    Role.AGENCY_CLIENT: Sentence("A program of another agency. It has no pages here."),
}

PERMISSIONS: Final[dict[Permission, Sentence]] = {
    Permission.PUBLIC: Sentence("Without signing in: the sign-in page, its styles, the language"),
    Permission.ENTERING: Sentence("After the right password: show the second factor, sign out"),
    Permission.SIGNED_IN: Sentence("Whoever is signed in: own password, second factor, sessions"),
    Permission.WATCH: Sentence("See the live picture of the control room, with names"),
    Permission.SEE_PEOPLE: Sentence("Find people and open their files; each look is written down"),
    Permission.ADMIT_PEOPLE: Sentence("Take a person in on an order, with fingers"),
    Permission.SEE_TERMINALS: Sentence("See how terminals are doing"),
    Permission.PROVISION_TERMINALS: Sentence("Take terminals in, after comparing the code that they show"),
    Permission.ANSWER_REFERRALS: Sentence("Answer for people whom a terminal did not recognise"),
    Permission.HANDLE_ALARMS: Sentence("Look after alarms, and close them with a note"),
    Permission.SET_POSTS: Sentence("Say who stands where in a shift"),
    Permission.ENROL_OFFICERS: Sentence("Take officers' fingers for terminals"),
    Permission.RE_ENROL: Sentence("Deal with people whose fingers have to be taken again"),
    Permission.APPROVE_PROCEDURES: Sentence("Let somebody without a usable finger pass by another way"),
    Permission.TAKE_PHOTOS: Sentence("Add a photo to a file"),
    Permission.CONFIGURE_TERMINALS: Sentence("Say what terminals run by, and send it out in stages"),
    Permission.GIVE_ORDERS: Sentence("Order a lockdown or an evacuation"),
    Permission.END_ORDERS: Sentence("End a lockdown or an evacuation"),
    Permission.CUT_OFF_TERMINALS: Sentence("End a terminal's right to speak, and report one stolen"),
    Permission.SAY_WHO_IS_TOLD: Sentence("Write down who has to be told when a terminal was stolen"),
    Permission.RECORD_FACTS: Sentence("Write facts into a file, correct and withdraw them"),
    Permission.RECORD_ORDERS: Sentence("Write orders, charges, sentences and credits of courts into a file"),
    Permission.VERIFY_DATES: Sentence("Sign a reckoned release date as second records officer"),
    Permission.SET_POLICIES: Sentence("Write down the rules of release, and accept what they change"),
    Permission.SEE_HEALTH: Sentence("See medical and dietary flags and the health screening"),
    Permission.RECORD_HEALTH: Sentence("Write medical and dietary flags and the health screening"),
    Permission.RECORD_UNIT_LIFE: Sentence(
        "Write property, visits, incidents, work and complaints into a file"
    ),
    Permission.DECIDE_SANCTIONS: Sentence("Impose and end sanctions, visiting bans and keep-aparts"),
    Permission.HEAR_CONFIDENTIAL: Sentence("Read and answer confidential complaints"),
    Permission.SEE_DOCKET: Sentence("See whose liberty is in doubt, and the court diary"),
    Permission.WORK_DOCKET: Sentence(
        "Take, hand over and close findings of the docket; keep the court diary"
    ),
    Permission.ALLOT_CELLS: Sentence("Say in which cell somebody lives"),
    Permission.SET_CELLS: Sentence("Write down cells, their capacity, and whom they are for"),
    Permission.OVERRIDE_RECEPTION: Sentence("As second officer, let somebody in without a valid order"),
    Permission.RELEASE_PEOPLE: Sentence("Prepare and carry out a release"),
    Permission.CONFIRM_RELEASE: Sentence("Sign a release as second officer"),
    Permission.MERGE_FILES: Sentence("Join two files of one person, and part them again"),
    Permission.IMPORT_REGISTER: Sentence("Bring in a register from paper or tables, and undo it"),
    Permission.ENTER_PAPER: Sentence(
        "Enter what was written on paper while all was dark, or sign such a batch as second"
    ),
    Permission.EXPORT_EVERYTHING: Sentence("Take the whole register out in open formats"),
    Permission.CONFIRM_EXPORT: Sentence(
        "As second person, let the whole register leave, and see each export"
    ),
    Permission.SEE_BACKUPS: Sentence("See when backups were taken and tried, and where they lie"),
    Permission.MANAGE_ACCOUNTS: Sentence(
        "Open, change and close accounts, and print slips for new passwords"
    ),
    Permission.CONFIRM_ACCOUNTS: Sentence(
        "As the second person, let a slip open an account that reaches files"
    ),
    Permission.SEE_PERMISSIONS: Sentence("Read who may do what, and the pages behind it"),
    Permission.SEE_AUDIT: Sentence("Read the trail of every look and change, and verify it"),
    Permission.PRINT_ACCESS_REPORT: Sentence("Print for a person who looked at or changed their file"),
    Permission.REVIEW_EMERGENCIES: Sentence("Look after each use of break-glass by somebody else"),
    Permission.BREAK_GLASS: Sentence(
        "Read one file that is closed to the role, with a reason that is reviewed"
    ),
    Permission.APPLY_RETENTION: Sentence("See what the law says to delete, and have it deleted"),
    Permission.EDIT_SITE: Sentence("Keep zones, checkpoints, capacities and floor plans"),
    Permission.SET_LOCATION_RULES: Sentence(
        "Say how long a proof of somebody's place holds, and who may be where at which hour"
    ),
    Permission.SEE_MOVES: Sentence("See passes, lists for unlock, escorts and who is away"),
    Permission.PLAN_MOVES: Sentence("Plan moves, single and recurring, and cancel them"),
    Permission.APPROVE_ABSENCE: Sentence(
        "Approve a temporary absence, or sign against a clash when planning"
    ),
    Permission.SEE_COUNTS: Sentence("See headcounts and their history"),
    Permission.TAKE_COUNT: Sentence("Count a unit and sign its slip; declare and accept out-counts"),
    Permission.RUN_COUNT: Sentence("Announce and lead a headcount, ask for recounts"),
    Permission.CLEAR_COUNT: Sentence("Clear a headcount"),
    Permission.SEE_REPLAY: Sentence("Play back any hour of any day on the map"),
    Permission.EXPORT_REPLAY: Sentence("Take an hour out as a bundle that a court can verify"),
    Permission.SEE_FIGURES: Sentence("Read the figures of the prison, without names"),
    Permission.PUBLISH_FIGURES: Sentence("Freeze figures and give them out"),
    Permission.WRITE_REVIEW: Sentence("Write, freeze and sign the yearly review"),
    Permission.SEE_SHARING: Sentence("See what other agencies got and sent"),
    Permission.SET_AGREEMENTS: Sentence("Write agreements with other agencies"),
    Permission.SIGN_AGREEMENTS: Sentence("Sign agreements with other agencies"),
    Permission.WORK_INBOX: Sentence("Decide on what another agency sent"),
    Permission.APPROVE_IDENTITY: Sentence("Approve requests of agencies by finger or for fingers"),
    Permission.MANAGE_PARTNERS: Sentence("Keep certificates and addresses of other agencies' programs"),
    Permission.REPLAY_DELIVERIES: Sentence("Send again what an agency did not get"),
}


def role_words(role: str) -> Sentence:
    """The role in words; its code for one that this version does not know."""
    known = role in Role._value2member_map_
    return ROLES[Role(role)] if known else Sentence("%(role)s", {"role": role})


def permission_words(permission: Permission) -> Sentence:
    """What the permission is for; its code where nobody wrote that down yet."""
    return PERMISSIONS.get(permission, Sentence("%(permission)s", {"permission": permission.value}))
