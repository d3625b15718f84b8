"""Sensor profiles: each is good, each wrong key is refused by name, and the reference is what the files say."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.errors import SettingsError
from edge.reference import reference
from edge.sensor.geometry import KNOWN_GEOMETRIES
from edge.sensor_choice import sensor_settings
from edge.sensor_profiles import PROFILES, SensorProfile, profile_names, read_profile
from wire.settings import SensorChoice
from wire.settings_keys import comments_of

NAMES = ["as608", "r305", "r307", "r503", "zfm20"]


def test_there_is_a_profile_for_each_sensor_that_is_supported() -> None:
    assert profile_names() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_profile_says_what_the_driver_knows(name: str) -> None:
    profile = read_profile(name)
    known = {(one.width, one.height, one.dpi, one.byte_count) for one in KNOWN_GEOMETRIES}
    image = profile.image
    assert (image.width, image.height, image.dpi, image.byte_count) in known
    assert profile.bauds == sorted(profile.bauds)
    assert 57_600 in profile.bauds


@pytest.mark.parametrize("name", NAMES)
def test_every_key_says_what_it_is_and_what_to_confirm_exists(name: str) -> None:
    plain = msgspec.to_builtins(read_profile(name))
    told = comments_of((PROFILES / f"{name}.toml").read_text())
    every = {f"{section}.{key}" for section, held in plain.items() if isinstance(held, dict) for key in held}
    assert set(told) == every
    assert set(plain["to_confirm"]) <= every


def _leaves(content: dict[str, Any]) -> list[tuple[list[str], Any]]:
    return [
        *[([key], value) for key, value in content.items() if not isinstance(value, dict)],
        *[
            ([name, key], v)
            for name, held in content.items()
            if isinstance(held, dict)
            for key, v in held.items()
        ],
    ]


@pytest.mark.parametrize("name", NAMES)
def test_every_wrong_key_is_refused_by_name(tmp_path: Path, name: str) -> None:
    content = tomllib.loads((PROFILES / f"{name}.toml").read_text())
    path = tmp_path / "mine.toml"
    for where, value in _leaves(content):
        for wrong in ('"wrong"', "-1", "[[]]"):
            if isinstance(value, str) and wrong == '"wrong"':
                continue
            changed = _with(content, where, wrong)
            path.write_text(changed)
            with pytest.raises(SettingsError) as refused:
                read_profile(str(path))
            assert where[-1] in refused.value.sentence, (where, wrong)


def test_a_profile_that_is_none_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="as608, r305, r307, r503, zfm20"):
        read_profile("r999")
    (tmp_path / "mine.toml").write_text("[line")
    with pytest.raises(SettingsError, match="TOML"):
        read_profile(str(tmp_path / "mine.toml"))


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ({"bauds": [57_600, 60_000]}, "multiples of 9600"),
        ({"default_baud": 9_600, "bauds": [57_600]}, "default_baud must be one of bauds"),
        ({"default_packet_bytes": 33}, "default_packet_bytes must be one of"),
    ],
)
def test_facts_of_a_line_that_do_not_go_together_are_refused(line: dict[str, Any], named: str) -> None:
    plain = msgspec.to_builtins(read_profile("zfm20"))
    plain["line"].update(line)
    with pytest.raises(msgspec.ValidationError, match=named):
        msgspec.convert(plain, SensorProfile)


def test_a_profile_changes_how_the_sensor_is_looked_for() -> None:
    plain = sensor_settings(SensorChoice(port="/dev/pims-sensor"))
    assert (plain.bauds, plain.patience) == ((57_600, 115_200), 1.0)
    slow = sensor_settings(SensorChoice(port="/dev/pims-sensor", profile="as608", patience=2.0))
    assert slow.bauds[:2] == (57_600, 115_200)
    assert len(slow.bauds) == 12
    assert slow.patience == 3.0
    with pytest.raises(SettingsError, match="r999"):
        sensor_settings(SensorChoice(port="/dev/pims-sensor", profile="r999"))


def test_the_reference_in_the_docs_is_the_present_one() -> None:
    written = Path(__file__).resolve().parents[3] / "docs" / "configuration.md"
    assert written.read_text() == reference(), (
        "write it anew: python -m edge.reference > docs/configuration.md"
    )


def _with(content: dict[str, Any], where: list[str], wrong: str) -> str:
    """The profile as TOML with one key changed."""
    lines = []
    for key, value in content.items():
        if not isinstance(value, dict):
            lines.append(f"{key} = {wrong if where == [key] else _toml(value)}")
    for section, held in content.items():
        if isinstance(held, dict):
            lines.append(f"[{section}]")
            lines += [
                f"{key} = {wrong if where == [section, key] else _toml(value)}" for key, value in held.items()
            ]
    return "\n".join(lines)


def _toml(value: Any) -> str:
    return msgspec.json.encode(value).decode()
