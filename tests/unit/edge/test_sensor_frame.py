"""Packets out of bytes, whatever the bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.sensor.errors import SensorGarbage
from edge.sensor.frame import Packet, PacketDecoder, PacketType

kinds = st.sampled_from(list(PacketType))
payloads = st.binary(max_size=256)


def test_the_manual_s_own_example() -> None:
    """ZFM-20 user manual: verify password 0 to the factory address."""
    command = Packet(PacketType.COMMAND, b"\x13\x00\x00\x00\x00")
    assert command.encode().hex() == "ef01ffffffff010007130000000000" + "1b"


@given(st.lists(st.tuples(kinds, payloads), max_size=5), st.integers(1, 40), st.integers(0, 0xFFFFFFFF))
def test_packets_come_out_as_they_went_in(
    sent: list[tuple[PacketType, bytes]], step: int, address: int
) -> None:
    packets = [Packet(kind, payload, address) for kind, payload in sent]
    stream = b"".join(packet.encode() for packet in packets)
    decoder = PacketDecoder(address)
    received = []
    for start in range(0, len(stream), step):
        decoder.feed(stream[start : start + step])
        while packet := decoder.next_packet():
            received.append(packet)
    assert received == packets
    assert not decoder.unfinished


@given(st.binary(max_size=50).filter(lambda noise: b"\xef" not in noise), payloads)
def test_noise_before_a_packet_is_skipped_and_counted(noise: bytes, payload: bytes) -> None:
    decoder = PacketDecoder()
    decoder.feed(noise + Packet(PacketType.ACK, payload).encode())
    packet = decoder.next_packet()
    assert packet is not None
    assert packet.payload == payload
    assert decoder.skipped == len(noise)


@given(payloads, st.data())
def test_one_wrong_byte_never_gives_a_packet(payload: bytes, data: st.DataObject) -> None:
    good = bytearray(Packet(PacketType.ACK, payload).encode())
    good[data.draw(st.integers(0, len(good) - 1))] ^= data.draw(st.integers(1, 255))
    decoder = PacketDecoder()
    decoder.feed(bytes(good))
    try:
        packet = decoder.next_packet()
    except SensorGarbage:
        return
    assert packet is None


@given(st.binary(max_size=600))
def test_any_bytes_end_in_packets_waiting_or_garbage(stream: bytes) -> None:
    decoder = PacketDecoder()
    decoder.feed(stream)
    try:
        while decoder.next_packet():
            pass
    except SensorGarbage:
        return
    assert decoder.unfinished == bool(stream)


@pytest.mark.parametrize("length", [0, 1, 259, 0xFFFF])
def test_an_impossible_length_is_refused_from_the_header_alone(length: int) -> None:
    decoder = PacketDecoder()
    decoder.feed(b"\xef\x01\xff\xff\xff\xff\x07" + length.to_bytes(2, "big"))
    with pytest.raises(SensorGarbage, match="length"):
        decoder.next_packet()


def test_a_start_code_split_over_two_reads() -> None:
    whole = Packet(PacketType.ACK, b"\x00").encode()
    decoder = PacketDecoder()
    decoder.feed(b"\x55" + whole[:1])
    assert decoder.next_packet() is None
    decoder.feed(whole[1:])
    assert decoder.next_packet() == Packet(PacketType.ACK, b"\x00")


def test_another_address_is_refused() -> None:
    decoder = PacketDecoder(address=2)
    decoder.feed(Packet(PacketType.ACK, b"\x00", address=1).encode())
    with pytest.raises(SensorGarbage, match="address"):
        decoder.next_packet()


def test_a_payload_is_never_shown() -> None:
    assert "secret" not in repr(Packet(PacketType.DATA, b"secret"))


def test_an_oversize_payload_is_not_encoded() -> None:
    with pytest.raises(ValueError, match="256"):
        Packet(PacketType.DATA, bytes(257)).encode()
