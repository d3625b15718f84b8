"""The options of `pims-edge provision`, apart from its work, so that other commands need not load that."""

from __future__ import annotations

import argparse
from pathlib import Path

from edge.settings import MODELS

AUTO = "auto"
"""The sensor's port is looked for."""
USUAL = (57_600, 115_200)
"""What every manual of the family allows. A sensor that takes an order for a rate that it cannot do may be lost to us
for good, so others are tried only where its manual names them."""

DATA = Path("/var/lib/pims-terminal")
"""Where the service keeps its terminal; kernels are then compiled into the service's cache beside it."""


def register(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `pims-edge provision`; `--data` is declared by whoever adds the command."""
    add = parser.add_argument
    add("--hub", help="address of the hub's pages: https://10.0.0.5:8443")
    add("--terminal", help="its name: lower-case letters, digits and hyphens")
    add("--model", help=f"{', '.join(sorted(file.stem for file in MODELS.glob('*.toml')))}, or a .toml file")
    add("--sensor-port", default=AUTO, help="device of the sensor; looked for unless given")
    add("--sensor-backend", choices=("zfm", "pyfingerprint"), default="zfm")
    add("--sensor-rates", type=int, nargs="+", metavar="BAUD", default=list(USUAL),
        help="rates that its manual allows; the fastest that passes is kept")  # fmt: skip
    add("--sensor-profile", default="", metavar="PROFILE",
        help="as608, r305, r307, r503, zfm20, or a .toml file: its rates are then tried")  # fmt: skip
    add("--sensor-patience", type=float, default=1.0, metavar="N",
        help="multiplies the time that the sensor is given for its own work, 0.5 to 10")  # fmt: skip
    add("--without-sensor", action="store_true", help="go on without a sensor")
    add("--hub-key", default="", metavar="FINGERPRINT", help="take no other hub than the one with this key")
    add("--at-rest", choices=("none", "hub_released", "tpm"), default="",
        help="how the roll copy is protected on the card")  # fmt: skip
    add("--kernels", type=Path, metavar="DIR", help="where the service looks for compiled kernels")
    add("--wait-s", type=float, default=3600.0, metavar="S", help="how long to wait for the approval")
    add(
        "--arrival-s",
        type=float,
        default=120.0,
        metavar="S",
        help="how long to wait for the roll; 0 not at all",
    )
    add("--yes", action="store_true", help="ask nothing: whoever approves compares the code")
    add("--start-again", action="store_true", help="put what was begun here aside, and begin anew")
