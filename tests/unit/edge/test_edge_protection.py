"""What a roll copy lies under: chosen, changed at any instant, and never claimed where it is not so."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from edge.errors import RollLockedError, StartError
from edge.protection import AtRest, RollKeys, choose, credential_file
from edge.provisioning import Folder, prepare
from edge.roll_file import EMPTY, FORM, RollFile, StoredRoll
from edge.settings import load, save, settings_of
from wire.errors import WireError
from wire.roll import RollPerson
from wire.versions import Version

STORED = StoredRoll(
    form=FORM,
    version=Version(1, 5),
    people=[RollPerson(person="P-000001", fingers=[], zones=["yard"])],
)
HALF = b"h" * 32


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "gate-1")
    prepare(folder)
    save(folder.settings, settings_of("gate", terminal="gate-1", sensor={"port": "/dev/x"}))
    return folder


def keys_of(
    folder: Folder, chosen: AtRest, *, half: bytes | None = None, tpm: Path | None = None
) -> RollKeys:
    keys = RollKeys(folder, chosen, {} if tpm is None else {"CREDENTIALS_DIRECTORY": str(tpm)})
    if half is not None:
        keys.release(half)
    return keys


def file_of(folder: Folder, keys: RollKeys) -> RollFile:
    return RollFile(folder.roll, keys, "gate-1")


def credentials(tmp_path: Path, raw: bytes = b"t" * 32) -> Path:
    (tmp_path / "roll.key").write_bytes(raw)
    return tmp_path


# Refusals


def test_a_copy_under_the_hubs_half_is_closed_until_the_hub_gives_it(folder: Folder) -> None:
    file_of(folder, keys_of(folder, AtRest.HUB_RELEASED, half=HALF)).save(STORED)
    closed = file_of(folder, keys_of(folder, AtRest.HUB_RELEASED))
    assert closed.misses_half()
    with pytest.raises(RollLockedError, match="until the hub gives"):
        closed.load()
    with pytest.raises(WireError):
        file_of(folder, keys_of(folder, AtRest.HUB_RELEASED, half=b"x" * 32)).load()
    opened = file_of(folder, keys_of(folder, AtRest.HUB_RELEASED, half=HALF))
    assert opened.load() == STORED
    assert not opened.misses_half()


def test_neither_half_alone_is_on_the_card_or_opens_the_copy(folder: Folder) -> None:
    file_of(folder, keys_of(folder, AtRest.HUB_RELEASED, half=HALF)).save(STORED)
    assert not (folder.keys / "roll.key").exists()
    assert all(HALF not in path.read_bytes() for path in folder.root.rglob("*") if path.is_file())
    (folder.keys / "roll.half").unlink()
    with pytest.raises(WireError):
        file_of(folder, keys_of(folder, AtRest.HUB_RELEASED, half=HALF)).load()


def test_without_a_key_nothing_is_written_in_the_clear(folder: Folder) -> None:
    with pytest.raises(RollLockedError):
        file_of(folder, keys_of(folder, AtRest.HUB_RELEASED)).save(STORED)
    assert not folder.roll.exists()


def test_tpm_is_not_claimed_where_there_is_none(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(folder.root))
    with pytest.raises(StartError, match="hub_released"):
        choose(folder, AtRest.TPM)
    assert load(folder.settings).protection.at_rest == "none"
    assert not credential_file(folder).exists()


def test_a_machine_whose_tpm_refuses_says_so(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    program = folder.root / "systemd-creds"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{folder.root}:/bin:/usr/bin")
    with pytest.raises(StartError, match="no TPM"):
        choose(folder, AtRest.TPM)
    assert load(folder.settings).protection.at_rest == "none"


def test_a_terminal_whose_tpm_key_did_not_come_says_none_while_it_holds_nothing(
    folder: Folder, tmp_path: Path
) -> None:
    assert file_of(folder, keys_of(folder, AtRest.TPM)).lies_under() is AtRest.NONE
    short = credentials(tmp_path, b"short")
    assert file_of(folder, keys_of(folder, AtRest.TPM, tpm=short)).lies_under() is AtRest.NONE


def test_a_key_that_others_may_read_is_not_used(folder: Folder) -> None:
    file = file_of(folder, keys_of(folder, AtRest.NONE))
    file.save(STORED)
    (folder.keys / "roll.key").chmod(0o644)
    with pytest.raises(StartError, match="open to other users"):
        file.load()


# What works


def test_a_sealed_credential_is_what_the_program_made(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = folder.root / "systemd-creds"
    program.write_text('#!/bin/sh\ncat > /dev/null\necho "$@"\n')
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{folder.root}:/bin:/usr/bin")
    choose(folder, AtRest.TPM)
    assert credential_file(folder).read_text() == "encrypt --with-key=tpm2 --name=roll.key - -\n"
    assert load(folder.settings).protection.at_rest == "tpm"


def test_nothing_stored_is_empty_under_any_choice(folder: Folder) -> None:
    for chosen in AtRest:
        assert file_of(folder, keys_of(folder, chosen)).load() == EMPTY


def _keys(folder: Folder, chosen: AtRest, tmp_path: Path) -> RollKeys:
    return keys_of(folder, chosen, half=HALF, tpm=credentials(tmp_path))


CHANGES = [(before, after) for before in AtRest for after in AtRest if before is not after]


@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_changing_it_writes_the_copy_anew_and_leaves_no_key_behind(
    folder: Folder, tmp_path: Path, before: AtRest, after: AtRest
) -> None:
    file_of(folder, _keys(folder, before, tmp_path)).save(STORED)
    keys = _keys(folder, after, tmp_path)
    file = file_of(folder, keys)
    assert file.lies_under() is before
    assert file.settle(file.load())
    assert file.lies_under() is after
    assert not file.settle(STORED)
    assert file.load() == STORED
    assert (folder.keys / "roll.key").exists() == (after is AtRest.NONE)


class CutError(Exception):
    """The power went."""


@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_a_cut_at_any_step_of_the_change_leaves_a_copy_that_opens(
    folder: Folder, tmp_path: Path, before: AtRest, after: AtRest, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_of(folder, _keys(folder, before, tmp_path)).save(STORED)
    finished = False
    for step in range(40):
        cut = _cut_after(step, monkeypatch)
        file = file_of(folder, _keys(folder, after, tmp_path))
        try:
            file.settle(file.load())
            finished = True
        except CutError:
            finished = False
        cut()
        again = file_of(folder, _keys(folder, after, tmp_path))
        assert again.load() == STORED
        if finished:
            break
    assert finished
    assert again.lies_under() is after
    assert (folder.keys / "roll.key").exists() == (after is AtRest.NONE)


def _cut_after(steps: int, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Every write, sync, rename and unlink counts; the one after `steps` of them does not happen any more."""
    left = [steps]

    def counting(real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **more: object) -> object:
            left[0] -= 1
            if left[0] < 0:
                raise CutError
            return real(*args, **more)

        return call

    real_sync, real_replace, real_unlink = os.fsync, Path.replace, Path.unlink
    monkeypatch.setattr(os, "fsync", counting(real_sync))
    monkeypatch.setattr(Path, "replace", counting(real_replace))
    monkeypatch.setattr(Path, "unlink", counting(real_unlink))

    def restore() -> None:
        monkeypatch.setattr(os, "fsync", real_sync)
        monkeypatch.setattr(Path, "replace", real_replace)
        monkeypatch.setattr(Path, "unlink", real_unlink)

    return restore
