"""What may wait for somebody at the start of their day, from all capabilities. Each is one count, and loads no list."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from hub.accounts.permissions import Permission
from hub.custody.life.queries import count_open
from hub.custody.merging.reading import count_to_decide
from hub.custody.sentencing.holidays import count_to_sign as holidays_to_sign
from hub.custody.sentencing.signing import count_waiting
from hub.docket.lists import NOBODY, Filter, count_of
from hub.reception.admitting.keeping import count_under_way
from hub.reception.blackout.actions import count_to_sign as papers_to_sign
from hub.reception.releasing.reading import count_begun_by_others
from hub.sentences import Sentence
from hub.sharing.agreements.lists import count_to_review as agreements_to_review
from hub.sharing.agreements.lists import count_to_sign as agreements_to_sign
from hub.sharing.census.lists import count_overdue as census_overdue
from hub.sharing.console.reckoning import count_dead
from hub.sharing.corrections.lists import count_by_hand
from hub.sharing.forensic.lists import count_waiting as count_waiting_requests
from hub.sharing.inbox.lists import count_arrived, count_overdue
from hub.sharing.inbox.lists import count_open as count_messages
from hub.sharing.partners.lists import count_expiring, count_requests
from hub.web.formats import SITE_ZONE
from hub.web.waiting import Waiting, Waits


def _mine(session: Session, login: str, at: datetime) -> int:
    return count_of(session, Filter(owner=login), at)


def _mine_overdue(session: Session, login: str, at: datetime) -> int:
    return count_of(session, Filter(owner=login, overdue=True), at)


def _nobodys(session: Session, _login: str, at: datetime) -> int:
    return count_of(session, Filter(owner=NOBODY), at)


def _nobodys_overdue(session: Session, _login: str, at: datetime) -> int:
    return count_of(session, Filter(owner=NOBODY, overdue=True), at)


def _queries(session: Session, _login: str, _at: datetime) -> int:
    return count_open(session)


def _queries_due(session: Session, _login: str, at: datetime) -> int:
    return count_open(session, due_by=at.astimezone(SITE_ZONE).date())


def _given_up(session: Session, _login: str, _at: datetime) -> int:
    return count_dead(session)


WAITING: Final = Waiting(
    (
        Waits(
            "/inbox?part=open",
            Sentence("Messages of agencies, lying too long"),
            Permission.WORK_INBOX,
            lambda session, _login, at: count_overdue(session, at),
            urgent=True,
        ),
        Waits(
            "/inbox",
            Sentence("Messages of agencies to decide"),
            Permission.WORK_INBOX,
            lambda session, _login, _at: count_messages(session),
        ),
        Waits(
            "/inbox?part=kept",
            Sentence("Messages kept for people who may be here now"),
            Permission.WORK_INBOX,
            lambda session, _login, _at: count_arrived(session),
            urgent=True,
        ),
        Waits(
            "/docket?owner=me&overdue=1",
            Sentence("Your findings, overdue"),
            Permission.WORK_DOCKET,
            _mine_overdue,
            urgent=True,
        ),
        Waits("/docket?owner=me", Sentence("Your findings on the docket"), Permission.WORK_DOCKET, _mine),
        Waits(
            f"/docket?owner={NOBODY}&overdue=1",
            Sentence("Findings without owner, overdue"),
            Permission.WORK_DOCKET,
            _nobodys_overdue,
            urgent=True,
        ),
        Waits(
            f"/docket?owner={NOBODY}", Sentence("Findings without owner"), Permission.WORK_DOCKET, _nobodys
        ),
        Waits(
            "/release-dates",
            Sentence("Release dates to verify"),
            Permission.VERIFY_DATES,
            lambda session, login, _at: count_waiting(session, login),
        ),
        Waits(
            "/queries",
            Sentence("Queries due today or overdue"),
            Permission.RECORD_FACTS,
            _queries_due,
            urgent=True,
        ),
        Waits("/queries", Sentence("Queries to answer"), Permission.RECORD_FACTS, _queries),
        Waits(
            "/people/admit",
            Sentence("Admissions under way"),
            Permission.ADMIT_PEOPLE,
            lambda session, _login, _at: count_under_way(session),
        ),
        Waits(
            "/merges",
            Sentence("Merges to decide"),
            Permission.MERGE_FILES,
            lambda session, login, _at: count_to_decide(session, login),
        ),
        Waits(
            "/releases",
            Sentence("Releases under way, begun by others"),
            Permission.CONFIRM_RELEASE,
            lambda session, login, _at: count_begun_by_others(session, login),
        ),
        Waits(
            "/paper",
            Sentence("Batches from paper to sign"),
            Permission.ENTER_PAPER,
            lambda session, login, _at: papers_to_sign(session, login),
        ),
        Waits(
            "/identity",
            Sentence("Requests by finger to deal with"),
            Permission.APPROVE_IDENTITY,
            lambda session, _login, at: count_waiting_requests(session, at),
        ),
        Waits(
            "/agreements",
            Sentence("Agreements to sign"),
            Permission.SIGN_AGREEMENTS,
            agreements_to_sign,
        ),
        Waits(
            "/agreements",
            Sentence("Agreements to review"),
            Permission.SET_AGREEMENTS,
            lambda session, _login, at: agreements_to_review(session, at),
        ),
        Waits(
            "/policies/holidays",
            Sentence("Holidays to sign"),
            Permission.SET_POLICIES,
            lambda session, login, _at: holidays_to_sign(session, login),
        ),
        Waits(
            "/sharing",
            Sentence("Deliveries to agencies that were given up"),
            Permission.SEE_SHARING,
            _given_up,
            urgent=True,
        ),
        Waits(
            "/sharing/corrections?part=by_hand",
            Sentence("Corrections that agencies are to be told by hand"),
            Permission.WORK_INBOX,
            lambda session, _login, at: count_by_hand(session, at),
            urgent=True,
        ),
        Waits(
            "/sharing/census",
            Sentence("Differences with lists of agencies, overdue"),
            Permission.WORK_INBOX,
            lambda session, _login, at: census_overdue(session, at),
            urgent=True,
        ),
        Waits(
            "/sharing/partners",
            Sentence("Agencies' programs whose certificate ends within 30 days"),
            Permission.MANAGE_PARTNERS,
            lambda session, _login, at: count_expiring(session, at),
        ),
        Waits(
            "/sharing/partners",
            Sentence("Certificate requests of agencies' programs under way"),
            Permission.MANAGE_PARTNERS,
            lambda session, _login, _at: count_requests(session),
        ),
    )
)
