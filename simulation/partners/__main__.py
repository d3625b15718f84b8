"""`python -m simulation.partners KIND --folder F --api URL`: one agency's program.

It makes a key and a request, listens for webhooks, and prints `Partner ready URL PIN`: where it is told, and the
SHA-256 of its certificate. Once `client.pem` and `agencies-ca.pem` lie in its folder it works, until it is stopped. It
may be killed at any moment and started again: what it was told and what it is about to send lie in its folder.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from simulation.partners import courts, forensic, observatory, police
from simulation.partners.hearing import Partner, Plan
from simulation.partners.identity import prepare
from simulation.partners.memory import Memory
from simulation.partners.receiver import listen
from simulation.partners.truth import Truth

KINDS = {
    "police": police.Police,
    "courts": courts.Courts,
    "forensic": forensic.Forensic,
    "observatory": observatory.Observatory,
}


def main(words: Sequence[str] | None = None) -> int:
    """Works until SIGTERM; 0."""
    parser = argparse.ArgumentParser(prog="python -m simulation.partners", description=__doc__)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--folder", type=Path, required=True, help="its keys, its certificate and its log")
    parser.add_argument("--api", required=True, help="address of the agencies' interface")
    parser.add_argument("--client", help="name of its program at the prison (default: KIND-sandbox)")
    chosen = parser.parse_args(words)
    chosen.folder.mkdir(parents=True, exist_ok=True)
    prepare(chosen.folder)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    client = chosen.client or f"{chosen.kind}-sandbox"
    plan = Plan(chosen.folder, chosen.api, client)
    partner = Partner(plan, Truth(chosen.folder / "truth.jsonl"), Memory(chosen.folder), stop)
    with listen(chosen.folder, partner) as address:
        print(f"Partner ready {address.url} {address.pin}", flush=True)
        KINDS[chosen.kind](partner).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
