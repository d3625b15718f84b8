"""The embedded broker: amqtt in this process, for this machine alone, where mosquitto cannot be had.

What it lacks beside mosquitto: encryption, certificates and an access list (so loopback only, and whoever is on
this machine may connect under any name; a terminal that is cut off is refused by ingest alone), MQTT 5, limits on
message size and memory, and anything that outlives a restart. No journal entry is lost by that: terminals send
again what the hub has not committed, and say their state again at each connect.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from amqtt.broker import Broker
from amqtt.errors import BrokerError as AmqttError
from amqtt.session import Session

from hub.terminals.errors import BrokerError
from hub.terminals.stopping import Stop
from wire.provisioning import is_loopback

STOP_S = 5.0
TICK_TURNS = 5


def run(
    host: str, port: int, stop: Stop, say: Callable[[str], None], tick: Callable[[], object] | None = None
) -> int:
    """Run amqtt on loopback until a stop is asked, then 0; BrokerError for another host or when it cannot start.

    `tick` is called about twice a second, for what else this process does.
    """
    if not is_loopback(host):
        raise BrokerError(
            "The embedded broker has neither encryption nor an access list, so it serves this machine only. "
            'Set host = "127.0.0.1" under [broker] in hub.toml, or use mosquitto.'
        )
    # Below this level amqtt writes out whole messages.
    logging.getLogger("amqtt").setLevel(logging.ERROR)
    logging.getLogger("transitions").setLevel(logging.ERROR)
    return asyncio.run(_serve(host, port, stop, say, tick or _nothing))


async def _serve(
    host: str, port: int, stop: Stop, say: Callable[[str], None], tick: Callable[[], object]
) -> int:
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
    turns = 0
    while not stop.asked:
        await asyncio.sleep(0.1)
        turns += 1
        if turns % TICK_TURNS == 0:
            await asyncio.to_thread(tick)
    await asyncio.wait_for(broker.shutdown(), STOP_S)
    return 0


def _nothing() -> None:
    """Nothing else is to be done."""


class SteadyBroker(Broker):  # type: ignore[misc]  # amqtt is read without its types
    """amqtt without a fault of 0.12: at each connect it sends the newcomer whatever retained message anybody
    subscribed to. MQTT 3.1.1 (3.3.1.3) has retained messages sent at a subscription only. And it walks over the
    subscriptions meanwhile, so that somebody else's subscription ends the newcomer's message loop: connected, and
    deaf for good.
    """

    async def _publish_retained_messages_for_subscription(
        self, subscription: tuple[str, int], session: Session
    ) -> None:
        # The resending at connect asks with QoS 0, which none of our subscriptions has.
        if subscription[1] > 0:
            await super()._publish_retained_messages_for_subscription(subscription, session)
