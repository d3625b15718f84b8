"""Request bytes and reply parsers, against the manuals."""

import pytest

from edge.sensor import commands
from edge.sensor.commands import Command
from edge.sensor.errors import SensorGarbage, SensorRefused

REQUESTS = [
    (commands.VerifyPassword(0x01020304), "1301020304"),
    (commands.ReadParameters(), "0f"),
    (commands.SetBaud(115_200), "0e040c"),
    (commands.SetPacketSize(256), "0e0603"),
    (commands.ReadImage(), "01"),
    (commands.DownloadImage(), "0a"),
    (commands.SetLight(3, 0, 2, 0), "3503000200"),
]


@pytest.mark.parametrize(("command", "request_hex"), REQUESTS, ids=lambda value: type(value).__name__)
def test_request_bytes(command: Command[object], request_hex: str) -> None:
    assert command.request().hex() == request_hex


@pytest.mark.parametrize("command", [command for command, _ in REQUESTS], ids=lambda c: type(c).__name__)
class TestEveryReply:
    def test_an_unknown_refusal_names_command_and_code(self, command: Command[object]) -> None:
        with pytest.raises(SensorRefused, match="0x99") as refused:
            command.answer(b"\x99")
        assert command.name in str(refused.value)

    def test_an_empty_reply_is_garbage(self, command: Command[object]) -> None:
        with pytest.raises(SensorGarbage):
            command.answer(b"")

    def test_a_reply_of_another_length_is_garbage(self, command: Command[object]) -> None:
        for length in {command.reply_length + 1, command.reply_length + 4, 3} - {command.reply_length}:
            with pytest.raises(SensorGarbage):
                command.answer(bytes(1 + length))


def test_parameters_are_read() -> None:
    body = bytes.fromhex("0004000900c80003ffffffff00020006")
    assert commands.ReadParameters().answer(b"\x00" + body) == commands.Parameters(
        status=4,
        system_id=9,
        capacity=200,
        security_level=3,
        address=0xFFFFFFFF,
        packet_size=128,
        baud=57_600,
    )


def test_a_packet_size_that_does_not_exist_is_garbage() -> None:
    with pytest.raises(SensorGarbage):
        commands.ReadParameters().answer(bytes(13) + b"\x00\x04\x00\x06")


def test_only_a_clear_yes_is_a_finger() -> None:
    read = commands.ReadImage()
    assert read.answer(b"\x00") is True
    assert read.answer(b"\x02") is False
    for other in set(range(1, 256)) - {2}:
        with pytest.raises(SensorRefused):
            read.answer(bytes([other]))


@pytest.mark.parametrize("baud", [9_601, 0, 9_600 * 256])
def test_an_impossible_baud_is_not_sent(baud: int) -> None:
    with pytest.raises(ValueError, match="baud"):
        commands.SetBaud(baud).request()
