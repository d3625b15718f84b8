"""What makes pyfingerprint safe: a port that empties the line first and keeps one deadline a command."""

import math

from edge.sensor.connection import SerialLine
from edge.sensor.errors import SensorGarbage, SensorSilent
from edge.sensor.frame import PacketDecoder, PacketType

_ANY_PAYLOAD = 0


class CommandTransport:
    """What pyfingerprint takes for its serial port.

    Bytes written are held until the first read, then sent as one packet after the line was emptied.
    From that instant one deadline covers the whole command. `read` gives bytes of sound packets from
    our address, or raises SensorSilent or SensorGarbage.
    """

    def __init__(self, line: SerialLine, address: int) -> None:
        self._line = line
        self._decoder = PacketDecoder(address)
        self._outgoing = bytearray()
        self._checked = bytearray()
        self._deadline = 0.0
        self.idle_s = math.inf
        self._only_payload = _ANY_PAYLOAD
        self.confirmation: int | None = None
        self.strays = 0

    def begin(self, allowance_s: float, only_payload: int = _ANY_PAYLOAD, idle_s: float = math.inf) -> None:
        """Starts a command of `allowance_s`, in which no pause may last longer than `idle_s`.

        `idle_s` may be changed on the way.
        With `only_payload`, packets of another payload length are passed over and counted in `strays`.
        """
        self.strays = self._decoder.clear() + len(self._checked) + self._line.discard()
        self._outgoing.clear()
        self._checked.clear()
        self._only_payload = only_payload
        self._deadline = self._line.now() + allowance_s
        self.idle_s = idle_s
        self.confirmation = None

    def write(self, data: bytes) -> int:
        self._outgoing += data
        return len(data)

    def read(self, size: int = 1) -> bytes:
        if self._outgoing:
            self._line.send(bytes(self._outgoing))
            self._outgoing.clear()
        while len(self._checked) < size:
            self._take_packet()
        taken = bytes(self._checked[:size])
        del self._checked[:size]
        return taken

    def isOpen(self) -> bool:  # noqa: N802 - the library asks by this name
        return self._line.is_open

    def close(self) -> None:
        self._line.close()

    def _take_packet(self) -> None:
        while (packet := self._decoder.next_packet()) is None:
            data = self._line.receive(min(self._deadline, self._line.now() + self.idle_s))
            if data and self._line.now() <= self._deadline:
                self._decoder.feed(data)
            elif data or self._decoder.unfinished:
                raise SensorGarbage("The sensor's answer broke off or came too late; check the cable.")
            else:
                raise SensorSilent("The sensor does not answer; check its cable and power.")
        if self._only_payload and len(packet.payload) != self._only_payload:
            self.strays += 1
            return
        if packet.kind is PacketType.ACK:
            self.confirmation = packet.payload[0] if packet.payload else None
        self._checked += packet.encode()
