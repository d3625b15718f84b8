"""A whole prison on one machine: real broker, real hub processes, real terminals, and sensors on pseudo-terminals."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from simulation.agencies.running import Agencies
from simulation.disks import owed, roll_numbers, roll_people, standing
from simulation.faces import draw_face
from simulation.facility import Facility
from simulation.gatehouse import Gatehouse
from simulation.killing import Victim
from simulation.line import Line, Lines
from simulation.papers import papers_of
from simulation.people import Walker
from simulation.processes import Service, free_port, run, stream
from simulation.report import HubView
from simulation.sensor import FAST256, Model
from simulation.staff import ADMINISTRATOR, SUPERVISOR, Member, employ
from simulation.technician import Device, approve, seen_from_afar, take_in
from simulation.truth import Truth

Said = Callable[[str], None]

FACTORY_BAUD = 57_600


def broker_kind(asked: str | None) -> str:
    """`mosquitto` where it can be had and nothing else was asked for, else the embedded `amqtt`."""
    if asked is not None:
        return asked
    return (
        "mosquitto"
        if shutil.which("mosquitto", path="/usr/local/sbin:/usr/sbin:/usr/local/bin:/usr/bin")
        else "amqtt"
    )


@dataclass(frozen=True)
class Plan:
    """What is built where. `baud` None: the sensors answer as fast as they can."""

    folder: Path
    facility: Facility
    broker: str
    web_port: int
    baud: int | None
    backend: str
    model: Model = FAST256
    seed: int = 1
    invented: int = 0

    @property
    def technicians_finger(self) -> NDArray[np.uint8]:
        """What lies on the glass while a technician tries the sensor out: nobody's finger."""
        width, height = self.model.width, self.model.height
        return np.tile(np.arange(width, dtype=np.uint8) % 16 * 17, (height, 1))


class Prison:
    """Started part by part, so that each step can be told; `stop` ends whatever was started, in any state."""

    def __init__(self, plan: Plan, truth: Truth, said: Said) -> None:
        self.plan = plan
        self.truth = truth
        self._said = said
        self.hub = plan.folder / "hub"
        self.logs = plan.folder / "logs"
        self.logs.mkdir(parents=True, exist_ok=True)
        self.broker_port = free_port()
        self.lines = Lines(self.broker_port)
        self.line_of: dict[str, Line] = {}
        self.gatehouses: list[Gatehouse] = []
        self.terminals: dict[str, Service] = {}
        self.cut_off_at: dict[str, int] = {}
        self.pages: list[Service] = []
        self.agencies: Agencies | None = None
        hub = ["--data", str(self.hub)]
        web = ["pims-hub", "web", *hub, "--host", "127.0.0.1", "--port", str(plan.web_port), "--plain-http"]
        self.broker = Service("broker", ["pims-hub", "broker", *hub], "Broker ready", self.logs)
        self.ingest = Service("ingest", ["pims-hub", "ingest", *hub], "Ingest ready", self.logs)
        self.web = Service("web", web, "Web ready", self.logs)
        self.password = ""
        self.supervisor = Member("", "", "")

    def open_hub(self) -> None:
        """Keys, database, first administrator, site; then broker, ingest and pages."""
        secret = self.plan.folder / "admin-password"
        site = self.plan.folder / "site.toml"
        site.write_text(self.plan.facility.site_toml())
        at_hub = ("--data", str(self.hub))
        broker = (
            "--broker",
            self.plan.broker,
            "--broker-host",
            "127.0.0.1",
            "--broker-port",
            str(self.broker_port),
        )
        self._said("hub: keys, database, first administrator")
        run("pims-hub", "init", *at_hub, *broker, "--admin-password-file", str(secret))
        self.password = secret.read_text().strip()
        secret.unlink()
        run("pims-hub", "site", "import", *at_hub, str(site))
        self.supervisor = employ(self.hub, SUPERVISOR)
        if self.plan.invented:
            self._fill(self.plan.invented)
        self._said(f"broker ({self.plan.broker}), ingest and pages")
        self.broker.start()
        self._said(self.broker.ready_line)
        with ThreadPoolExecutor() as pool:
            list(pool.map(Service.start, (self.ingest, self.web)))

    def _fill(self, people: int) -> None:
        """Puts an invented prison of so many people into the register, while nobody else writes to it."""
        self._said(f"inventing {people} more people inside and the years before them; no terminal knows them")
        words = ("pims-hub", "seed", "--data", str(self.hub), "--people", str(people))
        self._said(run(*words).strip().splitlines()[-1])
        run("pims-hub", "docket", "run", "--data", str(self.hub))

    def open_to_agencies(
        self, writer: Member, signers: Sequence[Member], leaves: int = 0, decides: Member | None = None
    ) -> None:
        """Begins to open the prison to the four sandbox partners; `agencies.opened` waits until it is done.

        `decides` is whoever decides on what they send, the writer if None.
        """
        self._said("four sandbox partners, beside what follows: keys, signed agreements, where each is told")
        self.agencies = Agencies(self.hub, self.plan.folder / "agencies", self.logs, self.plan.web_port)
        self.agencies.open(writer, signers, Member(*ADMINISTRATOR, self.password), leaves, decides)

    def open_gates(self) -> None:
        """Takes in each terminal as a technician does, all of them side by side, and starts its agent."""
        gates = self.plan.facility.gates
        for gate in gates:
            port = self.plan.folder / f"sensor-{gate.checkpoint}"
            house = Gatehouse(gate, port, self.plan.model, self.plan.baud, self.truth)
            house.sensor.start()
            self.gatehouses.append(house)
        self._said(f"{len(gates)} terminals are provisioned, each claim approved by its code")
        with ThreadPoolExecutor() as pool:
            list(pool.map(self.take_in, self.gatehouses))

    def take_in(self, house: Gatehouse, replaces: str | None = None) -> None:
        """One device from its box to work, at that house; the terminal it replaces stays on record."""
        gate = house.gate
        line = self.lines.lay()
        hub = seen_from_afar(self.hub, self.plan.folder / "approvals" / gate.terminal, line.port)
        baud = self.plan.baud or FACTORY_BAUD
        device = Device(gate, self.data_of(gate.terminal), house.sensor.path, self.plan.backend, baud)
        house.sensor.place(self.plan.technicians_finger)
        try:
            taken = take_in(device, self.plan.web_port, lambda code: approve(hub, code, gate, replaces))
        finally:
            house.sensor.lift()
        self._said(f"{taken.terminal}: {taken.code}, {taken.place}: {taken.conclusion}")
        agent = Service(
            gate.terminal, ["pims-edge", "run", "--data", str(device.data)], "Agent ready", self.logs
        )
        self.line_of[gate.terminal] = line
        self.terminals[gate.terminal] = agent
        agent.start()

    def data_of(self, terminal: str) -> Path:
        return self.plan.folder / "terminals" / terminal

    def is_alive(self, terminal: str) -> bool:
        return self.terminals[terminal].alive

    def carry_away(self, terminal: str) -> None:
        """Stops the agent of a device for good; its disk can still be read."""
        self.terminals.pop(terminal).stop()

    def enrol(self, walkers: Sequence[Walker], said: Said) -> dict[int, str]:
        """Enrols those who are to be enrolled, with two fingers each; their person numbers by walker."""
        enrolled = [walker for walker in walkers if walker.enrolled]
        images = self.plan.folder / "enrolment"
        images.mkdir(exist_ok=True)
        manifest, result = images / "manifest.json", images / "result.json"
        manifest.write_text(json.dumps({"people": [self._entry(walker, images) for walker in enrolled]}))
        self._said(f"enrolling {len(enrolled)} people with two fingers each")
        stream(said, "pims-hub", "enrol", "--data", str(self.hub), str(manifest), "--json", str(result))
        shutil.rmtree(images / "prints")
        numbers = json.loads(result.read_text())
        return {walker.index: numbers[str(place)] for place, walker in enumerate(enrolled)}

    def _entry(self, walker: Walker, images: Path) -> dict[str, Any]:
        folder = images / "prints"
        folder.mkdir(exist_ok=True)
        fingers = []
        for finger in walker.fingers:
            paths = []
            for nth, image in enumerate(finger.enrolment()):
                path = folder / f"{walker.index}-{finger.position}-{nth}.png"
                Image.fromarray(image).save(path)
                paths.append(str(path))
            fingers.append({"position": finger.position, "images": paths})
        face = folder / f"{walker.index}.jpg"
        draw_face(walker.index, face)
        return {
            "photo": str(face),
            "surname": walker.surname,
            "given": walker.given,
            "born_on": walker.born_on.isoformat(),
            "sex": "M",
            "home_zone": walker.home,
            "zones": list(walker.zones),
            "fingers": fingers,
        } | papers_of(walker, self.plan.facility, self.plan.seed, date.today())

    def victims(
        self,
        houses: Sequence[Gatehouse],
        close: Callable[[Gatehouse], None],
        reopen: Callable[[Gatehouse], None],
    ) -> list[Victim]:
        """What a killer may kill: the hub, and the terminals of `houses`, whose walkers `close` and `reopen` tell."""
        found = [Victim("hub", self.ingest), Victim("hub", self.web), Victim("broker", self.broker)]
        for house in houses:

            def fell(house: Gatehouse = house) -> None:
                close(house)
                house.went_dark()

            def rose(house: Gatehouse = house) -> None:
                house.came_back()
                reopen(house)

            found.append(Victim("terminal", self.terminals[house.gate.terminal], fell, rose))
        return found

    def owed(self) -> int:
        """Entries of the terminals at work that the hub has not confirmed."""
        return sum(map(self.owed_by, self.terminals))

    def owed_by(self, terminal: str) -> int:
        return owed(self.data_of(terminal))

    def has_roll(self, terminal: str, people: int) -> bool:
        return roll_people(self.data_of(terminal)) == people

    def knows(self, terminal: str, people: Collection[str]) -> bool:
        """Whether the terminal's roll holds all of these numbers."""
        held = roll_numbers(self.data_of(terminal))
        return held is not None and held >= set(people)

    def have_rolls(self, people: int) -> bool:
        """Whether every terminal at work holds a roll of so many people."""
        return all(self.has_roll(name, people) for name in self.terminals)

    def export(self, what: str) -> list[dict[str, Any]]:
        lines = run("pims-hub", "export", what, "--data", str(self.hub)).splitlines()
        return [json.loads(line) for line in lines]

    def view(self) -> HubView:
        """What the comparison needs from the hub's export and from the disks of the terminals.

        Of a terminal that was cut off only what it wrote before counts.
        """
        journalled = {name: standing(self.data_of(name)).last for name in self.terminals} | self.cut_off_at
        entries = [
            entry
            for entry in self.export("journal")
            if int(entry["sequence"]) <= self.cut_off_at.get(entry["terminal"], int(entry["sequence"]))
        ]
        return HubView(entries, self.export("movements"), self.export("positions"), sum(journalled.values()))

    def stop(self) -> None:
        """Agencies and terminals first, so that their last words still find a hub."""
        if self.agencies is not None:
            self.agencies.stop()
        with ThreadPoolExecutor() as pool:
            list(pool.map(Service.stop, [*self.pages, *self.terminals.values()]))
            list(pool.map(Service.stop, (self.ingest, self.web)))
        self.broker.stop()
        self.lines.stop()
        for house in self.gatehouses:
            house.sensor.stop()
