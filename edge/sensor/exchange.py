"""One command in, one reply out, one absolute deadline on the monotonic clock."""

from typing import TypeVar

from edge.sensor.commands import Command, DownloadImage, Parameters, ReadParameters
from edge.sensor.connection import SerialLine
from edge.sensor.errors import SensorGarbage, SensorRefused, SensorSilent
from edge.sensor.frame import OVERHEAD, Packet, PacketDecoder, PacketType
from edge.sensor.geometry import LARGEST_IMAGE_BYTES

Answer = TypeVar("Answer")

QUIET_S = 0.03  # longer than a USB adapter holds bytes back (16 ms on FTDI)
IDLE_S = 0.5  # a sensor streams its image without a pause; one that stops for so long has died
SLACK = 1.2  # clock error of the sensor's UART and pauses between its packets
_STRANGERS = (b"\x13", b"\x20", b"\x21")  # what a sensor says that wants a password or another address
LARGEST_ANSWER_BYTES = LARGEST_IMAGE_BYTES + OVERHEAD * (LARGEST_IMAGE_BYTES // 32)


class Exchange:
    """Commands over one line. The protocol numbers no replies, so order is all there is:

    after a failed exchange a late reply may still come, and would be taken for the next answer.
    So the next command first gets in step: it lets the line fall quiet, asks for the parameters,
    whose reply is unlike any other, and throws away whatever comes before it.
    """

    def __init__(self, line: SerialLine, address: int, patience: float = 1.0) -> None:
        self._line = line
        self._address = address
        self._patience = patience
        self._decoder = PacketDecoder(address)
        self._in_step = False

    def run(self, command: Command[Answer]) -> Answer:
        """Raises SensorSilent, SensorGarbage, SensorRefused, SensorLost."""
        if not self._in_step:
            self.get_in_step()
        return self._attempt(command)

    def introduce(self, command: Command[Answer]) -> Answer:
        """Like `run`, for the first command to a sensor that may answer nothing before it."""
        self._fall_quiet()
        return self._attempt(command)

    def download(self, command: DownloadImage) -> tuple[bytes, float]:
        """The image's bytes and the instant the last one had come. Raises as `run` does."""
        self.run(command)
        self._in_step = False
        idle_s = IDLE_S * self._patience
        deadline = self._line.now() + self._longest_transfer_s() * SLACK + idle_s
        image = bytearray()
        while True:
            packet = self._receive(min(deadline, self._line.now() + idle_s))
            if packet.kind not in (PacketType.DATA, PacketType.END):
                raise SensorGarbage("The sensor answered in the middle of an image.")
            image += packet.payload
            if len(image) > LARGEST_IMAGE_BYTES:
                raise SensorGarbage("The sensor sends more than any image holds.")
            if packet.kind is PacketType.END:
                self._in_step = True
                return bytes(image), self._line.now()

    def get_in_step(self) -> Parameters:
        """The sensor's parameters. Ends within the wire time of one image and 1 s. Raises as `run` does."""
        self._fall_quiet()
        return self._await_parameters()[0]

    def strays(self) -> int:
        """How many bytes and packets were still owed to us; 0 proves that every answer was its own.

        Raises as `run` does.
        """
        waiting = self._discard()
        return waiting + self._await_parameters()[1]

    def _await_parameters(self) -> tuple[Parameters, int]:
        command = ReadParameters()
        deadline = self._line.now() + self._allowance_s(command)
        self._send(command)
        strays = 0
        while True:
            packet = self._receive(deadline)
            if packet.kind is PacketType.ACK and len(packet.payload) == 1 + command.reply_length:
                self._in_step = True
                return command.answer(packet.payload), strays
            if packet.kind is PacketType.ACK and packet.payload[:1] in _STRANGERS:
                raise SensorRefused(command.name, packet.payload[0])
            strays += 1

    def _attempt(self, command: Command[Answer]) -> Answer:
        self._discard()
        deadline = self._line.now() + self._allowance_s(command)
        self._send(command)
        packet = self._receive(deadline)
        if packet.kind is not PacketType.ACK:
            raise SensorGarbage("The sensor sent data where an answer was due.")
        try:
            answer = command.answer(packet.payload)
        except SensorRefused:
            self._in_step = True
            raise
        self._in_step = True
        return answer

    def _send(self, command: Command[Answer]) -> None:
        self._in_step = False
        self._line.send(Packet(PacketType.COMMAND, command.request(), self._address).encode())

    def _receive(self, deadline: float) -> Packet:
        while (packet := self._decoder.next_packet()) is None:
            data = self._line.receive(deadline)
            if data and self._line.now() <= deadline:
                self._decoder.feed(data)
            elif data or self._decoder.unfinished:
                raise SensorGarbage("The sensor's answer broke off or came too late; check the cable.")
            else:
                raise SensorSilent("The sensor does not answer; check its cable and power.")
        return packet

    def _discard(self) -> int:
        held = self._decoder.clear()
        return held + self._line.discard()

    def _fall_quiet(self) -> None:
        self._in_step = False
        self._decoder.clear()
        limit = self._line.now() + self._longest_transfer_s()
        self._line.drain(QUIET_S * self._patience, limit)
        if self._line.now() >= limit:
            raise SensorGarbage("The sensor does not stop sending; switch it off and on.")

    def _allowance_s(self, command: Command[Answer]) -> float:
        wire_bytes = 2 * OVERHEAD + len(command.request()) + 1 + command.reply_length
        return command.allowance_s * self._patience + self._line.wire_time_s(wire_bytes)

    def _longest_transfer_s(self) -> float:
        return self._line.wire_time_s(LARGEST_ANSWER_BYTES)
