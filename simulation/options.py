"""What `./pims demo` can be told."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from simulation.day.cast import FEWEST as FEWEST_OF_DAY

LEAST_SCANS = 20
"""So that some are made while a terminal is offline, and some at the device that replaces another."""

INVENTED = 1200
"""Beside the walkers, where somebody looks on."""

PEOPLE = 40


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """What was asked for; SystemExit with a sentence when it does not go together."""
    parser = argparse.ArgumentParser(
        prog="./pims demo", description="A small prison with people who walk, to look at or to be measured."
    )
    parser.add_argument(
        "--headless", action="store_true", help="no person before the screen: measure, report and end"
    )
    parser.add_argument(
        "--day",
        action="store_true",
        help="a day in ten minutes without a person before the screen: ends by itself, tells as JSON what the hub "
        "noticed of what truly happened, and exits with 0 when that is everything, else 1 (2: not set up)",
    )
    parser.add_argument(
        "--scans", type=_positive, default=200, help="with --headless: scans to make (default 200)"
    )
    parser.add_argument(
        "--prints", type=Path, help="folder of prints <finger>_<impression>.png instead of synthetic ones"
    )
    parser.add_argument(
        "--baud",
        type=int,
        choices=(57_600, 115_200, 230_400, 460_800, 921_600),
        help="pace the sensors' lines",
    )
    parser.add_argument(
        "--kill",
        action="store_true",
        help="with --headless: kill terminals, hub, broker and whatever speaks with agencies at random",
    )
    parser.add_argument(
        "--no-trials",
        action="store_true",
        help="with --headless: no terminal is kept offline, cut off or replaced while people walk",
    )
    parser.add_argument(
        "--no-sharing",
        action="store_true",
        help="without the four sandbox partners: police, courts, forensic service, observatory",
    )
    parser.add_argument(
        "--report", type=Path, help="with --headless or --day: write the figures there as JSON"
    )
    parser.add_argument(
        "--broker", choices=("mosquitto", "amqtt"), help="which broker (default: mosquitto where it is)"
    )
    parser.add_argument(
        "--backend", choices=("zfm", "pyfingerprint"), default="zfm", help="which sensor driver"
    )
    parser.add_argument(
        "--people",
        type=_positive,
        help=f"people enrolled, with synthetic prints (default {PEOPLE}; with --day {FEWEST_OF_DAY})",
    )
    parser.add_argument(
        "--invented",
        type=_none_or_more,
        metavar="N",
        help=f"people of the register who never walk (default {INVENTED}; with --headless none)",
    )
    parser.add_argument("--port", type=int, default=0, help="port of the page (default: a free one)")
    parser.add_argument("--seed", type=int, default=1, help="seed of people, walks and kills")
    parser.add_argument(
        "--keep", action="store_true", help="leave the data and logs where they are afterwards"
    )
    chosen = parser.parse_args(words)
    chosen.headless = chosen.headless or chosen.day
    if chosen.invented is None:
        chosen.invented = 0 if chosen.headless else INVENTED
    if chosen.people is None:
        chosen.people = FEWEST_OF_DAY if chosen.day else PEOPLE
    plays = chosen.day or not chosen.headless
    if plays and chosen.people < FEWEST_OF_DAY:
        parser.error(f"the day needs --people of at least {FEWEST_OF_DAY}: each has a part in it")
    if chosen.kill and (chosen.day or not chosen.headless):
        parser.error("--kill needs --headless without --day")
    if not plays and not chosen.no_trials and chosen.scans < LEAST_SCANS:
        parser.error(f"--headless needs --scans of at least {LEAST_SCANS}: people walk while devices fail")
    if chosen.report is not None and not chosen.report.absolute().parent.is_dir():
        parser.error(f"there is no folder {chosen.report.absolute().parent} for the report")
    return chosen


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("at least 1 is needed")
    return value


def _none_or_more(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError("0 or more is needed")
    return value
