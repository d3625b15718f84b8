"""What makes a machine a terminal: planned before anything is touched, taken back whole, read by its own programs."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from edge.__main__ import main
from edge.errors import InstallError
from edge.install.doing import put, steps, undo
from edge.install.plan import PI, Wanted, files

CONFIG = "# Raspberry Pi OS\ndtparam=audio=on\n"
CMDLINE = "console=serial0,115200 console=tty1 root=PARTUUID=1-02 rootfstype=ext4 rootwait\n"
FSTAB = "PARTUUID=1-01 /boot/firmware vfat defaults 0 2\nPARTUUID=1-02 / ext4 defaults,noatime 0 1\n"
SYSTEM_PROGRAMS = "/usr/sbin:/sbin"


@pytest.fixture
def card(tmp_path: Path) -> Path:
    """The root of a card fresh from the image."""
    for folder in ("etc", "boot/firmware"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "boot/firmware/config.txt").write_text(CONFIG)
    (tmp_path / "boot/firmware/cmdline.txt").write_text(CMDLINE)
    (tmp_path / "etc/fstab").write_text(FSTAB)
    return tmp_path


def everything(card: Path) -> dict[str, str]:
    return {
        str(path.relative_to(card)): path.read_text()
        for path in sorted(card.rglob("*"))
        if path.is_file() and "pims-install" not in str(path)
    }


@pytest.mark.parametrize("address", ["hub.local", "10.0.0", "10.0.0.5; drop", "fd00::1"])
def test_a_hub_that_is_no_number_is_refused(card: Path, address: str) -> None:
    with pytest.raises(InstallError, match=r"10\.0\.0\.5"):
        files(Wanted(hub=address), card)


def test_a_folder_without_a_system_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["install", "--root", str(tmp_path)]) == 2
    assert "holds no system" in capsys.readouterr().err


def test_a_dry_run_tells_everything_and_touches_nothing(
    card: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = everything(card)
    assert main(["install", "--root", str(card), "--dry-run", "--hub", "10.0.0.5", "--screen", "kiosk"]) == 0
    said = capsys.readouterr().out
    assert everything(card) == before
    assert "new     /etc/systemd/system/pims-kiosk.service" in said
    assert "changed /boot/firmware/cmdline.txt" in said


def test_the_uart_is_the_sensor_s_alone(card: Path) -> None:
    put(steps(files(Wanted(), card), card), card)
    assert (card / "boot/firmware/cmdline.txt").read_text() == CMDLINE.replace("console=serial0,115200 ", "")
    config = (card / "boot/firmware/config.txt").read_text()
    assert config.startswith(CONFIG.rstrip())
    assert config.endswith("[all]\ninclude pims.txt\n")
    assert "dtoverlay=disable-bt" in (card / "boot/firmware/pims.txt").read_text()


def test_twice_is_once(card: Path) -> None:
    wanted = Wanted(hub="10.0.0.5", screen="kiosk", gpio=True, read_only_root=True)
    put(steps(files(wanted, card), card), card)
    once = everything(card)
    again = steps(files(wanted, card), card)
    assert {step.what for step in again} == {"same"}
    put(again, card)
    assert everything(card) == once


def test_everything_can_be_taken_back(card: Path) -> None:
    before = everything(card)
    put(steps(files(Wanted(hub="10.0.0.5"), card), card), card)
    put(steps(files(Wanted(hub="10.0.0.6", read_only_root=True), card), card), card)
    assert undo(card)
    assert everything(card) == before
    assert undo(card) == []


def test_root_becomes_read_only_and_what_is_kept_has_its_own_partition(card: Path) -> None:
    put(steps(files(Wanted(read_only_root=True), card), card), card)
    lines = [
        line.split()
        for line in (card / "etc/fstab").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    options = {line[1]: line[3].split(",") for line in lines}
    assert options["/"] == ["ro", "defaults", "noatime"]
    assert "ro" in options["/boot/firmware"]
    assert "errors=remount-ro" in options["/data"]
    assert {"/var/lib/private", "/var/cache/private", "/tmp"} <= set(options)


def test_only_what_was_asked_for_is_opened(card: Path) -> None:
    plain = {str(file.path) for file in files(Wanted(), card)}
    assert not any("gpio" in path or "kiosk" in path or "nftables" in path for path in plain)
    gate = {str(file.path): file.content for file in files(Wanted(gpio=True), card)}
    unit = gate["/etc/systemd/system/pims-terminal.service.d/gpio.conf"]
    assert "DeviceAllow=char-gpiochip rw" in unit
    assert "pims-edge safe-state" in unit


@pytest.mark.skipif(
    shutil.which("nft", path=SYSTEM_PROGRAMS) is None, reason="nftables is not on this machine"
)
def test_the_firewall_is_one_that_nft_takes(card: Path, tmp_path: Path) -> None:
    rules = next(f for f in files(Wanted(hub="10.0.0.5"), card) if f.path.name == "nftables.conf")
    path = tmp_path / "rules"
    path.write_text(rules.content)
    nft = str(shutil.which("nft", path=SYSTEM_PROGRAMS))
    done = subprocess.run([nft, "-c", "-f", path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert rules.content.count("policy drop") == 3


@pytest.mark.skipif(
    shutil.which("chronyd", path=SYSTEM_PROGRAMS) is None, reason="chrony is not on this machine"
)
def test_the_time_comes_from_the_hub_alone(card: Path, tmp_path: Path) -> None:
    (chrony,) = (f for f in files(Wanted(hub="10.0.0.5"), card) if "chrony" in f.path.parts)
    path = tmp_path / "chrony.conf"
    path.write_text(chrony.content)
    chronyd = str(shutil.which("chronyd", path=SYSTEM_PROGRAMS))
    done = subprocess.run([chronyd, "-p", "-f", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    servers = [line for line in done.stdout.splitlines() if line.startswith("server")]
    assert servers == ["server 10.0.0.5 iburst minpoll 4 maxpoll 8"]


def test_no_secret_and_no_address_stands_in_what_is_delivered() -> None:
    for path in PI.iterdir():
        assert "password" not in path.read_text().lower()
    assert "@hub4@" in (PI / "nftables.conf").read_text()
