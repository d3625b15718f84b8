"""Provisioning on the terminal: the sensor's rate, the hub's door, the paper, and beginning anew."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from edge.__main__ import main
from edge.errors import ProvisioningError
from edge.locking import held
from edge.provision.commissioning import Result, printed
from edge.provision.door import ClaimGone, DoorError, HubDoor
from edge.provision.finding import Demands, find_sensor, likely_ports
from edge.provision.helpers import Arrived, await_arrival, compile_kernels
from edge.provision.record import Record, SensorRecord, note, read_record, record_path
from edge.provision.setting_aside import set_aside
from edge.provision.steps import usable_rates
from edge.provisioning import Folder, make_terminal, prepare
from edge.sensor import SensorSettings
from edge.sensor.opening import open_device
from edge.sensor.zfm import ZfmDevice
from edge.settings import settings_of
from simulation.sensor import FAST256, R503, ZFM20, SensorEmulator, faults
from tests.ports import free_port
from wire.provisioning import Broker, CheckpointSettings, Grant

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
WANTED = SensorSettings(port="", patience=2.5)
"""Patient, for a machine that does other things as well."""
SEND_IMAGE, SET_PARAMETER = 0x0A, 0x0E


def finger(model: object = FAST256) -> np.ndarray:  # type: ignore[type-arg]
    rows, columns = (192, 192) if model is R503 else (288, 256)
    return np.random.default_rng(3).integers(0, 255, (rows, columns), dtype=np.uint8)


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[SensorEmulator]:
    with SensorEmulator(tmp_path / "sensor", FAST256, baud=57_600) as playing:
        playing.place(finger())
        yield playing


def said_of(emulator: SensorEmulator, rates: list[int]) -> tuple[int, list[str]]:
    said: list[str] = []
    found = find_sensor([str(emulator.path)], WANTED, Demands(rates), open_device, said.append)
    return found.baud, said


def test_no_sensor_is_said_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ProvisioningError, match=r"No sensor was found at .*--without-sensor"):
        find_sensor([str(tmp_path / "none")], WANTED, Demands([57_600]), open_device, lambda _: None)
    with pytest.raises(ProvisioningError, match="no serial port of this machine"):
        find_sensor([], WANTED, Demands([57_600]), open_device, lambda _: None)


def test_a_port_without_a_sensor_is_passed_over(emulator: SensorEmulator, tmp_path: Path) -> None:
    ports = [str(tmp_path / "none"), str(emulator.path)]
    assert find_sensor(ports, WANTED, Demands([57_600]), open_device, lambda _: None).port == ports[1]


class Unsteady(ZfmDevice):
    """A device whose packets are all whole, and whose images are not the same: the checksum does not see it."""

    images = 0

    def download_image(self) -> tuple[bytes, float]:
        pixels, at = super().download_image()
        Unsteady.images += 1
        return pixels[:-1] + bytes([Unsteady.images % 256]), at


def test_an_image_that_comes_differently_twice_fails_the_rate(emulator: SensorEmulator) -> None:
    said: list[str] = []
    with pytest.raises(ProvisioningError, match="no image twice alike at any rate"):
        find_sensor([str(emulator.path)], WANTED, Demands([57_600, 115_200]), Unsteady, said.append)
    assert sum("came differently twice" in line for line in said) == 2


def test_the_fastest_rate_that_passes_is_kept_by_the_sensor(emulator: SensorEmulator) -> None:
    baud, said = said_of(emulator, [57_600, 115_200, 230_400])
    assert baud == 230_400
    assert emulator.firmware.baud == 230_400
    assert any(line.startswith("230400 baud: passed") for line in said)


def test_a_rate_that_fails_gives_way_to_the_next(emulator: SensorEmulator) -> None:
    # The first image, which only shows that there is one, still comes; the next two are broken off.
    emulator.inject(faults.Silence(), on=SET_PARAMETER)
    baud, said = said_of(emulator, [57_600, 115_200])
    assert baud in (57_600, 115_200)
    assert any("not passed" in line or "stays at" in line for line in said)


def test_a_rate_that_the_sensor_refuses_is_passed_over(tmp_path: Path) -> None:
    with SensorEmulator(tmp_path / "sensor", ZFM20, baud=57_600) as playing:
        playing.place(finger())
        baud, said = said_of(playing, [115_200, 460_800])
    assert baud == 115_200
    assert any("460800 baud: the sensor does not offer it" in line for line in said)


def test_a_sensor_at_an_unusual_rate_is_found(tmp_path: Path) -> None:
    with SensorEmulator(tmp_path / "sensor", R503, baud=19_200) as playing:
        playing.place(finger(R503))
        said: list[str] = []
        found = find_sensor([str(playing.path)], WANTED, Demands([115_200]), open_device, said.append)
    assert said[0].endswith("19200 baud.")
    assert found.baud == 115_200
    assert found.kind == "ZFM family, 192x192, 200 places"


def test_a_profile_of_another_sensor_is_noticed(emulator: SensorEmulator) -> None:
    demands = Demands([57_600], size=(192, 192))
    with pytest.raises(ProvisioningError, match="images of 256x288, and its profile says 192x192"):
        find_sensor([str(emulator.path)], WANTED, demands, open_device, lambda _: None)


def test_without_a_finger_the_rate_stays(emulator: SensorEmulator) -> None:
    emulator.lift()
    baud, said = said_of(emulator, [115_200])
    assert baud == 57_600
    assert "No finger was laid on." in said


def test_the_udev_link_is_looked_at_alone(tmp_path: Path) -> None:
    for name in ("ttyUSB0", "ttyAMA0", "ttyACM1", "tty7"):
        (tmp_path / name).touch()
    none = tmp_path / "pims-sensor"
    assert likely_ports(tmp_path, none) == [
        str(tmp_path / name) for name in ("ttyAMA0", "ttyUSB0", "ttyACM1")
    ]
    none.touch()
    assert likely_ports(tmp_path, none) == [str(none)]


def test_rates_that_no_sensor_can_be_told_are_left_out() -> None:
    assert usable_rates([115_200, 100, 57_600, 57_601, 2_000_000]) == [57_600, 115_200]


class Answering(http.server.BaseHTTPRequestHandler):
    """Answers every question as the path says: /status/kind/body."""

    def do_GET(self) -> None:
        _, status, kind, body = self.path.split("/", 3)
        self.send_response(int(status))
        self.send_header("Content-Type", kind.replace("+", "/", 1))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


@pytest.mark.parametrize(
    ("path", "error", "sentence"),
    [
        ("/200/text+html/hello", ProvisioningError, "is not a PIMS hub"),
        ("/302/text+html/", ProvisioningError, "is not a PIMS hub"),
        ("/500/text+html/", ProvisioningError, "is not a PIMS hub"),
        ("/404/application+json/", ProvisioningError, "is not a PIMS hub"),
        ("/409/application+problem+json/[]", ProvisioningError, "is not a PIMS hub"),
        (
            '/409/application+problem+json/{"detail":"No."}',
            ProvisioningError,
            "does not take this terminal in: No.",
        ),
        ('/404/application+problem+json/{"detail":"No."}', ClaimGone, "make a new one"),
        ('/429/application+problem+json/{"detail":"Wait."}', DoorError, "The hub is busy. Wait."),
    ],
)
def test_each_answer_has_its_sentence(
    server: str, path: str, error: type[ProvisioningError], sentence: str
) -> None:
    with pytest.raises(error, match=sentence) as caught:
        HubDoor(server).ask("GET", path)
    assert type(caught.value) is error


def test_a_good_answer_is_handed_on(server: str) -> None:
    assert HubDoor(server).ask("GET", "/200/application+json/{}") == b"{}"


def test_a_hub_that_is_away_is_said() -> None:
    with pytest.raises(DoorError, match="cannot be reached"):
        HubDoor(f"https://127.0.0.1:{free_port()}").ask("GET", "/")


def test_what_speaks_no_tls_is_said(server: str) -> None:
    with pytest.raises(DoorError, match="does not speak TLS"):
        HubDoor(server.replace("http:", "https:")).ask("GET", "/200/application+json/")


@pytest.mark.parametrize(
    "address", ["http://10.0.0.5:8443", "ftp://hub", "https://", "https://[", "https://h:x"]
)
def test_an_address_that_cannot_be_a_hubs_is_refused(address: str) -> None:
    with pytest.raises(ProvisioningError, match=r"is no address of a hub|is not encrypted"):
        HubDoor(address)


def test_a_record_is_added_to_and_a_damaged_one_put_away(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    assert read_record(folder) == Record()
    note(folder, hub="https://10.0.0.5:8443")
    assert note(folder, kernels_s=2.5) == Record(hub="https://10.0.0.5:8443", kernels_s=2.5)
    record_path(folder).write_text('{"record": {"1": {"hub": 7}}}')
    assert read_record(folder) == Record()
    assert (tmp_path / "provisioning.damaged").exists()


@dataclass(frozen=True)
class Check:
    name: str
    ok: bool | None
    says: str
    do: str = ""


def result(*checks: Check) -> Result:
    place = CheckpointSettings(checkpoint="a-in", from_zone="yard", to_zone="block-a")
    grant = Grant(
        terminal="gate-1",
        certificate="",
        authority="",
        hub_verifying_key=b"h" * 32,
        checkpoint=place,
        broker=Broker(host="10.0.0.5", port=8883, tls=True, mqtt5=True),
    )
    sensor = SensorRecord(port="/dev/pims-sensor", baud=115_200, kind="ZFM", seconds_an_image=3.5)
    record = Record(sensor=sensor, hub="https://10.0.0.5:8443", kernels_s=12.0)
    settings = settings_of("gate", terminal="gate-1", sensor={"port": "/dev/pims-sensor"})
    return Result(NOW, settings, grant, b"t" * 32, record, Arrived("1.7", 1200, "1.1"), checks)


def test_the_paper_says_everything_and_what_to_do() -> None:
    wrong = Check("clock", False, "1970", "Set the clock.")
    paper = printed(result(Check("keys", True, "whole"), wrong, Check("roll", None, "empty")))
    for part in (
        "gate-1",
        "a-in, from yard to block-a",
        "115200 baud",
        "3.50 s",
        "1.7, 1200 people",
        "12.00 s",
    ):
        assert part in paper
    assert "NOT OK" in paper
    assert "-> Set the clock." in paper
    assert paper.isascii()
    assert "Result: OK" in printed(result(Check("keys", True, "whole")))


def test_a_terminal_that_was_not_taken_in_is_put_aside_whole(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "gate-1")
    prepare(folder)
    make_terminal(folder, settings_of("gate", terminal="gate-1", sensor={"port": "/dev/x"}))
    place = set_aside(folder, NOW)
    assert place is not None
    assert (place / "keys" / "sign.key").exists()
    assert (place / "settings.json").exists()
    assert not folder.settings.exists()
    assert set_aside(folder, NOW) is None
    folder.grant.write_text("{}")
    with pytest.raises(ProvisioningError, match="keys and journal stay"):
        set_aside(folder, NOW)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"--model": "gaet"}, "There is no terminal model «gaet»"),
        ({"--terminal": "Gate One"}, "cannot name a terminal"),
        ({"--hub": "http://10.0.0.5"}, "is not encrypted"),
        ({"--hub": ""}, "Give it with --hub"),
        ({"--sensor-patience": "99"}, "the setting sensor.patience is wrong"),
        ({"--sensor-profile": "r999"}, "There is no sensor profile «r999»"),
    ],
)
def test_a_wrong_answer_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: dict[str, str], sentence: str
) -> None:
    answers = {
        "--hub": "https://127.0.0.1:1",
        "--terminal": "gate-1",
        "--model": "gate",
        "--data": str(tmp_path / "t"),
    }
    words = [word for pair in (answers | wrong).items() if pair[1] for word in pair]
    assert main(["provision", "--without-sensor", *words]) == 2
    assert sentence in capsys.readouterr().err


def test_a_full_disk_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", str(tmp_path / "t" / "provisioning.json"))

    monkeypatch.setattr("edge.storage.os.fsync", full)
    words = [
        "--hub",
        "https://127.0.0.1:1",
        "--terminal",
        "gate-1",
        "--model",
        "gate",
        "--data",
        str(tmp_path / "t"),
    ]
    assert main(["provision", "--without-sensor", *words]) == 2
    assert "No space left on device" in capsys.readouterr().err


def test_an_agent_that_cannot_start_is_quoted(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "gate-1")
    prepare(folder)
    settings = settings_of("gate", terminal="gate-1", sensor={"port": "/dev/x"})
    make_terminal(folder, settings)
    (folder.keys / "sign.key").write_bytes(b"short")
    with pytest.raises(ProvisioningError, match=r"ended with status 2: .*sign\.key is damaged"):
        await_arrival(folder, settings, patience_s=60, wait=time.sleep, say=lambda _: None)


def test_a_service_that_runs_already_is_left_alone(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "gate-1")
    prepare(folder)
    settings = settings_of("gate", terminal="gate-1", sensor={"port": "/dev/x"})
    make_terminal(folder, settings)
    waited: list[float] = []
    with held(folder.lock):
        here = await_arrival(folder, settings, patience_s=2, wait=waited.append, say=lambda _: None)
    assert here == Arrived(None, 0, None)
    assert sum(waited) == 2


def test_an_engine_that_cannot_start_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.provision.helpers.sys.executable", "/bin/false")
    with pytest.raises(ProvisioningError, match="fingerprint engine cannot start"):
        compile_kernels()
