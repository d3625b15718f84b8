"""The ingest process: broker's thread -> inbox -> worker; desks that keep terminals told; one thread publishes."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from hub.accounts.audit_head import FILE as AUDIT_HEAD
from hub.accounts.audit_sealing import Sealer
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.officer_duty import DutyWatch
from hub.biometrics.vault_key import open_vault
from hub.control_room.replay.bundles import FOLDER as BUNDLES
from hub.control_room.watching import Watch
from hub.database import make_engine, make_sessions
from hub.docket.desk import DocketDesk
from hub.docket.diary.trips import CourtTrips
from hub.docket.finger_desk import FingerDesk
from hub.headcount.schedule import CountWatch
from hub.ingest.answers import Answers
from hub.ingest.backed_up import BackedUpDesk
from hub.ingest.bundles.making import BundleWork
from hub.ingest.echoing import answer_echo
from hub.ingest.enrolling import answer_enrolment
from hub.ingest.inbox import Inbox
from hub.ingest.obeyed import tell_alarm
from hub.ingest.releasing import answer_release, answer_renewal
from hub.ingest.stirring import Stirring
from hub.ingest.uplink import Uplink
from hub.ingest.worker import Worker
from hub.keeping.backup.watching import BackupWatch
from hub.keeping.deleting import Deleting
from hub.keeping.export.making import FOLDER as EXPORTS
from hub.keeping.export.making import Exporter, ExportTidy
from hub.lifeline import Notify
from hub.logs import log
from hub.migrations import check_current
from hub.movements.alarms.desk import AlarmDesk
from hub.movements.external.watch import AbsenceWatch
from hub.movements.orders.desk import OrdersDesk
from hub.movements.passes.watch import PassWatch
from hub.movements.referral_desk import ReferralDesk
from hub.movements.whereabouts.learning import Learning
from hub.reception.desk.book import EnrolmentBooks
from hub.reception.desk.processing import EnrolmentWork
from hub.reception.releasing.watching import ReleaseWatch
from hub.roll.desk import RollDesk
from hub.roll.gate_plans.desk import GatePlanDesk
from hub.settings import Settings
from hub.sharing.disclosures.sealing import DisclosureSealer
from hub.sharing.forensic.clearing import ForensicTidy
from hub.sharing.inbox.desk import InboxDesk
from hub.sharing.outbox.watching import ExchangeWatch
from hub.statistics.snapshots.desk import SnapshotDesk
from hub.terminals.configuration.desk import ConfigurationDesk
from hub.terminals.key_files import INGEST, authority_pem, read_receiving_key, read_signing_key
from hub.terminals.mqtt import make_client
from hub.terminals.renewal.desk import RenewalDesk
from hub.terminals.stopping import Stop
from hub.units.desk import UnitDesk
from hub.web.collecting import collect_seldom
from wire.errors import WireError
from wire.topics import Channel

DESK_TICK_S = 0.2
DESK_TROUBLE_S = 5.0
STOP_S = 10.0
HUNG_S = 120.0
"""A transaction or a look of the desks that takes longer is not going to end."""

_log = logging.getLogger("hub.ingest")


def run(settings: Settings, stop: Stop, say: Callable[[str], None], *, process: str = INGEST) -> int:
    """Run until `stop`, then 0; `say` gets the line that it is ready. 1 when one of its threads has died.

    Two processes run side by side when each has a `process` name and certificate of its own.
    """
    engine = make_engine(settings.database)
    check_current(engine, settings.data)
    sessions = make_sessions(engine)
    signing_key, vault = read_signing_key(settings.keys), open_vault(settings.keys)
    receiving_key = read_receiving_key(settings.keys)
    inbox = Inbox()
    client = make_client(settings.broker, settings.keys, process)
    uplink = Uplink(client, settings.broker, inbox, clock=_now)
    worker = Worker(
        sessions, inbox, signing_key, uplink.send, clock=_now, wait=stop.wait, answers=answers_of(settings)
    )
    orders: list[Desk] = [OrdersDesk(sessions, signing_key, uplink.send)]
    desks: list[Desk] = [RollDesk(sessions, vault, signing_key, uplink.send), ReferralDesk(sessions)]
    desks += [AlarmDesk(sessions), Watch(sessions)]
    desks.append(RenewalDesk(sessions, signing_key, authority_pem(settings.keys), uplink.send))
    desks.append(ConfigurationDesk(sessions, signing_key, uplink.send, tell_alarm))
    desks.append(ReleaseWatch(sessions))
    desks.append(CountWatch(sessions))
    desks.append(EnrolmentBooks(sessions, vault, signing_key, receiving_key, uplink.send))
    desks.append(BackedUpDesk(sessions, signing_key, uplink.send))
    desks.append(BackupWatch(sessions, settings.data))
    desks.append(Sealer(sessions, signing_key, settings.data / AUDIT_HEAD))
    desks.append(DisclosureSealer(sessions))
    desks.append(ForensicTidy(sessions))
    desks.append(InboxDesk(sessions))
    desks.append(ExchangeWatch(sessions))
    moves: list[Desk] = [PassWatch(sessions), AbsenceWatch(sessions), CourtTrips(sessions)]
    # One for both that search: in a whole country's prisons it fills most of a gigabyte.
    fingers = DuplicateSearch(vault, sessions)
    docket: list[Desk] = [DocketDesk(sessions), FingerDesk(sessions, vault, fingers)]
    docket.append(Learning(sessions))
    docket.append(SnapshotDesk(sessions))
    docket.append(Deleting(sessions, vault, settings.data))
    docket.append(BundleWork(sessions, signing_key, settings.data / BUNDLES))
    docket.append(ExportTidy(Exporter(sessions, vault, _now, settings.data / EXPORTS)))
    enrolment: list[Desk] = [EnrolmentWork(sessions, vault, receiving_key, _now, fingers)]
    plans: list[Desk] = [GatePlanDesk(sessions, signing_key, uplink.send), DutyWatch(sessions)]
    units: list[Desk] = [UnitDesk(sessions, signing_key, uplink.send)]
    notify, beats = (
        Notify(),
        {"worker": time.monotonic(), "desks": time.monotonic(), "orders": time.monotonic()},
    )
    threads = [
        threading.Thread(target=_work, args=(worker, stop, beats), name="ingest-worker", daemon=True),
        threading.Thread(
            target=_keep_desks,
            args=(desks, stop, beats, "desks", Stirring(engine)),
            name="desks",
            daemon=True,
        ),
        # Sealing a whole roll takes seconds, and a lockdown waits for nothing.
        threading.Thread(
            target=_keep_desks,
            args=(orders, stop, beats, "orders", Stirring(engine)),
            name="orders",
            daemon=True,
        ),
        # A morning's unlock is planned in seconds, and somebody overdue is told of meanwhile.
        threading.Thread(
            target=_keep_desks,
            args=(moves, stop, {}, "moves", Stirring(engine)),
            name="moves",
            daemon=True,
        ),
        # Where everybody is, sealed to each gate once a second: it waits for no roll, and no roll for it.
        threading.Thread(
            target=_keep_desks,
            args=(plans, stop, {}, "plans", Stirring(engine)),
            name="plans",
            daemon=True,
        ),
        # What officers' pages show, once a second: an answer to a call for help waits for nothing.
        threading.Thread(
            target=_keep_desks,
            args=(units, stop, {}, "units", Stirring(engine)),
            name="units",
            daemon=True,
        ),
        # Seconds of the engine's work a person: orders and the roll must not wait for it.
        threading.Thread(
            target=_keep_desks,
            args=(enrolment, stop, {}, "enrolment", Stirring(engine)),
            name="enrolment",
            daemon=True,
        ),
        # Looking at everybody takes up to a minute in a whole country's prisons.
        threading.Thread(
            target=_keep_desks,
            args=(docket, stop, {}, "docket", Stirring(engine)),
            name="docket",
            daemon=True,
        ),
    ]
    collect_seldom()
    for thread in threads:
        thread.start()
    uplink.start()
    status = _publish(uplink, threads, stop, _also(notify, say), lambda: _say_alive(notify, beats))
    notify.stopping()
    stop.asked = True
    for thread in threads:
        thread.join(STOP_S)
    uplink.stop()
    return status


class Desk(Protocol):
    """Keeps terminals told of something; `tick` looks once, several times a second."""

    def tick(self, now: datetime) -> int: ...


def answers_of(settings: Settings) -> Answers:
    """Who answers the channels beside journal and state."""
    return {
        Channel.ECHO: answer_echo,
        Channel.ENROLMENT: answer_enrolment,
        Channel.RELEASE: answer_release(settings.keys),
        Channel.RENEWAL: answer_renewal,
    }


def _also(notify: Notify, say: Callable[[str], None]) -> Callable[[str], None]:
    def ready(line: str) -> None:
        notify.ready()
        say(line)

    return ready


def _say_alive(notify: Notify, beats: dict[str, float]) -> None:
    """Only while the threads go round: systemd ends a process in which one hangs, and starts a whole one."""
    if time.monotonic() - min(beats.values()) < HUNG_S:
        notify.alive()


def _publish(
    uplink: Uplink,
    threads: list[threading.Thread],
    stop: Stop,
    say: Callable[[str], None],
    say_alive: Callable[[], None],
) -> int:
    ready = False
    while not stop.asked:
        uplink.publish_waiting()
        say_alive()
        if not ready and uplink.subscribed.is_set():
            ready = True
            say("Ingest ready")
        # A half-dead ingest would look healthy from outside; whoever supervises it starts a whole one.
        whole = uplink.alive() and all(thread.is_alive() for thread in threads)
        if not whole and not stop.asked:
            log(_log, logging.CRITICAL, "a thread has died, the process ends")
            return 1
    return 0


def _work(worker: Worker, stop: Stop, beats: dict[str, float]) -> None:
    while not stop.asked:
        worker.step()
        beats["worker"] = time.monotonic()


def _keep_desks(
    desks: Sequence[Desk], stop: Stop, beats: dict[str, float], name: str, stirring: Stirring
) -> None:
    rests_until, more = [0.0] * len(desks), True
    while not stop.wait(DESK_TICK_S):
        beats[name] = time.monotonic()
        if not _worth_a_look(stirring, more=more):
            continue
        more = False
        for place, desk in enumerate(desks):
            # One desk in trouble rests alone: orders must go out while the roll cannot be read.
            if time.monotonic() < rests_until[place]:
                continue
            done = _tick(desk)
            if done is None:
                rests_until[place] = time.monotonic() + DESK_TROUBLE_S
            more = more or bool(done)
    stirring.close()


def _worth_a_look(stirring: Stirring, *, more: bool) -> bool:
    try:
        return stirring.worth_a_look(more=more)
    except SQLAlchemyError as error:
        log(_log, logging.WARNING, "database not read", desk="stirring", cause=type(error).__name__)
    except Exception:  # noqa: BLE001 - the driver's own errors: the desks find out whether they can read
        _log.exception("nobody can say whether something was written")
    stirring.close()
    return True


def _tick(desk: Desk) -> int | None:
    """How much the desk did; None when it is in trouble."""
    name = type(desk).__name__
    try:
        return desk.tick(_now())
    except SQLAlchemyError as error:
        log(_log, logging.WARNING, "database not read", desk=name, cause=type(error).__name__)
    except WireError as error:
        log(_log, logging.ERROR, "cannot be opened with this vault key", desk=name, reason=error.reason.value)
    except Exception:  # noqa: BLE001 - a desk that breaks must not end the taking in of scans
        _log.exception("a desk broke", extra={"fields": {"desk": name}})
    return None


def _now() -> datetime:
    return datetime.now(UTC)
