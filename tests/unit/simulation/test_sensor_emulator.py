"""The emulated sensor, judged by a client that is not ours: pyfingerprint as it comes."""

import os
import struct
import termios
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import serial
from numpy.typing import NDArray
from PIL import Image
from pyfingerprint.pyfingerprint import PyFingerprint

from simulation.sensor import FAST256, R503, ZFM20, ZFM20_DARK, Model, SensorEmulator, Watcher, faults
from simulation.sensor.firmware import packed
from tests.waiting import PATIENCE_S, until

IMAGE_ANSWER = 12 + 288 * 139
SILENT_S = 0.3  # after which nothing more is expected


def finger(seed: int, model: Model = ZFM20) -> NDArray[np.uint8]:
    levels = np.random.default_rng(seed).integers(0, 16, (model.height, model.width))
    return (levels * 17).astype(np.uint8)


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[SensorEmulator]:
    with SensorEmulator(tmp_path / "sensor") as playing:
        yield playing


@pytest.fixture
def client(emulator: SensorEmulator) -> PyFingerprint:
    return PyFingerprint(str(emulator.path), 57_600)


def asked(port: serial.Serial, payload: str, address: int = 0xFFFFFFFF) -> bytes:
    """Payload of the acknowledgement to one command, framed by hand."""
    body = bytes.fromhex(payload)
    head = struct.pack(">BH", 1, len(body) + 2)
    port.write(b"\xef\x01" + struct.pack(">I", address) + head + body + struct.pack(">H", sum(head + body)))
    answer: bytes = port.read(9)
    rest: bytes = port.read(int.from_bytes(answer[7:9], "big")) if len(answer) == 9 else b""
    return rest[:-2]


def opened(emulator: SensorEmulator, baud: int = 57_600, patience_s: float = PATIENCE_S) -> serial.Serial:
    return serial.Serial(str(emulator.path), baud, timeout=patience_s)


def test_password_and_parameters(client: PyFingerprint) -> None:
    assert client.verifyPassword()
    assert client.getSystemParameters() == (4, 9, 1000, 3, 0xFFFFFFFF, 2, 6)


def test_a_password_locks_every_other_command(tmp_path: Path) -> None:
    with SensorEmulator(tmp_path / "sensor", password=0x12345678) as emulator:
        port = opened(emulator)
        assert asked(port, "01") == b"\x21"
        assert asked(port, "1300000000") == b"\x13"
        assert asked(port, "1312345678") == b"\x00"
        assert asked(port, "01") == b"\x02"


def test_a_password_can_be_set(emulator: SensorEmulator) -> None:
    port = opened(emulator)
    assert asked(port, "12deadbeef") == b"\x00"
    emulator.unplug()
    emulator.replug()
    assert asked(opened(emulator), "01") == b"\x21"


def test_an_image_is_downloaded_pixel_by_pixel(
    emulator: SensorEmulator, client: PyFingerprint, tmp_path: Path
) -> None:
    assert not client.readImage()
    emulator.place(finger(1))
    assert client.readImage()
    client.downloadImage(str(tmp_path / "out.bmp"))
    with Image.open(tmp_path / "out.bmp") as downloaded:
        assert np.array_equal(np.asarray(downloaded), finger(1))


def test_convert_store_search_and_delete(emulator: SensorEmulator, client: PyFingerprint) -> None:
    for position, seed in enumerate([1, 2, 3]):
        emulator.place(finger(seed))
        for buffer in (1, 2):
            assert client.readImage()
            assert client.convertImage(buffer)
        assert client.createTemplate()
        assert client.storeTemplate(position) == position
    assert client.getTemplateCount() == 3
    assert client.getTemplateIndex(0)[:4] == [True, True, True, False]

    emulator.place(finger(2))
    client.readImage()
    client.convertImage(1)
    assert client.searchTemplate() == (1, 100)
    assert client.deleteTemplate(1)
    assert client.searchTemplate() == (-1, -1)
    assert client.clearDatabase()
    assert client.getTemplateCount() == 0


def test_two_fingers_make_no_template(emulator: SensorEmulator, client: PyFingerprint) -> None:
    for buffer, seed in ((1, 1), (2, 2)):
        emulator.place(finger(seed))
        client.readImage()
        client.convertImage(buffer)
    assert client.createTemplate() is False
    assert client.compareCharacteristics() == 0


def test_identity_makes_two_impressions_one_finger(emulator: SensorEmulator, client: PyFingerprint) -> None:
    for buffer, seed in ((1, 1), (2, 2)):
        emulator.place(finger(seed), identity="left thumb")
        client.readImage()
        client.convertImage(buffer)
    assert client.compareCharacteristics() == 100


def test_a_comparer_of_the_caller_judges(tmp_path: Path) -> None:
    with SensorEmulator(tmp_path / "sensor", comparer=lambda one, other: 77) as emulator:
        client = PyFingerprint(str(emulator.path), 57_600)
        for buffer, seed in ((1, 1), (2, 2)):
            emulator.place(finger(seed))
            client.readImage()
            client.convertImage(buffer)
        assert client.compareCharacteristics() == 77


def test_templates_go_up_and_down(emulator: SensorEmulator, client: PyFingerprint) -> None:
    emulator.place(finger(1))
    client.readImage()
    client.convertImage(1)
    template = client.downloadCharacteristics(1)
    assert len(template) == 512
    assert client.uploadCharacteristics(2, template)
    assert client.compareCharacteristics() == 100
    client.storeTemplate(7)
    assert client.loadTemplate(7, 2)


def test_a_lifted_finger_leaves_the_image_in_the_buffer(emulator: SensorEmulator) -> None:
    """As real sensors do: why a driver must never fetch without a fresh look."""
    port = opened(emulator)
    assert asked(port, "0a") == b"\x0f"
    emulator.place(finger(1))
    assert asked(port, "01") == b"\x00"
    emulator.lift()
    assert asked(port, "01") == b"\x02"
    assert asked(port, "0a") == b"\x00"


@pytest.mark.parametrize(
    ("payload", "code"),
    [("0201", 0x15), ("ff", 0x1A), ("02", 0x01), ("060103e8", 0x0B), ("07010001", 0x0C), ("0e0463", 0x1A)],
    ids=["no image", "no such command", "no argument", "no such position", "empty position", "no such rate"],
)
def test_refusals(emulator: SensorEmulator, payload: str, code: int) -> None:
    port = opened(emulator)
    if payload.startswith("06"):
        emulator.place(finger(1))
        asked(port, "01")
        asked(port, "0201")
    if payload == "02":
        emulator.place(finger(1))
        asked(port, "01")
    assert asked(port, payload)[0] == code


def test_a_damaged_command_is_answered_as_damaged(emulator: SensorEmulator) -> None:
    port = opened(emulator)
    port.write(bytes.fromhex("ef01ffffffff010003010099"))
    assert port.read(12)[9] == 0x01


def test_another_address_is_not_answered(emulator: SensorEmulator) -> None:
    assert asked(opened(emulator, patience_s=SILENT_S), "01", address=1) == b""


def test_random_numbers_differ(client: PyFingerprint) -> None:
    assert client.generateRandomNumber() != client.generateRandomNumber()


def test_soft_reset_greets_on_an_r503(tmp_path: Path) -> None:
    with SensorEmulator(tmp_path / "sensor", R503) as emulator:
        port = opened(emulator)
        assert asked(port, "3d") == b"\x00"
        assert port.read(1) == b"\x55"


def test_a_changed_rate_is_confirmed_at_the_old_one(emulator: SensorEmulator) -> None:
    port = opened(emulator)
    assert asked(port, "0e040c") == b"\x00"
    port.timeout = SILENT_S
    assert asked(port, "01") == b""
    port.baudrate, port.timeout = 115_200, PATIENCE_S
    assert asked(port, "01") == b"\x02"


def test_a_host_at_another_rate_hears_no_packet(emulator: SensorEmulator) -> None:
    port = opened(emulator, 115_200, SILENT_S)
    emulator.blurt(0x00)
    assert b"\xef\x01" not in port.read(100)
    assert asked(port, "01") == b""


class TestTheRing:
    def test_is_watched_with_its_instant(self, tmp_path: Path) -> None:
        watched: list[tuple[int, int, int, int, float]] = []
        watcher = Watcher(on_light=lambda *light: watched.append(light))
        with SensorEmulator(tmp_path / "sensor", watcher=watcher) as emulator:
            began = time.monotonic()
            assert asked(opened(emulator), "3503000200") == b"\x00"
            assert [light[:4] for light in watched] == [(3, 0, 2, 0)]
            assert began <= watched[0][4] <= time.monotonic()
            assert emulator.light == (3, 0, 2, 0)

    def test_is_dark_after_a_power_cut(self, emulator: SensorEmulator) -> None:
        asked(opened(emulator), "3503000200")
        emulator.unplug()
        assert emulator.light[0] == 4
        emulator.replug()

    def test_is_refused_where_there_is_none(self, tmp_path: Path) -> None:
        with SensorEmulator(tmp_path / "sensor", ZFM20_DARK) as emulator:
            assert asked(opened(emulator), "3503000200") == b"\x1a"


def test_what_happens_is_told_in_order(tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    watcher = Watcher(
        on_image_sent=lambda at: told.append(("sent", at)),
        on_finger_sought=lambda found, at: told.append((f"sought {found}", at)),
    )
    with SensorEmulator(tmp_path / "sensor", watcher=watcher) as emulator:
        port = opened(emulator)
        asked(port, "01")
        emulator.place(finger(1))
        asked(port, "01")
        asked(port, "0a")
        port.read(IMAGE_ANSWER - 12)
        assert until(lambda: len(told) == 3)
    assert [what for what, _ in told] == ["sought False", "sought True", "sent"]
    assert [at for _, at in told] == sorted(at for _, at in told)


def test_an_image_that_was_cut_is_not_told_as_sent(tmp_path: Path) -> None:
    sent: list[float] = []
    with SensorEmulator(tmp_path / "sensor", watcher=Watcher(on_image_sent=sent.append)) as emulator:
        port = opened(emulator)
        emulator.place(finger(1))
        asked(port, "01")
        emulator.inject(faults.StopAfter(1000), on=0x0A)
        asked(port, "0a")
        port.timeout = SILENT_S
        port.read(2000)
    assert sent == []


def test_a_paced_image_takes_the_wire_s_time(tmp_path: Path) -> None:
    baud = 921_600
    with SensorEmulator(tmp_path / "sensor", FAST256, baud=baud, paced=True) as emulator:
        port = opened(emulator, baud)
        emulator.place(finger(1))
        asked(port, "01")
        began = time.monotonic()
        asked(port, "0a")
        assert len(port.read(IMAGE_ANSWER - 12)) == IMAGE_ANSWER - 12
        wire_s = (IMAGE_ANSWER + 12) * 10 / baud
        assert wire_s <= time.monotonic() - began  # how much longer is up to the machine


class TestThePort:
    def test_vanishes_and_comes_back_under_its_name(self, emulator: SensorEmulator) -> None:
        port = opened(emulator)
        emulator.unplug()
        assert not os.path.lexists(emulator.path)
        with pytest.raises((serial.SerialException, termios.error)):
            port.read(1)
        emulator.replug()
        assert asked(opened(emulator), "01") == b"\x02"

    def test_several_sensors_stand_side_by_side(self, tmp_path: Path) -> None:
        sensors = [SensorEmulator(tmp_path / f"sensor{number}") for number in range(4)]
        for sensor in sensors:
            sensor.start()
        sensors[2].place(finger(1))
        assert [asked(opened(sensor), "01") for sensor in sensors] == [b"\x02", b"\x02", b"\x00", b"\x02"]
        for sensor in sensors:
            sensor.stop()

    def test_stopping_twice_and_starting_again(self, emulator: SensorEmulator) -> None:
        emulator.stop()
        emulator.stop()
        emulator.start()
        assert asked(opened(emulator), "01") == b"\x02"

    def test_nothing_stays_open(self, tmp_path: Path) -> None:
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(5):
            with SensorEmulator(tmp_path / "sensor") as emulator:
                emulator.unplug()
                emulator.replug()
        assert len(os.listdir("/proc/self/fd")) == before

    def test_a_host_that_reads_nothing_does_not_stop_it(self, emulator: SensorEmulator) -> None:
        port = opened(emulator)
        emulator.place(finger(1))
        asked(port, "01")
        for _ in range(3):
            port.write(bytes.fromhex("ef01ffffffff0100030a000e"))
        time.sleep(0.1)
        pulling = threading.Thread(target=emulator.unplug, daemon=True)
        pulling.start()
        pulling.join(PATIENCE_S)
        assert not pulling.is_alive()
        emulator.replug()


def test_an_image_of_the_wrong_size_is_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="288 rows and 256 columns"):
        packed(np.zeros((10, 10), np.uint8), ZFM20)
