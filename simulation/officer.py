"""An officer on post at one terminal of a shown demo, with a PIN of this demo only, and that terminal's own page."""

from __future__ import annotations

from dataclasses import dataclass

from simulation.line import HOST
from simulation.prison import Prison
from simulation.processes import Service, free_port, run
from simulation.staff import employ, secret_in

OLGA = ("olga", "Olga Cal")
"""Login and name."""
_SHIFT_H = 12


@dataclass(frozen=True)
class Officer:
    """How to sign in: with `password` at the hub, with `pin` at the terminal."""

    login: str
    password: str
    pin: str


def post_officer(prison: Prison, checkpoint: str, who: tuple[str, str] = OLGA) -> Officer:
    """Makes the account and its PIN at the hub, and puts the officer on post at the checkpoint."""
    hub, (login, name) = ("--data", str(prison.hub)), who
    password = employ(prison.hub, (login, "officer", name)).password
    pin = secret_in(run("pims-hub", "accounts", "make-pin", *hub, login))
    run("pims-hub", "posts", "set", *hub, login, "--checkpoint", checkpoint, "--hours", str(_SHIFT_H))
    return Officer(login, password, pin)


def page_of(prison: Prison, terminal: str) -> tuple[Service, str]:
    """The terminal's page, started, and its address."""
    port = free_port()
    words = ["pims-edge", "page", "--data", str(prison.data_of(terminal)), "--port", str(port)]
    page = Service(f"{terminal}-page", words, "Page at", prison.logs)
    page.start()
    return page, f"http://{HOST}:{port}/"
