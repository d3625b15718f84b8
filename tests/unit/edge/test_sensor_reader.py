"""The reader over a scripted device and a clock of our own."""

from collections import deque
from itertools import pairwise
from threading import Thread

import pytest

from edge.sensor.commands import Parameters
from edge.sensor.errors import SensorError, SensorGarbage, SensorLost, SensorRefused, SensorSilent
from edge.sensor.port import Light, Sensor
from edge.sensor.reader import FAILURES_BEFORE_REOPENING, FRESH_S, LONGEST_BACKOFF_S, Reader

PARAMETERS = Parameters(0, 9, 1000, 3, 0xFFFFFFFF, 128, 57_600)
WHOLE = bytes(36_864)
SMALL = bytes(18_432)


class ScriptedDevice:
    """Answers from queues, an exception being raised; remembers what was asked of it."""

    def __init__(self) -> None:
        self.clock_s = 0.0
        self.baud = 57_600
        self.asked: list[str] = []
        self.connects: deque[SensorError] = deque()
        self.fingers: deque[bool | SensorError] = deque()
        self.images: deque[bytes | SensorError] = deque()
        self.ring: SensorError | None = None

    def now(self) -> float:
        return self.clock_s

    def sleep(self, seconds: float) -> None:
        self.clock_s += seconds

    def connect(self) -> Parameters:
        self.asked.append("connect")
        if self.connects:
            raise self.connects.popleft()
        return PARAMETERS

    def disconnect(self) -> None:
        self.asked.append("disconnect")

    def parameters(self) -> Parameters:
        return PARAMETERS

    def read_image(self) -> bool:
        self.asked.append("read")
        answer = self.fingers.popleft() if self.fingers else False
        if isinstance(answer, SensorError):
            raise answer
        return answer

    def download_image(self) -> tuple[bytes, float]:
        self.asked.append("download")
        answer = self.images.popleft() if self.images else WHOLE
        if isinstance(answer, SensorError):
            raise answer
        return answer, self.clock_s

    def set_light(self, control: int, speed: int, colour: int, count: int) -> None:
        self.asked.append("light")
        if self.ring is not None:
            raise self.ring


@pytest.fixture
def device() -> ScriptedDevice:
    return ScriptedDevice()


@pytest.fixture
def sensor(device: ScriptedDevice) -> Sensor:
    return Reader(device, sleep=device.sleep)


def test_making_one_touches_nothing(device: ScriptedDevice, sensor: Sensor) -> None:
    assert not sensor.health().connected
    assert device.asked == []


def test_the_image_that_was_seen_is_the_one_that_is_fetched(device: ScriptedDevice, sensor: Sensor) -> None:
    device.fingers.extend([False, True])
    assert sensor.wait_for_finger(1.0)
    sensor.show(Light.BUSY)
    assert sensor.capture() is not None
    assert device.asked.count("read") == 2


def test_an_image_seen_long_ago_is_not_fetched(device: ScriptedDevice, sensor: Sensor) -> None:
    device.fingers.append(True)
    assert sensor.finger_present()
    device.clock_s += FRESH_S + 0.01
    assert sensor.capture() is None


def test_an_image_is_fetched_once(device: ScriptedDevice, sensor: Sensor) -> None:
    device.fingers.append(True)
    assert sensor.capture() is not None
    assert sensor.capture() is None


@pytest.mark.parametrize(
    "error", [SensorGarbage("x"), SensorSilent("x"), SensorLost("x"), SensorRefused("x", 3)]
)
def test_an_error_forgets_the_finger(device: ScriptedDevice, sensor: Sensor, error: SensorError) -> None:
    device.fingers.append(True)
    device.images.append(error)
    with pytest.raises(type(error)):
        sensor.capture()
    device.clock_s += 1
    assert sensor.capture() is None


def test_a_size_that_changes_is_a_part_that_was_lost(device: ScriptedDevice, sensor: Sensor) -> None:
    device.fingers.extend([True, True])
    device.images.extend([WHOLE, SMALL])
    assert sensor.capture() is not None
    with pytest.raises(SensorGarbage, match="another size"):
        sensor.capture()


def test_another_sensor_may_have_another_size(device: ScriptedDevice, sensor: Sensor) -> None:
    device.fingers.extend([True, SensorLost("gone"), True])
    device.images.extend([WHOLE, SMALL])
    assert sensor.capture() is not None
    with pytest.raises(SensorLost):
        sensor.capture()
    device.clock_s += 1
    capture = sensor.capture()
    assert capture is not None
    assert capture.image.shape == (192, 192)


def test_reopening_waits_twice_as_long_each_time(device: ScriptedDevice, sensor: Sensor) -> None:
    device.connects.extend([SensorLost("gone")] * 9)
    attempts: list[float] = []
    while device.connects:
        with pytest.raises(SensorLost):
            sensor.parameters()
        if len(attempts) < device.asked.count("connect"):
            attempts.append(device.clock_s)
        device.clock_s += 0.05
    gaps = [later - earlier for earlier, later in pairwise(attempts)]
    assert gaps[:4] == pytest.approx([0.2, 0.4, 0.8, 1.6], abs=0.051)
    assert max(gaps) <= LONGEST_BACKOFF_S + 0.051
    assert sensor.health().losses == 9


def test_a_waiting_call_spends_its_time_on_the_backoff(device: ScriptedDevice, sensor: Sensor) -> None:
    device.connects.append(SensorLost("gone"))
    device.fingers.append(True)
    with pytest.raises(SensorLost):
        sensor.open()
    assert sensor.wait_for_finger(1.0)


def test_failures_in_a_row_are_a_lost_connection(device: ScriptedDevice, sensor: Sensor) -> None:
    device.fingers.extend([SensorSilent("x")] * (FAILURES_BEFORE_REOPENING - 1) + [False])
    device.fingers.extend([SensorSilent("x")] * FAILURES_BEFORE_REOPENING)
    for _ in range(FAILURES_BEFORE_REOPENING - 1):
        with pytest.raises(SensorSilent):
            sensor.finger_present()
    assert not sensor.finger_present()
    assert sensor.health().connected
    for _ in range(FAILURES_BEFORE_REOPENING):
        with pytest.raises(SensorSilent):
            sensor.finger_present()
    assert not sensor.health().connected


def test_refusals_are_no_lost_connection(device: ScriptedDevice, sensor: Sensor) -> None:
    device.fingers.extend([SensorRefused("x", 3)] * 10)
    for _ in range(10):
        with pytest.raises(SensorRefused):
            sensor.finger_present()
    assert sensor.health().connected
    assert sensor.health().refusals == 10


@pytest.mark.parametrize("error", [SensorRefused("set its light", 0x1A), SensorSilent("x")])
def test_no_ring_is_found_out_once(device: ScriptedDevice, sensor: Sensor, error: SensorError) -> None:
    device.ring = error
    sensor.open()
    for light in Light:
        sensor.show(light)
    assert device.asked.count("light") == 1
    assert not sensor.health().has_light


def test_no_two_lights_look_alike_and_only_admit_is_steady() -> None:
    rhythms = [(light.value[0], light.value[1], light.value[3]) for light in Light]
    assert len(set(rhythms)) == len(Light)
    assert [light for light in Light if light.value[0] == 3] == [Light.ADMIT]


def test_a_second_thread_is_stopped_before_it_takes_an_answer(device: ScriptedDevice, sensor: Sensor) -> None:
    stopped: list[str] = []

    def second_thread() -> None:
        try:
            sensor.show(Light.ADMIT)
        except RuntimeError as error:
            stopped.append(str(error))

    def read_image() -> bool:
        intruder = Thread(target=second_thread)
        intruder.start()
        intruder.join()
        return False

    device.read_image = read_image  # type: ignore[method-assign]
    assert not sensor.finger_present()
    assert stopped
