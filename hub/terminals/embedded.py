"""The embedded broker: amqtt in this process, for this machine alone, where mosquitto cannot be had.

What it lacks beside mosquitto: encryption, certificates and an access list (so loopback only, and whoever is on
this machine may connect under any name; a terminal that is cut off is refused by ingest alone), MQTT 5, limits on
message size and memory, and anything that outlives a restart. No journal entry is lost by that: terminals send
again what the hub has not committed, and say their state again at each connect.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from collections.abc import Callable, Iterator
from typing import Any

from amqtt.broker import Broker
from amqtt.errors import BrokerError as AmqttError
from amqtt.session import Session

from hub.terminals.errors import BrokerError
from hub.terminals.stopping import Stop

STOP_S = 5.0


def run(host: str, port: int, stop: Stop, say: Callable[[str], None]) -> int:
    """Run amqtt on loopback until a stop is asked, then 0; BrokerError for another host or when it cannot start."""
    if not is_loopback(host):
        raise BrokerError(
            "The embedded broker has neither encryption nor an access list, so it serves this machine only. "
            'Set host = "127.0.0.1" under [broker] in hub.toml, or use mosquitto.'
        )
    # Below this level amqtt writes out whole messages.
    logging.getLogger("amqtt").setLevel(logging.ERROR)
    logging.getLogger("transitions").setLevel(logging.ERROR)
    return asyncio.run(_serve(host, port, stop, say))


def is_loopback(host: str) -> bool:
    """True for an address of this machine alone, and for the name localhost."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _serve(host: str, port: int, stop: Stop, say: Callable[[str], None]) -> int:
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    broker = SteadyBroker(
        {
            "listeners": {"default": {"type": "tcp", "bind": bind}},
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        }
    )
    try:
        await broker.start()
    except AmqttError as error:
        raise BrokerError(f"The embedded broker cannot start on {host}:{port}: {error}.") from error
    say(f"Broker ready on {host}:{port} (amqtt, loopback only, no access list)")
    while not stop.asked:
        await asyncio.sleep(0.1)
    await asyncio.wait_for(broker.shutdown(), STOP_S)
    return 0


class _Calm(dict[str, Any]):
    """A dict that may be changed while somebody walks over it: the walk sees it as it was at the start."""

    def __iter__(self) -> Iterator[str]:
        return iter(list(super().__iter__()))

    def items(self) -> Any:
        return list(super().items())


class SteadyBroker(Broker):  # type: ignore[misc]  # amqtt is read without its types
    """amqtt without two faults of 0.12 that show when everybody comes back at once.

    It walks over its subscriptions while others subscribe, which ends the walker's message loop and leaves a
    client that is connected and hears nothing. And at each connect it sends the newcomer all retained messages
    that anybody subscribed to; MQTT 3.1.1 (3.3.1.3) has them sent at a subscription only.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._subscriptions = _Calm()

    async def _publish_retained_messages_for_subscription(
        self, subscription: tuple[str, int], session: Session
    ) -> None:
        # The resending at connect asks with QoS 0, which none of our subscriptions has.
        if subscription[1] > 0:
            await super()._publish_retained_messages_for_subscription(subscription, session)
