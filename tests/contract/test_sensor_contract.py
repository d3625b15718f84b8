"""What every sensor backend must do, on a real serial port with a sensor that misbehaves behind it.

No fault may hang it, none may make it report a finger that is not there, and after each the next
command must work. Every test is bounded by an alarm, so that a hang is a failure.
"""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread, Timer
from types import FrameType

import numpy as np
import pytest
import serial
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from edge.sensor import (
    Capture,
    Light,
    Sensor,
    SensorError,
    SensorGarbage,
    SensorLost,
    SensorPortTaken,
    SensorRefused,
    SensorSettings,
    SensorSilent,
    exchange,
    pyfingerprint_reader,
)
from edge.sensor.frame import Packet, PacketType
from edge.sensor.opening import open_reader
from simulation.sensor import FAST256, R503, ZFM20, ZFM20_DARK, Model, SensorEmulator, faults
from simulation.sensor.lamp import seen

READ_IMAGE, SEND_IMAGE, READ_PARAMETERS, VERIFY, LED = 0x01, 0x0A, 0x0F, 0x13, 0x35
PACKET = 128 + 11
ACK = 12
PATIENCE = 1.0
"""As on a terminal: a machine with other work may hold either end back for a third of a second."""
COMMAND_S = 1.5 * PATIENCE + 0.2
TRANSFER_S = 1.0
BAUD = 921_600
HANG_S = 100
SLOW = 10  # how much slower than meant a machine with other work may be

BACKENDS = ("own", "pyfingerprint")


@pytest.fixture(autouse=True)
def _no_hang() -> Iterator[None]:
    def rang(_: int, __: FrameType | None) -> None:
        raise TimeoutError(f"still busy after {HANG_S} s")

    before = signal.signal(signal.SIGALRM, rang)
    signal.alarm(HANG_S)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[SensorEmulator]:
    with SensorEmulator(tmp_path / "sensor", FAST256, baud=BAUD) as playing:
        yield playing


@pytest.fixture
def sensor(emulator: SensorEmulator, backend: str) -> Iterator[Sensor]:
    reader = reader_of(emulator, backend)
    eventually(reader.open)
    yield reader
    reader.close()


def reader_of(emulator: SensorEmulator, backend: str, **changes: object) -> Sensor:
    wanted: dict[str, object] = {
        "port": str(emulator.path), "backend": backend, "bauds": (BAUD, 57_600), "patience": PATIENCE,
    }  # fmt: skip
    return open_reader(SensorSettings(**(wanted | changes)))  # type: ignore[arg-type]


def finger(seed: int, model: Model = ZFM20) -> NDArray[np.uint8]:
    """A picture no other seed gives; the wire does not care that it shows no ridges."""
    levels = np.random.default_rng(seed).integers(0, 16, (model.height, model.width))
    return (levels * 17).astype(np.uint8)


@contextmanager
def within(limit_s: float) -> Iterator[None]:
    """`SLOW` times that: what is guarded against are waits of 24 seconds and without end."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < limit_s * SLOW


def eventually(works: Callable[[], object], limit_s: float = 45.0) -> None:
    until = time.monotonic() + limit_s
    while True:
        try:
            works()
        except SensorError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def image_of(capture: Capture | None) -> NDArray[np.uint8]:
    assert capture is not None
    return capture.image


def next_whole(sensor: Sensor) -> NDArray[np.uint8]:
    """The next image that arrives: on a busy machine one may be too late, as the terminal asks again then."""
    images: list[NDArray[np.uint8]] = []
    eventually(lambda: images.append(image_of(sensor.capture())))
    return images[0]


def test_an_image_arrives_pixel_by_pixel(sensor: Sensor, emulator: SensorEmulator) -> None:
    emulator.place(finger(1))
    assert sensor.wait_for_finger(30.0)
    began = time.monotonic()
    capture = sensor.capture()
    assert capture is not None
    assert capture.image.dtype == np.uint8
    assert capture.dpi == 500
    assert np.array_equal(capture.image, finger(1))
    assert began <= capture.last_byte_at_s <= time.monotonic()


def test_a_finger_that_comes_later_is_waited_for(sensor: Sensor, emulator: SensorEmulator) -> None:
    comer = Timer(0.2, lambda: emulator.place(finger(1)))
    comer.start()
    with within(2.0):
        assert sensor.wait_for_finger(60.0)
    comer.join()


def test_no_finger_is_no_finger(sensor: Sensor) -> None:
    assert not sensor.finger_present()
    assert sensor.capture() is None
    with within(1.0):
        assert not sensor.wait_for_finger(0.2)


def test_the_last_image_is_never_given_twice(sensor: Sensor, emulator: SensorEmulator) -> None:
    emulator.place(finger(1))
    assert sensor.capture() is not None
    emulator.lift()
    assert sensor.capture() is None
    emulator.place(finger(2))
    assert np.array_equal(image_of(sensor.capture()), finger(2))


@pytest.mark.parametrize("packet_size", [32, 64, 128, 256])
def test_every_packet_size(packet_size: int, backend: str, tmp_path: Path) -> None:
    with SensorEmulator(tmp_path / "sensor", FAST256, baud=BAUD, packet_size=packet_size) as emulator:
        sensor = reader_of(emulator, backend)
        assert sensor.open().packet_size == packet_size
        emulator.place(finger(1))
        assert np.array_equal(image_of(sensor.capture()), finger(1))
        sensor.close()


def test_a_square_sensor_is_told_by_its_byte_count(backend: str, tmp_path: Path) -> None:
    with SensorEmulator(tmp_path / "sensor", R503, baud=57_600) as emulator:
        sensor = reader_of(emulator, backend)
        emulator.place(finger(1, R503))
        capture = sensor.capture()
        assert capture is not None
        assert capture.dpi == 508
        assert np.array_equal(capture.image, finger(1, R503))
        sensor.close()


class TestSilence:
    def test_is_silence_in_time(self, sensor: Sensor, emulator: SensorEmulator) -> None:
        emulator.inject(faults.Silence(), on=READ_IMAGE)
        with within(COMMAND_S), pytest.raises(SensorSilent):
            sensor.finger_present()
        assert not sensor.finger_present()

    def test_before_the_image(self, sensor: Sensor, emulator: SensorEmulator) -> None:
        emulator.place(finger(1))
        emulator.inject(faults.Silence(), on=SEND_IMAGE)
        with within(COMMAND_S), pytest.raises(SensorSilent):
            sensor.capture()
        assert np.array_equal(image_of(sensor.capture()), finger(1))

    def test_a_sensor_that_stays_silent_is_given_up_and_found_again(
        self, sensor: Sensor, emulator: SensorEmulator
    ) -> None:
        emulator.inject(faults.Silence(), times=4)
        for _ in range(3):
            with pytest.raises(SensorError):
                sensor.finger_present()
        assert not sensor.health().connected
        eventually(sensor.parameters)
        assert sensor.health().connections == 2


class TestLateAnswers:
    def test_a_late_yes_is_not_the_next_answer(self, sensor: Sensor, emulator: SensorEmulator) -> None:
        emulator.place(finger(1))
        emulator.inject(faults.Late(COMMAND_S + 0.1), on=READ_IMAGE)
        with pytest.raises(SensorSilent):
            sensor.finger_present()
        emulator.lift()
        assert not truthful(sensor.finger_present)

    def test_a_late_image_is_not_the_next_image(self, sensor: Sensor, emulator: SensorEmulator) -> None:
        emulator.place(finger(1))
        emulator.inject(faults.Late(COMMAND_S), on=SEND_IMAGE)
        with pytest.raises(SensorSilent):
            sensor.capture()
        emulator.place(finger(2))
        eventually(sensor.parameters)
        assert np.array_equal(image_of(sensor.capture()), finger(2))


def truthful(question: Callable[[], bool]) -> bool:
    """The answer, where an error counts as no: what must never come is a yes."""
    try:
        return question()
    except SensorError:
        return False


class TestStaleAnswers:
    @pytest.mark.parametrize("repeat", range(5))
    def test_a_stale_yes_in_the_buffer(self, sensor: Sensor, emulator: SensorEmulator, repeat: int) -> None:
        emulator.blurt(0x00)
        time.sleep(0.002 * repeat)
        assert not truthful(sensor.finger_present)
        assert not sensor.finger_present()

    def test_many_stale_answers(self, sensor: Sensor, emulator: SensorEmulator) -> None:
        for _ in range(20):
            emulator.blurt(0x00)
            emulator.blurt(0x00, bytes(4))
        assert not truthful(sensor.finger_present)
        assert not sensor.finger_present()

    def test_a_stale_yes_that_comes_after_the_question(
        self, sensor: Sensor, emulator: SensorEmulator
    ) -> None:
        emulator.inject(faults.StrayBefore(0x00), on=READ_IMAGE)
        with pytest.raises(SensorGarbage):
            sensor.finger_present()
        assert not sensor.finger_present()

    def test_a_stale_yes_does_not_bring_back_the_previous_person(
        self, sensor: Sensor, emulator: SensorEmulator
    ) -> None:
        emulator.place(finger(1))
        assert sensor.capture() is not None
        emulator.lift()
        emulator.inject(faults.StrayBefore(0x00), on=READ_IMAGE)
        with pytest.raises(SensorGarbage):
            sensor.capture()
        assert sensor.capture() is None

    def test_a_stale_yes_while_a_finger_lies_there_costs_one_question(
        self, sensor: Sensor, emulator: SensorEmulator
    ) -> None:
        emulator.place(finger(1))
        emulator.blurt(0x00)
        eventually(lambda: image_of(sensor.capture()))
        assert np.array_equal(image_of(sensor.capture()), finger(1))

    def test_a_forged_long_answer_in_the_buffer(self, sensor: Sensor, emulator: SensorEmulator) -> None:
        emulator.blurt(0x00, bytes(16))
        time.sleep(0.01)
        assert sensor.parameters().baud == BAUD


class TestDamagedAnswers:
    @pytest.mark.parametrize("offset", range(ACK))
    def test_no_flipped_byte_makes_a_finger(
        self, sensor: Sensor, emulator: SensorEmulator, offset: int
    ) -> None:
        emulator.inject(faults.FlippedByte(offset, mask=0x02), on=READ_IMAGE)
        with within(COMMAND_S), pytest.raises(SensorGarbage):
            sensor.finger_present()
        assert not sensor.finger_present()

    @pytest.mark.parametrize("offset", [1, 4, 9, 11])
    def test_no_dropped_byte_makes_a_finger(
        self, sensor: Sensor, emulator: SensorEmulator, offset: int
    ) -> None:
        emulator.inject(faults.DroppedByte(offset), on=READ_IMAGE)
        with within(COMMAND_S), pytest.raises(SensorGarbage):
            sensor.finger_present()
        assert not sensor.finger_present()

    @pytest.mark.parametrize("length", [0xFFFF, 0x0000, 0x0001, 0x0103, 0x8000])
    def test_an_impossible_length_is_seen_at_once(
        self, sensor: Sensor, emulator: SensorEmulator, length: int
    ) -> None:
        emulator.inject(faults.ImpossibleLength(length=length), on=READ_IMAGE)
        with within(0.25), pytest.raises(SensorGarbage):
            sensor.finger_present()
        assert not sensor.finger_present()

    def test_an_answer_from_another_address(self, sensor: Sensor, emulator: SensorEmulator) -> None:
        emulator.place(finger(1))
        emulator.inject(faults.WrongAddress(), on=READ_IMAGE)
        with within(COMMAND_S), pytest.raises(SensorGarbage):
            sensor.finger_present()
        assert sensor.finger_present()

    def test_noise_before_a_sound_answer_is_stepped_over(
        self, sensor: Sensor, emulator: SensorEmulator
    ) -> None:
        emulator.inject(faults.Noise(), on=READ_IMAGE)
        assert not sensor.finger_present()

    def test_a_refusal_is_a_refusal_and_no_fault_of_the_line(
        self, sensor: Sensor, emulator: SensorEmulator
    ) -> None:
        emulator.inject(faults.Refuses(0x03), on=READ_IMAGE)
        with pytest.raises(SensorRefused, match="could not take an image") as refused:
            sensor.finger_present()
        assert refused.value.confirmation == 0x03
        assert sensor.health().connected
        assert not sensor.finger_present()


IMAGE_FAULTS = {
    "flipped pixel": faults.FlippedByte(ACK + 50 * PACKET + 40),
    "flipped start code": faults.FlippedByte(ACK + 50 * PACKET),
    "flipped address": faults.FlippedByte(ACK + 50 * PACKET + 3),
    "flipped type": faults.FlippedByte(ACK + 50 * PACKET + 6),
    "flipped length": faults.FlippedByte(ACK + 50 * PACKET + 8),
    "flipped last checksum": faults.FlippedByte(-1),
    "dropped pixel": faults.DroppedByte(ACK + 50 * PACKET + 40),
    "dropped first byte": faults.DroppedByte(ACK),
    "dropped last byte": faults.DroppedByte(-1),
    "dropped packet": faults.DroppedSpan(ACK + 50 * PACKET, PACKET),
    "dropped half of the image": faults.DroppedSpan(ACK + 50 * PACKET, 144 * PACKET),
    "dropped last packet": faults.DroppedSpan(ACK + 287 * PACKET, PACKET),
    "length 0xFFFF": faults.ImpossibleLength(ACK + 50 * PACKET),
    "another address": faults.WrongAddress(),
    "dying after the acknowledgement": faults.StopAfter(ACK),
    "dying between packets": faults.StopAfter(ACK + 100 * PACKET),
    "dying inside a packet": faults.StopAfter(ACK + 100 * PACKET + 40),
}


@pytest.mark.parametrize("fault", IMAGE_FAULTS.values(), ids=IMAGE_FAULTS.keys())
def test_a_damaged_image_is_refused_whole_and_the_next_one_is_whole(
    sensor: Sensor, emulator: SensorEmulator, fault: faults.Fault
) -> None:
    if fault == IMAGE_FAULTS["dropped half of the image"]:
        # Half of 256x288 is 192x192 to the byte: only the sensor's own size can tell them apart.
        emulator.place(finger(9))
        assert sensor.capture() is not None
    emulator.place(finger(1))
    emulator.inject(fault, on=SEND_IMAGE)
    with within(TRANSFER_S), pytest.raises((SensorGarbage, SensorSilent)):
        sensor.capture()
    emulator.place(finger(2))
    assert np.array_equal(next_whole(sensor), finger(2))


def test_a_stray_answer_inside_an_image_is_refused(sensor: Sensor, emulator: SensorEmulator) -> None:
    emulator.place(finger(1))
    emulator.inject(faults.StrayBefore(0x00), on=SEND_IMAGE)
    with pytest.raises(SensorGarbage):
        sensor.capture()
    assert np.array_equal(next_whole(sensor), finger(1))


def test_a_crawling_line_ends_at_the_deadline(sensor: Sensor, emulator: SensorEmulator) -> None:
    emulator.place(finger(1))
    emulator.inject(faults.SlowPace(10), on=SEND_IMAGE)
    with within(2 * TRANSFER_S + COMMAND_S), pytest.raises((SensorGarbage, SensorSilent)):
        sensor.capture()


def test_a_line_that_never_falls_quiet_is_reported_in_time(
    sensor: Sensor, emulator: SensorEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    enough = Event()

    def babble() -> None:
        while not enough.wait(0.005):
            emulator.blurt_bytes(b"\x00\xff" * 8)

    emulator.inject(faults.Silence(), on=READ_PARAMETERS)
    with pytest.raises(SensorSilent):
        sensor.parameters()
    babbler = Thread(target=babble)
    babbler.start()
    try:
        # A busy machine holds the babbler back for longer than a real line is quiet.
        with monkeypatch.context() as patch:
            for module in (exchange, pyfingerprint_reader):
                patch.setattr(module, "QUIET_S", 2 * TRANSFER_S)
            with within(TRANSFER_S + 1.0), pytest.raises(SensorGarbage):
                sensor.parameters()
    finally:
        enough.set()
        babbler.join()
    eventually(sensor.parameters)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_damage_is_an_error_or_the_truth(
    sensor: Sensor, emulator: SensorEmulator, data: st.DataObject
) -> None:
    """Whatever happens to an answer: the right image, none, or an error; never another image."""
    emulator.place(finger(3))
    total = ACK + 288 * PACKET
    offset = data.draw(st.integers(0, total - 1))
    fault = data.draw(
        st.sampled_from(
            [
                faults.FlippedByte(offset, data.draw(st.integers(1, 255))),
                faults.DroppedByte(offset),
                faults.DroppedSpan(offset, data.draw(st.integers(1, 300))),
                faults.StopAfter(offset),
            ]
        )
    )
    emulator.inject(fault, on=SEND_IMAGE)
    try:
        capture = sensor.capture()
    except (SensorGarbage, SensorSilent, SensorRefused):
        pass
    else:
        assert np.array_equal(image_of(capture), finger(3))
    eventually(lambda: image_of(sensor.capture()))


class TestTheCable:
    def test_unplugged_while_idle_is_lost_then_found(self, sensor: Sensor, emulator: SensorEmulator) -> None:
        emulator.unplug()
        with within(COMMAND_S), pytest.raises(SensorLost):
            sensor.finger_present()
        assert not sensor.health().connected
        emulator.replug()
        emulator.place(finger(1))
        eventually(sensor.parameters)
        assert np.array_equal(image_of(sensor.capture()), finger(1))
        assert sensor.health().connections == 2

    def test_unplugged_in_mid_image(self, backend: str, tmp_path: Path) -> None:
        with SensorEmulator(tmp_path / "sensor", baud=57_600, paced=True) as emulator:
            sensor = reader_of(emulator, backend)
            sensor.open()
            emulator.place(finger(1))
            puller = Timer(0.5, emulator.unplug)
            puller.start()
            with within(3.0), pytest.raises(SensorLost):
                sensor.capture()
            puller.join()
            assert not truthful(sensor.finger_present)
            emulator.lift()
            emulator.replug()
            eventually(sensor.parameters)
            assert not sensor.finger_present()
            sensor.close()

    def test_a_dead_sensor_answers_again_after_replugging(
        self, sensor: Sensor, emulator: SensorEmulator
    ) -> None:
        emulator.place(finger(1))
        emulator.inject(faults.StopAfter(ACK + 10 * PACKET, dies=True), on=SEND_IMAGE)
        with within(TRANSFER_S), pytest.raises((SensorSilent, SensorGarbage)):
            sensor.capture()
        for _ in range(2):
            assert not truthful(sensor.finger_present)
        emulator.unplug()
        emulator.replug()
        eventually(sensor.parameters)
        assert np.array_equal(image_of(sensor.capture()), finger(1))

    def test_replugged_unseen(self, sensor: Sensor, emulator: SensorEmulator) -> None:
        emulator.unplug()
        emulator.replug()
        with pytest.raises(SensorLost):
            sensor.parameters()
        eventually(sensor.parameters)

    def test_absent_from_the_start_says_what_to_do(self, backend: str, tmp_path: Path) -> None:
        sensor = open_reader(SensorSettings(str(tmp_path / "none"), backend=backend))  # type: ignore[arg-type]
        with pytest.raises(SensorLost, match="plug the sensor in"):
            sensor.open()

    def test_waiting_while_lost_does_not_spin(self, sensor: Sensor, emulator: SensorEmulator) -> None:
        emulator.unplug()
        calls = 0
        until = time.monotonic() + 1.0
        while time.monotonic() < until:
            calls += 1
            with pytest.raises(SensorLost):
                sensor.wait_for_finger(0.5)
        assert calls < 10

    def test_a_port_in_use_says_so(self, sensor: Sensor, emulator: SensorEmulator, backend: str) -> None:
        rival = reader_of(emulator, backend)
        with pytest.raises(SensorPortTaken, match="Another program"):
            rival.open()
        assert not sensor.finger_present()

    def test_a_sensor_still_sending_to_a_host_that_died(self, backend: str, tmp_path: Path) -> None:
        with SensorEmulator(tmp_path / "sensor", FAST256, baud=BAUD, paced=True) as emulator:
            emulator.place(finger(1))
            with serial.Serial(str(emulator.path), BAUD) as dying:
                for instruction in (READ_IMAGE, SEND_IMAGE):
                    dying.write(Packet(PacketType.COMMAND, bytes([instruction])).encode())
                    time.sleep(0.05)
            sensor = reader_of(
                emulator, backend, patience=3.0
            )  # both ends of a paced wire share this machine
            with within(5.0):
                sensor.open()
            emulator.place(finger(2))
            assert np.array_equal(image_of(sensor.capture()), finger(2))
            sensor.close()

    def test_close_frees_the_port_and_use_opens_it(
        self, sensor: Sensor, emulator: SensorEmulator, backend: str
    ) -> None:
        sensor.close()
        rival = reader_of(emulator, backend)
        rival.open()
        rival.close()
        assert not sensor.finger_present()


class TestMeeting:
    @pytest.mark.parametrize("baud", [57_600, 115_200])
    @pytest.mark.parametrize("order", [(57_600, 115_200), (115_200, 57_600)])
    def test_the_rate_is_found(self, backend: str, tmp_path: Path, baud: int, order: tuple[int, int]) -> None:
        with SensorEmulator(tmp_path / "sensor", baud=baud) as emulator:
            sensor = reader_of(emulator, backend, bauds=order)
            assert sensor.open().baud == baud
            assert sensor.health().baud == baud
            sensor.close()

    def test_a_rate_not_tried_is_silence_with_advice(self, backend: str, tmp_path: Path) -> None:
        with SensorEmulator(tmp_path / "sensor", baud=38_400) as emulator:
            sensor = reader_of(emulator, backend)
            with pytest.raises(SensorSilent, match="921600 or 57600 baud"):
                sensor.open()

    def test_the_rate_is_raised_and_remembered(self, backend: str, tmp_path: Path) -> None:
        with SensorEmulator(tmp_path / "sensor", FAST256, baud=57_600) as emulator:
            sensor = reader_of(emulator, backend, target_baud=921_600, packet_size=256)
            parameters = sensor.open()
            assert (parameters.baud, parameters.packet_size) == (921_600, 256)
            emulator.place(finger(1))
            assert np.array_equal(image_of(sensor.capture()), finger(1))
            emulator.unplug()
            emulator.replug()
            eventually(sensor.parameters)
            assert sensor.health().baud == 921_600
            sensor.close()

    def test_a_rate_the_sensor_cannot_keep_is_refused(self, backend: str, tmp_path: Path) -> None:
        with SensorEmulator(tmp_path / "sensor", ZFM20, baud=57_600) as emulator:
            sensor = reader_of(emulator, backend, target_baud=921_600)
            with pytest.raises(SensorRefused, match="baud rate"):
                sensor.open()

    def test_a_wrong_password_is_refused_with_advice(self, backend: str, tmp_path: Path) -> None:
        with SensorEmulator(tmp_path / "sensor", FAST256, baud=BAUD, password=0xC0FFEE01) as emulator:
            sensor = reader_of(emulator, backend, password=7)
            with pytest.raises(SensorRefused, match="password") as refused:
                sensor.open()
            assert "7" not in str(refused.value).replace("0x13", "")

    def test_the_right_password_opens(self, backend: str, tmp_path: Path) -> None:
        with SensorEmulator(tmp_path / "sensor", FAST256, baud=BAUD, password=0xC0FFEE01) as emulator:
            sensor = reader_of(emulator, backend, password=0xC0FFEE01)
            sensor.open()
            assert not sensor.finger_present()
            sensor.close()

    def test_a_wrong_address_is_silence(self, backend: str, tmp_path: Path) -> None:
        with SensorEmulator(tmp_path / "sensor", FAST256, baud=BAUD, address=1) as emulator:
            with pytest.raises(SensorSilent):
                reader_of(emulator, backend).open()
            sensor = reader_of(emulator, backend, address=1)
            assert sensor.open().address == 1
            sensor.close()


class TestTheRing:
    @pytest.mark.parametrize("light", Light)
    def test_a_person_sees_what_was_meant(
        self, sensor: Sensor, emulator: SensorEmulator, light: Light
    ) -> None:
        sensor.show(light)
        assert seen(*emulator.light).told == light.name

    def test_a_sensor_without_ring_is_no_fault(self, backend: str, tmp_path: Path) -> None:
        with SensorEmulator(tmp_path / "sensor", ZFM20_DARK, baud=57_600) as emulator:
            sensor = reader_of(emulator, backend)
            sensor.open()
            sensor.show(Light.ADMIT)
            health = sensor.health()
            assert not health.has_light
            assert (health.refusals, health.last_error) == (0, None)
            sensor.close()

    def test_a_sensor_mute_about_its_ring_has_none(self, backend: str, tmp_path: Path) -> None:
        with SensorEmulator(tmp_path / "sensor", FAST256, baud=BAUD) as emulator:
            emulator.inject(faults.Silence(), on=LED)
            sensor = reader_of(emulator, backend)
            sensor.open()
            assert not sensor.health().has_light
            sensor.close()


def test_health_counts_by_kind(sensor: Sensor, emulator: SensorEmulator) -> None:
    emulator.inject(faults.Silence(), on=READ_IMAGE)
    emulator.inject(faults.FlippedByte(9), on=READ_IMAGE)
    emulator.inject(faults.Refuses(0x03), on=READ_IMAGE)
    for _ in range(3):
        with pytest.raises(SensorError):
            sensor.finger_present()
    health = sensor.health()
    assert (health.silences, health.garbage, health.refusals, health.losses) == (1, 1, 1, 0)
    assert health.last_error is not None
