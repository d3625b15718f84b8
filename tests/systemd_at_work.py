"""A real systemd in namespaces of its own, over a throw-away copy of this machine: units run under all their filters.

Needs root, because only root may make a PID 1. The copy is an overlay: whatever is written there is gone with it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
SYSTEMD = Path("/lib/systemd/systemd")
OPT = Path("/opt/pims")

_BOOT = """
set -e
export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
umask 022
mount --make-rprivate /
mount -t tmpfs tmpfs "$STAGE"
mkdir -p "$STAGE"/{up,work,root,pims-up,pims-work}
mount -t overlay overlay -o lowerdir=/,upperdir="$STAGE"/up,workdir="$STAGE"/work "$STAGE"/root
R=$STAGE/root
mount -t proc proc "$R"/proc
mount --rbind /sys "$R"/sys
mount --rbind /dev "$R"/dev
mount -t tmpfs tmpfs "$R"/run
mkdir -p "$R"/opt/pims "$R"/shared
mount -t overlay overlay -o lowerdir="$PROJECT",upperdir="$STAGE"/pims-up,workdir="$STAGE"/pims-work "$R"/opt/pims
mount --bind "$SHARED" "$R"/shared
rm -rf "$R"/etc/systemd/system "$R"/var/lib/pims-* "$R"/var/lib/private/pims-* "$R"/var/cache/private/pims-*
mkdir -p "$R"/etc/systemd/system "$R"/var/lib/private "$R"/var/cache/private
cp -a "$SHARED"/units/. "$R"/etc/systemd/system/
# The environment was made at another place: here it lies where an installed one lies.
grep -rlIF "$PROJECT" "$R"/opt/pims/.venv/bin "$R"/opt/pims/.venv/lib/python3*/site-packages/__editable__* \\
    | xargs -r sed -i "s#$PROJECT#/opt/pims#g"
# A Python below somebody's home cannot be seen by a unit: the copy gets it at another place.
case $PYTHON_PREFIX in /usr | /usr/local) ;; *)
    mkdir -p "$R"/opt/python
    mount --bind "$PYTHON_PREFIX" "$R"/opt/python
    ln -sfn /opt/python/bin/"$PYTHON_NAME" "$R"/opt/pims/.venv/bin/python
    for link in python3 "$PYTHON_NAME"; do ln -sfn python "$R"/opt/pims/.venv/bin/"$link"; done
    sed -i "s#^home = .*#home = /opt/python/bin#" "$R"/opt/pims/.venv/pyvenv.cfg
    mkdir -p "$R"/etc/systemd/system.conf.d
    conf="$R"/etc/systemd/system.conf.d/python.conf
    printf '[Manager]\nDefaultEnvironment=LD_LIBRARY_PATH=/opt/python/lib\n' > "$conf"
    export LD_LIBRARY_PATH=/opt/python/lib ;;
esac
if [ -x "$SHARED"/prepare ]; then chroot "$R" /shared/prepare > "$SHARED"/prepare.log 2>&1; fi
cd "$R"
mkdir -p before
pivot_root . before
umount -l /before
export container=pims
exec /lib/systemd/systemd --system --unit=at-work.target --log-target=console --log-level=info \\
    > /shared/systemd.log 2>&1
"""

_TARGET = """[Unit]
Description=Units at work
Wants={wants}
AllowIsolate=yes
DefaultDependencies=no
"""


def why_not() -> str | None:
    """Why no systemd can be started here, None when it can."""
    if os.geteuid() != 0:
        return "only root can start a systemd of its own"
    if not SYSTEMD.exists() or shutil.which("unshare") is None:
        return "there is no systemd on this machine"
    return None


@dataclass(frozen=True)
class Machine:
    """The running copy; `shared` is one folder seen from both sides, /shared inside."""

    shared: Path
    pid: int

    def output(self, unit: str) -> str:
        """What a unit has said so far."""
        path = self.shared / f"{unit}.log"
        return path.read_text() if path.exists() else ""

    def run(self, *words: str) -> str:
        """A command inside, as root; its output."""
        return subprocess.run(
            ["nsenter", "-t", str(self.pid), "-m", "-p", "-i", "-u", "-C", *words],
            capture_output=True,
            text=True,
            check=False,
        ).stdout

    def state(self, unit: str) -> str:
        """The word of `systemctl is-active`."""
        return self.run("systemctl", "is-active", unit).strip()

    def wait_for(self, unit: str, word: str, timeout_s: float = 90.0) -> None:
        """Returns when the unit's state is `word`; AssertionError with what it said when it never is."""
        deadline = time.monotonic() + timeout_s
        while (state := self.state(unit)) != word:
            if time.monotonic() > deadline:
                said = (self.shared / "systemd.log").read_text()[-2000:]
                raise AssertionError(f"{unit} is {state}, not {word}.\n{self.output(unit)[-3000:]}\n{said}")
            time.sleep(0.2)


@contextmanager
def machine(
    units: Mapping[str, str],
    start: list[str],
    *,
    prepare: str = "",
    lay_out: Callable[[Path], None] = lambda _: None,
) -> Iterator[Machine]:
    """Boots it with these unit files (by path below /etc/systemd/system), of which `start` are started.

    `lay_out` puts files into the shared folder; `prepare` is a shell script run inside before systemd is.
    """
    shared = Path(tempfile.mkdtemp(prefix="pims-systemd-"))
    stage = Path(tempfile.mkdtemp(prefix="pims-stage-"))
    lay_out(shared)
    _write_units(shared / "units", units, start)
    if prepare:
        script = shared / "prepare"
        script.write_text(f"#!/bin/bash\nset -e\n{prepare}")
        script.chmod(0o755)
    environment = {
        **os.environ,
        "STAGE": str(stage),
        "SHARED": str(shared),
        "PROJECT": str(PROJECT),
        "PYTHON_PREFIX": sys.base_prefix,
        "PYTHON_NAME": f"python3.{sys.version_info.minor}",
    }
    with (shared / "boot.log").open("w") as log:
        outer = subprocess.Popen(
            ["unshare", "-m", "-p", "-i", "-u", "-C", "-f", "bash", "-c", _BOOT],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            start_new_session=True,
        )
    try:
        yield Machine(shared, _first_process(outer, shared))
    finally:
        _end(outer)
        shutil.rmtree(stage, ignore_errors=True)
        shutil.rmtree(shared, ignore_errors=True)


def _write_units(folder: Path, units: Mapping[str, str], start: list[str]) -> None:
    for name, text in {**units, "at-work.target": _TARGET.format(wants=" ".join(start))}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _first_process(outer: subprocess.Popen[bytes], shared: Path) -> int:
    """PID, as seen from here, of the systemd inside, once it answers."""
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        if outer.poll() is not None:
            break
        children = Path(f"/proc/{outer.pid}/task/{outer.pid}/children").read_text().split()
        if children:
            inside = Machine(shared, int(children[0]))
            if inside.run("systemctl", "is-system-running").strip() in ("running", "degraded", "starting"):
                return inside.pid
        time.sleep(0.1)
    said = "".join(path.read_text() for path in sorted(shared.glob("*.log")))
    _end(outer)
    raise AssertionError(f"The systemd of its own did not start.\n{said[-4000:]}")


def _end(outer: subprocess.Popen[bytes]) -> None:
    """SIGKILL to PID 1 inside ends everything inside with it."""
    children = Path(f"/proc/{outer.pid}/task/{outer.pid}/children")
    if outer.poll() is None:
        for child in children.read_text().split():
            os.kill(int(child), signal.SIGKILL)
        outer.kill()
    outer.wait()
