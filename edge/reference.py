"""`python -m edge.reference`: the reference of every setting, made from the models' files and the settings' types.

`docs/configuration.md` is its output; a test says when it is no longer.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import msgspec

from edge.sensor_profiles import PROFILES, profile_names, read_profile
from edge.settings import MODELS, read_model
from wire.settings import ModelSettings
from wire.settings_keys import Key, comments_of, keys

_HEAD = """# Configuration

What a terminal runs by. Made by `python -m edge.reference` from the files in `firmware_configs/` and the types in
`wire/settings.py`: change those, not this.

A terminal begins with its model's file. From then on the hub's desired configuration replaces all of it, version by
version (page Terminals, Configuration): tried for a time of probation, kept when the terminal stays well, taken back
by the terminal itself when it does not. What only the device knows, its name, its sensor and how its card is
protected, stays in its own `settings.json`. A wrong key is refused by its name; so is one that is missing, save the
optional ones. Orders (lockdown, evacuation) are apart, and never taken back with a configuration.

The end of a name is the unit: `_s` seconds, `_ms` milliseconds, `_mb` mebibytes, `_c` degrees Celsius, `_pin` a GPIO
line by its Broadcom number, `_fmr` a false-match rate of one whole search.
"""


def reference() -> str:
    """The whole document, in Markdown."""
    return "\n".join([_HEAD, *_models(), *_sensors()]) + "\n"


def main() -> int:
    """Writes it to standard output."""
    sys.stdout.write(reference())
    return 0


def _models() -> Iterator[str]:
    names = sorted(path.stem for path in MODELS.glob("*.toml"))
    settings = {name: read_model(name)[1] for name in names}
    told: dict[str, str] = {}
    for name in names:
        told.update(comments_of((MODELS / f"{name}.toml").read_text()))
    section = ""
    for key in keys():
        if key.section != section:
            section = key.section
            yield f"\n## [{section}]\n"
            yield f"| key | meaning | may be | {' | '.join(names)} |"
            yield "|---" * (3 + len(names)) + "|"
        values = " | ".join(_value(settings[name], key) for name in names)
        yield f"| `{key.name}` | {told[str(key)]} | {_may_be(key)} | {values} |"


def _sensors() -> Iterator[str]:
    yield "\n## Sensor profiles\n"
    yield "What manuals say of each sensor. What has a * is still to be confirmed by the manual of the unit in hand.\n"
    names = profile_names()
    profiles = {name: read_profile(name) for name in names}
    told = comments_of((PROFILES / f"{names[0]}.toml").read_text())
    yield f"| key | meaning | {' | '.join(names)} |"
    yield "|---" * (2 + len(names)) + "|"
    plain = {name: msgspec.to_builtins(profile) for name, profile in profiles.items()}
    for key, meaning in told.items():
        section, _, field = key.partition(".")
        cells = []
        for name in names:
            mark = " *" if key in profiles[name].to_confirm else ""
            cells.append(_text(plain[name][section][field]) + mark)
        yield f"| `{key}` | {meaning} | {' | '.join(cells)} |"


def _value(settings: ModelSettings, key: Key) -> str:
    return _text(getattr(getattr(settings, key.section), key.name))


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _may_be(key: Key) -> str:
    return key.must_be() + (", or left out" if key.optional else "")


if __name__ == "__main__":
    sys.exit(main())
