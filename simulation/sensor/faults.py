"""What can go wrong on the wire and in the sensor, each as one thing that happens to one answer.

An answer is all the bytes that follow one command: the acknowledgement and, for an image or a
template, the data packets behind it.
"""

from dataclasses import dataclass

from simulation.sensor.wire import ACK, frame


@dataclass(frozen=True)
class Outcome:
    """What becomes of an answer. `pace_factor` slows the line; `dies` leaves the sensor mute until replugged."""

    answer: bytes
    delay_s: float = 0.0
    pace_factor: float = 1.0
    dies: bool = False


class Fault:
    """One fault of the answer to one command."""

    def strike(self, answer: bytes, address: int) -> Outcome:
        """The answer as it leaves the sensor."""
        raise TypeError(f"{type(self).__name__} does not say what it does")


@dataclass(frozen=True)
class Silence(Fault):
    """The command is carried out, the answer never sent."""

    def strike(self, answer: bytes, address: int) -> Outcome:
        return Outcome(b"")


@dataclass(frozen=True)
class FlippedByte(Fault):
    """One byte arrives with some bits turned. A negative offset counts from the end."""

    offset: int
    mask: int = 0x10

    def strike(self, answer: bytes, address: int) -> Outcome:
        changed = bytearray(answer)
        changed[self.offset] ^= self.mask
        return Outcome(bytes(changed))


@dataclass(frozen=True)
class DroppedByte(Fault):
    """One byte never arrives."""

    offset: int

    def strike(self, answer: bytes, address: int) -> Outcome:
        at = self.offset % len(answer)
        return Outcome(answer[:at] + answer[at + 1 :])


@dataclass(frozen=True)
class DroppedSpan(Fault):
    """Some bytes never arrive: a whole packet, say."""

    offset: int
    length: int

    def strike(self, answer: bytes, address: int) -> Outcome:
        return Outcome(answer[: self.offset] + answer[self.offset + self.length :])


@dataclass(frozen=True)
class ImpossibleLength(Fault):
    """A packet's length field reads 0xFFFF. `packet_at` is the packet's first byte in the answer."""

    packet_at: int = 0
    length: int = 0xFFFF

    def strike(self, answer: bytes, address: int) -> Outcome:
        at = self.packet_at + 7
        return Outcome(answer[:at] + self.length.to_bytes(2, "big") + answer[at + 2 :])


@dataclass(frozen=True)
class WrongAddress(Fault):
    """The acknowledgement claims to come from another sensor, with a right checksum."""

    other: int = 0x12345678

    def strike(self, answer: bytes, address: int) -> Outcome:
        return Outcome(answer[:2] + self.other.to_bytes(4, "big") + answer[6:])


@dataclass(frozen=True)
class StrayBefore(Fault):
    """Another acknowledgement comes right before the true one."""

    confirmation: int = 0x00
    body: bytes = b""

    def strike(self, answer: bytes, address: int) -> Outcome:
        return Outcome(frame(address, ACK, bytes([self.confirmation]) + self.body) + answer)


@dataclass(frozen=True)
class Noise(Fault):
    """Bytes that are no packet come before the answer."""

    noise: bytes = b"\x00\x55\xef\x00"

    def strike(self, answer: bytes, address: int) -> Outcome:
        return Outcome(self.noise + answer)


@dataclass(frozen=True)
class Late(Fault):
    """The answer comes after a pause, perhaps when nobody waits for it any more."""

    delay_s: float

    def strike(self, answer: bytes, address: int) -> Outcome:
        return Outcome(answer, delay_s=self.delay_s)


@dataclass(frozen=True)
class SlowPace(Fault):
    """The line is slower by a factor, whatever its rate."""

    factor: float = 10.0

    def strike(self, answer: bytes, address: int) -> Outcome:
        return Outcome(answer, pace_factor=self.factor)


@dataclass(frozen=True)
class StopAfter(Fault):
    """The answer ends after some bytes; with `dies` the sensor answers nothing until it is replugged."""

    byte_count: int
    dies: bool = False

    def strike(self, answer: bytes, address: int) -> Outcome:
        return Outcome(answer[: self.byte_count], dies=self.dies)


@dataclass(frozen=True)
class Refuses(Fault):
    """The sensor refuses with this confirmation code."""

    confirmation: int

    def strike(self, answer: bytes, address: int) -> Outcome:
        return Outcome(frame(address, ACK, bytes([self.confirmation])))
