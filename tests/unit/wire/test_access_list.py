"""What the broker lets a terminal say and hear is what there are channels for, each way."""

from __future__ import annotations

from pathlib import Path

from wire.topics import Channel, topic

ACL = Path(__file__).resolve().parents[3] / "firmware_configs" / "mosquitto" / "acl"


def test_every_channel_is_open_to_its_own_terminal_and_nothing_else() -> None:
    rules = {line for line in ACL.read_text().splitlines() if line.startswith("pattern ")}
    ways = {"up": "write", "down": "read"}
    topics = [topic("gate", channel) for channel in Channel]
    assert rules == {f"pattern {ways[one.split('/')[1]]} {one.replace('gate', '%u')}" for one in topics}
