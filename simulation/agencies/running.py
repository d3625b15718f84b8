"""The sandbox partners in a demo: the hub's two processes, four programs of agencies, and what they are agreed on."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, Final

from PIL import Image

from hub.sharing.catalogue import PartnerKind
from simulation.agencies import agreements
from simulation.agencies.agreements import NEIGHBOURS, Neighbour
from simulation.agencies.compared import Compared, compare, settled
from simulation.agencies.figures import publish
from simulation.agencies.office import Office
from simulation.agencies.rush import Rush
from simulation.killing import Victim
from simulation.partners.forensic import ABOUT
from simulation.partners.handed import PAPERS
from simulation.partners.memory import Memory
from simulation.partners.police import FINGER
from simulation.partners.register import PERSON
from simulation.people import Walker
from simulation.processes import Service, free_port, run
from simulation.staff import Member
from simulation.visitor import Visitor

SETTLE_S: Final = 120.0
"""For what partners still ask and are told after everything else is over."""
_TURN_S: Final = 150.0
"""Longer, where whoever sends was killed in the midst of it: for so long its turn is kept for it."""
_MOST_TOLD: Final = (PartnerKind.COURTS.value, PartnerKind.POLICE.value)
_LOOK_S: Final = 0.5
_TOUCH: Final = 7
"""The impression that the police found: one that no gate has seen."""


class Agencies:
    """Opened on a thread of its own, because the prison's terminals are taken in meanwhile; `stop` ends all of it."""

    def __init__(self, hub: Path, folder: Path, logs: Path, web_port: int) -> None:
        self._hub, self._folder, self._web_port = hub, folder, web_port
        self.port = free_port()
        self.address = f"https://127.0.0.1:{self.port}"
        at_hub = ["--data", str(hub)]
        self._interface = Service(
            "agencies", ["pims-hub", "agencies", *at_hub, "--port", str(self.port)], "Agencies ready", logs
        )
        self._exchange = Service(
            "exchange", ["pims-hub", "exchange", *at_hub, "--api", self.address], "Exchange ready", logs
        )
        self._certifier = Service("certifier", ["pims-hub", "certifier", *at_hub], "Certifier ready", logs)
        """Nobody in the demo waits for it; it is there for the onlooker who certifies a program from the page."""
        self._partners = {one.code: self._partner(one, logs) for one in NEIGHBOURS}
        self._opening: threading.Thread | None = None
        self._failure: Exception | None = None
        self._leaves = 0
        self.office: Office | None = None
        self.published = 0
        """Publications that the observatory is to reckon up."""
        self.rush: Rush | None = None

    def open(
        self,
        writer: Member,
        signers: Sequence[Member],
        administrator: Member,
        leaves: int = 0,
        decides: Member | None = None,
    ) -> None:
        """Begin to open it; `opened` waits. `leaves` messages, and all requests by finger, are left to onlookers.

        `decides` is the records officer who decides on messages, the writer if None.
        """
        self._leaves = leaves

        def work() -> None:
            try:
                self._open(writer, signers, administrator, decides or writer)
            except Exception as error:  # noqa: BLE001 - raised again by whoever waits
                self._failure = error

        self._opening = threading.Thread(target=work, name="agencies", daemon=True)
        self._opening.start()

    def opened(self) -> None:
        """Returns when everything runs; raises what went wrong."""
        assert self._opening is not None
        self._opening.join()
        if self._failure is not None:
            raise self._failure

    def know(self, asked_about: Walker, number: str) -> None:
        """The police have a finger of this person, the laboratory a case about them; figures are published."""
        finger = self._folder / "police" / FINGER
        fresh = finger.with_suffix(".new")
        Image.fromarray(asked_about.fingers[0].touch(_TOUCH)).convert("L").save(fresh, format="PNG")
        self.published += publish(self._hub) is not None
        if self.office is not None and not self._leaves:
            self.office.whose = number
        fresh.replace(finger)
        case = self._folder / "forensic" / ABOUT
        case.with_suffix(".new").write_text(number)
        case.with_suffix(".new").replace(case)

    def hand_in(self, agency: str, name: str, paper: Mapping[str, Any]) -> None:
        """A clerk of the agency has something to send; see `partners.handed`."""
        folder = self._folder / agency / PAPERS
        folder.mkdir(exist_ok=True)
        made = folder / f"{name}.new"
        made.write_text(json.dumps(paper), encoding="utf-8")
        made.replace(folder / f"{name}.json")

    def log(self, agency: str) -> list[dict[str, Any]]:
        """What the agency's program knows to have happened, line by line."""
        path = self._folder / agency / "truth.jsonl"
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    @property
    def codes(self) -> list[str]:
        """Every agency."""
        return list(self._partners)

    def copy_of(self, agency: str, person: str) -> dict[str, Any]:
        """What the agency's program holds of somebody; empty where it holds nothing."""
        with closing(Memory(self._folder / agency)) as held:
            people = held.people()
        return next((known for known in people.values() if known.get(PERSON) == person), {})

    def decide(self, number: str) -> None:
        """This message is decided on, whoever looks on."""
        assert self.office is not None
        self.office.wanted.add(number)

    def keep_busy(self, people: Sequence[str], seed: int) -> list[Victim]:
        """From now on something is always on its way; the processes that may be killed in the midst of it."""
        self.rush = Rush(self._hub, people, seed)
        self.rush.start()
        ripe = self.rush.on_its_way
        found = [
            Victim("agencies", self._interface, ripe=ripe),
            Victim("exchange", self._exchange, ripe=ripe),
        ]
        return found + [Victim("partner", self._partners[code], ripe=ripe) for code in _MOST_TOLD]

    def compared(self) -> Compared:
        """The partners' logs beside the hub, once nothing is under way any more or `SETTLE_S` have passed."""
        deadline = time.monotonic() + SETTLE_S
        failed: tuple[str, ...] = ()
        if self.rush is not None:
            self.rush.stop()
            deadline += _TURN_S
            failed = () if self.rush.failure is None else (f"the busy day ended early: {self.rush.failure}",)
        while not (over := settled(self._hub, self._folder)) and time.monotonic() < deadline:
            time.sleep(_LOOK_S)
        found = compare(self._hub, self._folder)
        # What failed once and was done at a later look is nothing to report.
        if not over and self.office is not None:
            failed += tuple(f"records office: {one}" for one in self.office.failed)
        return Compared(found.report, (*found.wrong, *failed))

    def stop(self) -> None:
        """Whoever makes work first, then the officer, then whoever calls, then whoever is called."""
        if self.rush is not None:
            self.rush.stop()
        if self._opening is not None:
            self._opening.join(SETTLE_S)
        if self.office is not None:
            self.office.stop()
        for wave in ([self._exchange, self._certifier, *self._partners.values()], [self._interface]):
            with ThreadPoolExecutor() as pool:
                list(pool.map(Service.stop, wave))

    def _open(
        self, writer: Member, signers: Sequence[Member], administrator: Member, decides: Member
    ) -> None:
        self._folder.mkdir(exist_ok=True)
        with ThreadPoolExecutor() as pool:
            started = [pool.submit(one.start) for one in self._partners.values()]
            started.append(pool.submit(self._interface.start))
            codes = self._written(self._signed_in(writer))
            for one in started:
                one.result()
        self._registered(self._signed_in(administrator))
        with ThreadPoolExecutor() as pool:
            issued = [pool.submit(self._certified, one) for one in NEIGHBOURS]
            issued += [pool.submit(one.start) for one in (self._exchange, self._certifier)]
            for signer in signers:
                at_page = self._signed_in(signer)
                for code in codes:
                    agreements.sign(at_page, code)
            for one in issued:
                one.result()
        self.office = Office(self._signed_in(decides), self._leaves)
        self.office.start()

    def _written(self, officer: Visitor) -> list[str]:
        return [agreements.write(officer, one, date.today()) for one in NEIGHBOURS]

    def _registered(self, administrator: Visitor) -> None:
        """Each program by its name, and where it is told."""
        page = "/sharing/partners"
        for one in NEIGHBOURS:
            url, pin = self._partners[one.code].ready_line.split()[-2:]
            client = {"act": "add", "agency": one.code, "client": one.client, "about": "Sandbox"}
            administrator.submit(page, administrator.form(page) | client)
            hook = {"act": "webhook", "agency": one.code, "url": url, "pin": pin, "ca_pem": ""}
            administrator.submit(page, administrator.form(page) | hook)

    def _certified(self, one: Neighbour) -> None:
        """The request as it came, certified, and sent back."""
        folder = self._folder / one.code
        made = self._folder / f"issued-{one.code}"
        made.mkdir()
        run(
            *("pims-hub", "partner", "issue", one.client, "--data", str(self._hub)),
            *("--request", str(folder / "client.csr"), "--out", str(made / "client.pem")),
            *("--authority-out", str(made / "agencies-ca.pem")),
        )
        for name in ("agencies-ca.pem", "client.pem"):
            shutil.move(made / name, folder / name)

    def _signed_in(self, member: Member) -> Visitor:
        visitor = Visitor(self._web_port, member.login, member.password)
        visitor.sign_in()
        return visitor

    def _partner(self, one: Neighbour, logs: Path) -> Service:
        folder = self._folder / one.code
        words = [
            "python",
            "-m",
            "simulation.partners",
            one.code,
            "--folder",
            str(folder),
            "--api",
            self.address,
        ]
        return Service(f"partner-{one.code}", words, "Partner ready", logs)
