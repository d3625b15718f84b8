"""A whole prison on one machine: real broker, real hub processes, real terminals, and sensors on pseudo-terminals."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from simulation.facility import Facility, Gate
from simulation.gatehouse import Gatehouse
from simulation.killing import Victim
from simulation.people import Walker
from simulation.processes import Service, free_port, run, stream
from simulation.report import HubView
from simulation.sensor import FAST256, Model
from simulation.truth import Truth

Said = Callable[[str], None]


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
        self.gatehouses: list[Gatehouse] = []
        self.terminals: dict[str, Service] = {}
        hub = ["--data", str(self.hub)]
        web = ["pims-hub", "web", *hub, "--host", "127.0.0.1", "--port", str(plan.web_port), "--plain-http"]
        self.broker = Service("broker", ["pims-hub", "broker", *hub], "Broker ready", self.logs)
        self.ingest = Service("ingest", ["pims-hub", "ingest", *hub], "Ingest ready", self.logs)
        self.web = Service("web", web, "Web ready", self.logs)
        self.password = ""

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
        self._said(f"broker ({self.plan.broker}), ingest and pages")
        self.broker.start()
        self._said(self.broker.ready_line)
        with ThreadPoolExecutor() as pool:
            list(pool.map(Service.start, (self.ingest, self.web)))

    def open_gates(self) -> None:
        """Takes in each terminal as a technician would, plugs its sensor in and starts its agent."""
        gates = self.plan.facility.gates
        ports = [self.plan.folder / f"sensor-{gate.terminal}" for gate in gates]
        for gate, port in zip(gates, ports, strict=True):
            house = Gatehouse(gate, port, self.plan.model, self.plan.baud, self.truth)
            house.sensor.start()
            self.gatehouses.append(house)
        self._said(f"{len(gates)} terminals: keys made on each, request, grant")
        with ThreadPoolExecutor() as pool:
            agents = list(pool.map(self._take_in, gates, ports))
            self.terminals = {agent.name: agent for agent in agents}
            self._said("terminals start: engine, journal, roll, sensor")
            list(pool.map(Service.start, agents))

    def _take_in(self, gate: Gate, port: Path) -> Service:
        data = self.plan.folder / "terminals" / gate.terminal
        grant = self.plan.folder / f"{gate.terminal}.grant.json"
        baud = str(self.plan.baud or 57_600)
        run(
            *("pims-edge", "init", "--data", str(data), "--terminal", gate.terminal, "--model", gate.model),
            *("--sensor-port", str(port), "--sensor-backend", self.plan.backend, "--baud", baud),
        )
        request = str(data / "request.json")
        at_hub = ("--data", str(self.hub))
        run(
            "pims-hub",
            "terminals",
            "grant",
            *at_hub,
            request,
            "--checkpoint",
            gate.checkpoint,
            "--out",
            str(grant),
        )
        run("pims-edge", "install-grant", "--data", str(data), str(grant))
        agent = ["pims-edge", "run", "--data", str(data)]
        return Service(gate.terminal, agent, "Agent ready", self.logs)

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
        return {
            "surname": walker.surname,
            "given": walker.given,
            "born_on": walker.born_on.isoformat(),
            "sex": "M",
            "home_zone": walker.home,
            "zones": list(walker.zones),
            "order_reference": f"SIM-{walker.index:04d}",
            "fingers": fingers,
        }

    def victims(self, close: Callable[[str], None], reopen: Callable[[str], None]) -> list[Victim]:
        """What a killer may kill; `close` and `reopen` tell the walkers of a terminal."""
        found = [Victim("hub", self.ingest), Victim("hub", self.web), Victim("broker", self.broker)]
        for house in self.gatehouses:
            name = house.gate.terminal

            def fell(house: Gatehouse = house, name: str = name) -> None:
                close(name)
                house.went_dark()

            def rose(house: Gatehouse = house, name: str = name) -> None:
                house.came_back()
                reopen(name)

            found.append(Victim("terminal", self.terminals[name], fell, rose))
        return found

    def journal_ends(self) -> dict[str, dict[str, Any]]:
        """What each terminal says of its own journal on disk."""

        def status(name: str) -> dict[str, Any]:
            told = run("pims-edge", "status", "--data", str(self.plan.folder / "terminals" / name), "--json")
            return dict(json.loads(told))

        with ThreadPoolExecutor() as pool:
            return dict(zip(self.terminals, pool.map(status, self.terminals), strict=True))

    def view(self) -> HubView:
        """Everything that the comparison needs from the hub's export and the terminals' disks."""

        def export(what: str) -> list[dict[str, Any]]:
            return [
                json.loads(line)
                for line in run("pims-hub", "export", what, "--data", str(self.hub)).splitlines()
            ]

        journalled = sum(int(end["journalled"]) for end in self.journal_ends().values())
        return HubView(export("journal"), export("movements"), export("positions"), journalled)

    def stop(self) -> None:
        """Terminals first, so that their last words still find a hub."""
        with ThreadPoolExecutor() as pool:
            list(pool.map(Service.stop, self.terminals.values()))
            list(pool.map(Service.stop, (self.ingest, self.web)))
        self.broker.stop()
        for house in self.gatehouses:
            house.sensor.stop()
