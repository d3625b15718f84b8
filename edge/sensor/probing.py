"""Finding the rate at which a sensor listens."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from edge.sensor.errors import SensorError, SensorGarbage, SensorLost, SensorSilent

Found = TypeVar("Found")


def first_that_answers(bauds: Iterable[int], attempt: Callable[[int], Found]) -> Found:
    """The result of `attempt` at the first rate where the sensor is understood.

    Loss of the port and refusal end the search at once: they are answers too. Raises SensorSilent
    when no rate works, SensorGarbage when at some rate there was noise and at none an answer.
    """
    tried: list[int] = []
    worst: SensorError | None = None
    for baud in dict.fromkeys(bauds):
        tried.append(baud)
        try:
            return attempt(baud)
        except (SensorSilent, SensorGarbage) as error:
            worst = error if worst is None or isinstance(error, SensorGarbage) else worst
    rates = " or ".join(str(baud) for baud in tried)
    if isinstance(worst, SensorGarbage):
        raise SensorGarbage(f"No understandable sensor at {rates} baud; check cable and address.") from worst
    if not tried:
        raise SensorLost("No baud rate is given to try; add one to the settings.")
    raise SensorSilent(f"No sensor answers at {rates} baud; check its cable and power.") from worst
