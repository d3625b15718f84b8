"""Who may do what: the whole table on one page. Nothing is allowed that does not stand here.

Longer than other modules on purpose: it is one table, and whoever asks what a role may do reads it at a stretch.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Permission(StrEnum):
    """One thing that a page or a command does. Every route names exactly one."""

    PUBLIC = "public"
    """Without signing in: the sign-in page itself, its styles, and the language."""
    SIGNED_IN = "signed_in"
    """Whoever is signed in: one's own password, second factor and sessions."""
    ENTERING = "entering"
    """Whoever gave the right password, before the second factor: giving it, and signing out."""
    WATCH = "watch"
    """See the live picture of the control room, names included."""
    SEE_PEOPLE = "see_people"
    """Find people and open their files; each look is written down."""
    ADMIT_PEOPLE = "admit_people"
    """Take a person in on an order, with fingers."""
    SEE_TERMINALS = "see_terminals"
    """See how terminals are doing."""
    PROVISION_TERMINALS = "provision_terminals"
    """Take terminals in, after comparing the code that they show."""
    ANSWER_REFERRALS = "answer_referrals"
    """Answer for people whom a terminal did not recognise: those at one's own post, or all for those on watch."""
    HANDLE_ALARMS = "handle_alarms"
    """Look after alarms, and close them with a note."""
    SET_POSTS = "set_posts"
    """Say who stands where in a shift, and how long a referral may wait."""
    ENROL_OFFICERS = "enrol_officers"
    """Take officers' fingers for terminals, when they have agreed."""
    RE_ENROL = "re_enrol"
    """Deal with people whose fingers have to be taken again."""
    APPROVE_PROCEDURES = "approve_procedures"
    """Let somebody without a usable finger pass by another way, and review it."""
    TAKE_PHOTOS = "take_photos"
    """Add a photo to a file."""
    CONFIGURE_TERMINALS = "configure_terminals"
    """Say what terminals shall run by, and send it out in stages."""
    GIVE_ORDERS = "give_orders"
    """Order a lockdown or an evacuation."""
    END_ORDERS = "end_orders"
    """End a lockdown or an evacuation."""
    CUT_OFF_TERMINALS = "cut_off_terminals"
    """End a terminal's right to speak, and report one stolen."""
    SAY_WHO_IS_TOLD = "say_who_is_told"
    """Write down who has to be told when a terminal was stolen."""
    RECORD_FACTS = "record_facts"
    """Write facts into a person's file, correct and withdraw them."""
    RECORD_ORDERS = "record_orders"
    """Write orders, charges, sentences and credits of courts into a file."""
    VERIFY_DATES = "verify_dates"
    """Sign a reckoned release date as the second records officer."""
    SET_POLICIES = "set_policies"
    """Write down the rules of release and accept what they change."""
    SEE_HEALTH = "see_health"
    """See medical and dietary flags and the health screening."""
    RECORD_HEALTH = "record_health"
    """Write medical and dietary flags and the health screening."""
    RECORD_UNIT_LIFE = "record_unit_life"
    """Write property, visits, incidents, work and complaints into a file."""
    DECIDE_SANCTIONS = "decide_sanctions"
    """Impose and end sanctions, visiting bans and keep-aparts."""
    HEAR_CONFIDENTIAL = "hear_confidential"
    """Read and answer confidential complaints."""
    SEE_DOCKET = "see_docket"
    """See whose liberty is in doubt, and the court diary."""
    WORK_DOCKET = "work_docket"
    """Take, hand over and close findings of the liberty docket."""
    ALLOT_CELLS = "allot_cells"
    """Say in which cell somebody lives."""
    SET_CELLS = "set_cells"
    """Say what a cell is for and how many it holds, and sign for a cell that something speaks against."""
    OVERRIDE_RECEPTION = "override_reception"
    """As second officer, let somebody in without a valid order, which starts a clock."""
    RELEASE_PEOPLE = "release_people"
    """Prepare and carry out a release."""
    CONFIRM_RELEASE = "confirm_release"
    """Sign a release as the second officer."""
    MERGE_FILES = "merge_files"
    """Join two files found to be of one person, and part them again."""
    IMPORT_REGISTER = "import_register"
    """Bring in a register from paper or tables, and undo it."""
    ENTER_PAPER = "enter_paper"
    """Enter afterwards what was written on paper while all was dark, or sign such a batch as the second."""
    EXPORT_EVERYTHING = "export_everything"
    """Take the whole register out in open formats."""
    CONFIRM_EXPORT = "confirm_export"
    """As the second person, let the whole register leave, and see each export."""
    SEE_BACKUPS = "see_backups"
    """See when backups were taken and tried, and where they lie."""
    MANAGE_ACCOUNTS = "manage_accounts"
    """Open, change and close accounts, and give new passwords."""
    CONFIRM_ACCOUNTS = "confirm_accounts"
    """As the second person, let a slip open an account that reaches people's files."""
    SEE_PERMISSIONS = "see_permissions"
    """Read who may do what, and the pages behind it."""
    SEE_AUDIT = "see_audit"
    """Read the trail of every look and change, and verify it."""
    PRINT_ACCESS_REPORT = "print_access_report"
    """Print for a person who looked at or changed their file."""
    REVIEW_EMERGENCIES = "review_emergencies"
    """Look after each use of break-glass."""
    BREAK_GLASS = "break_glass"
    """Open, with a reason that is reviewed, a file one may not open otherwise."""
    APPLY_RETENTION = "apply_retention"
    """See what the law says to delete, and have it deleted."""
    EDIT_SITE = "edit_site"
    """Keep zones, checkpoints, capacities and floor plans."""
    SET_LOCATION_RULES = "set_location_rules"
    """Say how long a proof of somebody's place holds, and who may be where at which hour."""
    SEE_MOVES = "see_moves"
    """See passes, lists for unlock, escorts and who is away."""
    PLAN_MOVES = "plan_moves"
    """Plan moves, single and recurring, and cancel them."""
    APPROVE_ABSENCE = "approve_absence"
    """Approve a temporary absence, or sign against a clash when planning."""
    SEE_COUNTS = "see_counts"
    """See headcounts and their history."""
    TAKE_COUNT = "take_count"
    """Count a unit and sign its slip; declare and accept out-counts."""
    RUN_COUNT = "run_count"
    """Announce and lead a headcount, ask for recounts."""
    CLEAR_COUNT = "clear_count"
    """Clear a headcount."""
    SEE_REPLAY = "see_replay"
    """Play back any hour of any day on the map."""
    EXPORT_REPLAY = "export_replay"
    """Take an hour out as a bundle that a court can verify."""
    SEE_FIGURES = "see_figures"
    """Read the figures of the prison, without names."""
    PUBLISH_FIGURES = "publish_figures"
    """Freeze figures and give them out, after their proof that nobody can be told from them."""
    WRITE_REVIEW = "write_review"
    """Write, freeze and sign the yearly review of the Data Policy."""
    SEE_SHARING = "see_sharing"
    """See what was sent to other agencies, what came from them, and on which agreement."""
    SET_AGREEMENTS = "set_agreements"
    """Write agreements with other agencies: what may leave, for what, until when."""
    SIGN_AGREEMENTS = "sign_agreements"
    """Sign an agreement, or its end; it takes two people."""
    WORK_INBOX = "work_inbox"
    """Accept, correct or refuse what another agency sent."""
    APPROVE_IDENTITY = "approve_identity"
    """Approve an agency's request by finger or for fingers, on the authority that it names."""
    MANAGE_PARTNERS = "manage_partners"
    """Keep the programs of other agencies: their certificates, addresses and keys."""
    REPLAY_DELIVERIES = "replay_deliveries"
    """Send again what another agency did not get."""


class Role(StrEnum):
    """What somebody is here for; each account has one."""

    ADMINISTRATOR = "administrator"
    SHIFT_SUPERVISOR = "shift_supervisor"
    CONTROL_ROOM = "control_room"
    RECORDS_OFFICER = "records_officer"
    OFFICER = "officer"
    TECHNICIAN = "technician"
    HEALTH = "health"
    DIRECTOR = "director"
    AUDITOR = "auditor"
    AGENCY_CLIENT = "agency_client"


ALLOWED: Final[dict[Role, frozenset[Permission]]] = {
    # Whoever hands out rights holds none over people: with them one account could do and hide anything.
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.MANAGE_ACCOUNTS,
            Permission.CONFIRM_ACCOUNTS,
            Permission.SEE_PERMISSIONS,
            Permission.SET_POSTS,
            Permission.SEE_TERMINALS,
            Permission.PROVISION_TERMINALS,
            Permission.CONFIGURE_TERMINALS,
            Permission.CUT_OFF_TERMINALS,
            Permission.SAY_WHO_IS_TOLD,
            Permission.SEE_BACKUPS,
            Permission.EDIT_SITE,
            Permission.MANAGE_PARTNERS,
        }
    ),
    Role.SHIFT_SUPERVISOR: frozenset(
        {
            Permission.WATCH,
            Permission.SEE_PEOPLE,
            Permission.SEE_TERMINALS,
            Permission.ANSWER_REFERRALS,
            Permission.HANDLE_ALARMS,
            Permission.SET_POSTS,
            Permission.ENROL_OFFICERS,
            Permission.APPROVE_PROCEDURES,
            Permission.GIVE_ORDERS,
            Permission.END_ORDERS,
            Permission.CUT_OFF_TERMINALS,
            Permission.RECORD_UNIT_LIFE,
            Permission.DECIDE_SANCTIONS,
            Permission.ALLOT_CELLS,
            Permission.SET_CELLS,
            Permission.ENTER_PAPER,
            Permission.OVERRIDE_RECEPTION,
            Permission.CONFIRM_RELEASE,
            Permission.CONFIRM_ACCOUNTS,
            Permission.SEE_DOCKET,
            Permission.WORK_DOCKET,
            Permission.BREAK_GLASS,
            Permission.SEE_MOVES,
            Permission.PLAN_MOVES,
            Permission.APPROVE_ABSENCE,
            Permission.SEE_COUNTS,
            Permission.TAKE_COUNT,
            Permission.RUN_COUNT,
            Permission.SEE_REPLAY,
            Permission.APPROVE_IDENTITY,
        }
    ),
    Role.CONTROL_ROOM: frozenset(
        {
            Permission.WATCH,
            Permission.SEE_PEOPLE,
            Permission.SEE_TERMINALS,
            Permission.ANSWER_REFERRALS,
            Permission.HANDLE_ALARMS,
            Permission.GIVE_ORDERS,
            Permission.BREAK_GLASS,
            Permission.SEE_MOVES,
            Permission.PLAN_MOVES,
            Permission.SEE_COUNTS,
            Permission.RUN_COUNT,
            Permission.CLEAR_COUNT,
            Permission.SEE_REPLAY,
        }
    ),
    Role.RECORDS_OFFICER: frozenset(
        {
            Permission.SEE_PEOPLE,
            Permission.ADMIT_PEOPLE,
            Permission.RE_ENROL,
            Permission.TAKE_PHOTOS,
            Permission.RECORD_FACTS,
            Permission.RECORD_ORDERS,
            Permission.VERIFY_DATES,
            Permission.RECORD_UNIT_LIFE,
            Permission.SEE_DOCKET,
            Permission.WORK_DOCKET,
            Permission.ALLOT_CELLS,
            Permission.RELEASE_PEOPLE,
            Permission.CONFIRM_RELEASE,
            Permission.MERGE_FILES,
            Permission.IMPORT_REGISTER,
            Permission.ENTER_PAPER,
            Permission.PRINT_ACCESS_REPORT,
            Permission.APPLY_RETENTION,
            Permission.BREAK_GLASS,
            Permission.SEE_MOVES,
            Permission.PLAN_MOVES,
            Permission.SEE_SHARING,
            Permission.SET_AGREEMENTS,
            Permission.WORK_INBOX,
            Permission.APPROVE_IDENTITY,
            Permission.SEE_FIGURES,
            Permission.WRITE_REVIEW,
            Permission.REPLAY_DELIVERIES,
        }
    ),
    Role.OFFICER: frozenset(
        {
            Permission.WATCH,
            Permission.ANSWER_REFERRALS,
            Permission.RECORD_UNIT_LIFE,
            Permission.BREAK_GLASS,
            Permission.SEE_MOVES,
            Permission.SEE_COUNTS,
            Permission.TAKE_COUNT,
        }
    ),
    Role.TECHNICIAN: frozenset(
        {
            Permission.SEE_TERMINALS,
            Permission.PROVISION_TERMINALS,
            Permission.CONFIGURE_TERMINALS,
            Permission.CUT_OFF_TERMINALS,
            Permission.SEE_BACKUPS,
        }
    ),
    Role.HEALTH: frozenset(
        {
            Permission.SEE_PEOPLE,
            Permission.SEE_HEALTH,
            Permission.RECORD_HEALTH,
            Permission.SEE_MOVES,
            Permission.PLAN_MOVES,
        }
    ),
    Role.DIRECTOR: frozenset(
        {
            Permission.WATCH,
            Permission.HANDLE_ALARMS,
            Permission.SEE_PEOPLE,
            Permission.SEE_DOCKET,
            Permission.WORK_DOCKET,
            Permission.SET_POLICIES,
            Permission.OVERRIDE_RECEPTION,
            Permission.CONFIRM_RELEASE,
            Permission.REVIEW_EMERGENCIES,
            Permission.HEAR_CONFIDENTIAL,
            Permission.EXPORT_EVERYTHING,
            Permission.CONFIRM_EXPORT,
            Permission.SEE_BACKUPS,
            Permission.APPLY_RETENTION,
            Permission.CONFIRM_ACCOUNTS,
            Permission.SEE_PERMISSIONS,
            Permission.SEE_FIGURES,
            Permission.SEE_TERMINALS,
            Permission.EDIT_SITE,
            Permission.SET_LOCATION_RULES,
            Permission.SEE_MOVES,
            Permission.APPROVE_ABSENCE,
            Permission.SEE_COUNTS,
            Permission.SEE_REPLAY,
            Permission.EXPORT_REPLAY,
            Permission.SEE_SHARING,
            Permission.SET_AGREEMENTS,
            Permission.SIGN_AGREEMENTS,
            Permission.APPROVE_IDENTITY,
            Permission.REPLAY_DELIVERIES,
            Permission.PUBLISH_FIGURES,
            Permission.WRITE_REVIEW,
        }
    ),
    Role.AUDITOR: frozenset(
        {
            Permission.SEE_AUDIT,
            Permission.CONFIRM_EXPORT,
            Permission.SEE_BACKUPS,
            Permission.PRINT_ACCESS_REPORT,
            Permission.REVIEW_EMERGENCIES,
            Permission.HEAR_CONFIDENTIAL,
            Permission.SEE_PERMISSIONS,
            Permission.SEE_DOCKET,
            Permission.SEE_FIGURES,
            Permission.SEE_COUNTS,
            Permission.SEE_REPLAY,
            Permission.EXPORT_REPLAY,
            Permission.SEE_SHARING,
            Permission.SIGN_AGREEMENTS,
        }
    ),
    Role.AGENCY_CLIENT: frozenset(),
}


OPENED_BY_TWO: Final = frozenset(set(Role) - {Role.TECHNICIAN, Role.AGENCY_CLIENT})
"""Roles that reach people's files or hand out rights: no one person lets anybody in under them, so not themselves."""


def permissions_of(role: str) -> frozenset[str]:
    """What `role` may do once signed in; nothing for a role that this version does not know."""
    if role not in Role._value2member_map_:
        return frozenset()
    return frozenset({Permission.ENTERING, Permission.SIGNED_IN, *ALLOWED[Role(role)]})
