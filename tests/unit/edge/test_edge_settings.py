"""Settings: every model's file is good, and every wrong key is refused by its name."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from edge.errors import SettingsError
from edge.settings import MODELS, Settings, load, read_model, save, settings_of
from wire.settings_keys import Key, comments_of, faults_of, keys


def example(**sensor: object) -> Settings:
    return settings_of("gate", terminal="gate-1", sensor={"port": "/dev/pims-sensor", **sensor})


@pytest.mark.parametrize("name", ["gate", "cell_block", "officer_desk", "enrolment_desk"])
def test_every_model_has_a_file_that_is_valid(name: str) -> None:
    model, chosen = read_model(name)
    assert model == name
    assert chosen.passage.site_fmr <= chosen.passage.expected_fmr
    assert chosen.journal.reserve_mb < chosen.journal.low_mb


def test_no_model_file_is_untested() -> None:
    names = {path.stem for path in MODELS.glob("*.toml")}
    assert names == {"gate", "cell_block", "officer_desk", "enrolment_desk"}


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    settings = example(backend="pyfingerprint", baud=115_200)
    save(tmp_path / "settings.json", settings)
    assert load(tmp_path / "settings.json") == settings


def test_an_unknown_model_names_those_there_are() -> None:
    with pytest.raises(SettingsError, match="cell_block, enrolment_desk, gate, officer_desk"):
        read_model("turnstile")


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("tries = 3", "tries = 0", "passage.tries"),
        ("tries = 3", "tries = 9", "passage.tries"),
        ("tries = 3", 'tries = "three"', "passage.tries"),
        ("tries = 3", "", "tries"),
        ("tries = 3", "tries = 3\nforce = true", "force"),
        ("site_fmr = 1e-6", "site_fmr = 0.5", "passage.site_fmr"),
        ("retry_s = 10.0", "retry_s = nan", "passage.retry_s"),
        ("keepalive_s = 20", "keepalive_s = 1", "uplink.keepalive_s"),
        ("[engine]", "[engines]", "engine"),
    ],
)
def test_a_wrong_key_is_refused_by_name(tmp_path: Path, old: str, new: str, key: str) -> None:
    good = (MODELS / "gate.toml").read_text()
    assert old in good
    path = tmp_path / "mine.toml"
    path.write_text(good.replace(old, new))
    with pytest.raises(SettingsError, match="Correct it") as refused:
        read_model(str(path))
    assert key in refused.value.sentence


def _wrong_values(key: Key) -> list[object]:
    """Values that a key must not have: of another type, and past each of its bounds."""
    found: list[object] = [{"a": 1}, None] if not key.optional else [{"a": 1}, "seventeen"]
    if key.least is not None and key.most is not None:
        found += [key.least - 1, key.most + 1, float("nan"), "1"]
    if key.kind == "bool":
        found += ["yes", 2]
    if key.choices:
        found += ["something else", 3]
    return found


@pytest.mark.parametrize("model", ["gate", "cell_block", "officer_desk", "enrolment_desk"])
def test_every_key_of_every_model_is_refused_by_name_when_wrong_or_missing(model: str) -> None:
    content = tomllib.loads((MODELS / f"{model}.toml").read_text())
    for key in keys():
        for wrong in _wrong_values(key):
            changed = {**content, key.section: {**content[key.section], key.name: wrong}}
            assert [fault.key for fault in faults_of(changed)] == [str(key)], (key, wrong)
        without = {name: value for name, value in content[key.section].items() if name != key.name}
        missing = [fault.key for fault in faults_of({**content, key.section: without})]
        assert missing == ([] if key.optional else [str(key)])


@pytest.mark.parametrize("model", ["gate", "cell_block", "officer_desk", "enrolment_desk"])
def test_every_key_of_every_model_says_what_it_is(model: str) -> None:
    text = (MODELS / f"{model}.toml").read_text()
    content, told = tomllib.loads(text), comments_of(text)
    assert list(told) == [str(key) for key in sorted(keys(), key=lambda key: list(told).index(str(key)))]
    for key in keys():
        assert len(told[str(key)]) > 8, key
        assert key.optional or key.name in content[key.section], key


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"passage": {"site_fmr": 1e-3}}, "site_fmr must not be more than expected_fmr"),
        ({"journal": {"low_mb": 16}}, "low_mb must be more than reserve_mb"),
        ({"courier": {"resend_most_s": 1.0}}, "resend_most_s must not be less than resend_s"),
        ({"uplink": {"retry_most_s": 0.5}}, "retry_most_s must not be less than retry_s"),
        ({"gate": {"relay_enabled": True}}, "relay_enabled needs relay_pin"),
        ({"gate": {"contact_pin": 4, "exit_pin": 4}}, "one pin is given twice"),
    ],
)
def test_keys_that_do_not_go_together_are_said_so(changes: dict[str, dict[str, object]], named: str) -> None:
    content = tomllib.loads((MODELS / "gate.toml").read_text())
    for section, some in changes.items():
        content[section].update(some)
    assert any(named in fault.what for fault in faults_of(content))


def test_all_that_is_wrong_is_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    text = (MODELS / "gate.toml").read_text()
    path.write_text(text.replace("tries = 3 ", "tries = 0 ").replace("hot_c = 80.0", "hot_c = 8.0"))
    with pytest.raises(SettingsError) as refused:
        read_model(str(path))
    assert "passage.tries must be a whole number from 1 to 5" in refused.value.sentence
    assert "health.hot_c must be a number from 30 to 110" in refused.value.sentence


def test_a_model_of_ones_own_is_read_from_a_path(tmp_path: Path) -> None:
    path = tmp_path / "turnstile.toml"
    path.write_text((MODELS / "gate.toml").read_text())
    assert read_model(str(path))[0] == "turnstile"


@pytest.mark.parametrize("content", ["[passage", "\x00", ""])
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(content)
    with pytest.raises(SettingsError):
        read_model(str(path))


def test_a_baud_rate_that_no_sensor_has_is_refused_by_name() -> None:
    with pytest.raises(SettingsError, match=r"sensor\.baud"):
        example(baud=300)


@pytest.mark.parametrize(
    "change",
    [
        {"terminal": "Gate 1"},
        {"surprise": 1},
        {"sensor": {"port": ""}},
        {"passage": None},
    ],
)
def test_a_changed_settings_file_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "settings.json"
    save(path, example())
    content = json.loads(path.read_text())
    content["settings"]["1"].update(change)
    path.write_text(json.dumps(content))
    with pytest.raises(SettingsError) as refused:
        load(path)
    assert next(iter(change)) in refused.value.sentence


@pytest.mark.parametrize(
    "content",
    ["{}", '{"settings": {}}', '{"settings": {"x": {}}}', '{"settings": [1]}', '{"settings": 3}', "[]"],
)
def test_a_file_of_another_form_is_refused_and_not_a_traceback(tmp_path: Path, content: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(content)
    with pytest.raises(SettingsError, match="rovision"):
        load(path)


def test_no_terminal_at_all_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="pims-edge init"):
        load(tmp_path / "settings.json")
