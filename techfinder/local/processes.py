"""Starting a child that does not outlive its parent, and that is not root."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any

PR_SET_PDEATHSIG = 1
# PostgreSQL refuses to run as root. Every Linux has this account, so none has to be made.
UNPRIVILEGED = "nobody"


@cache
def _libc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(number: signal.Signals = signal.SIGTERM) -> Any:
    """A `preexec_fn`: the kernel sends `number` to the child when its parent ends, however that ends."""
    libc = _libc()

    def ask_kernel() -> None:
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, int(number))

    return ask_kernel


def is_root() -> bool:
    return os.geteuid() == 0


def is_open_to_all(path: Path) -> bool:
    """Everybody may go through every directory down to `path`."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.absolute().parents))


def open_to_all(folder: Path) -> None:
    """Everybody may read `folder` and what is in it, whatever the umask of root was."""
    folder.parent.chmod(0o755)
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)


def give_away(path: Path) -> None:
    """Make the unprivileged account the owner, when we are root."""
    if is_root():
        account = pwd.getpwnam(UNPRIVILEGED)
        os.chown(path, account.pw_uid, account.pw_gid)


def start(command: Sequence[str | Path], *, log: IO[str], stop_signal: signal.Signals) -> subprocess.Popen[str]:
    """Start a service as an ordinary user, in a session of its own."""
    words = [str(word) for word in command]
    prefix = _demotion(stop_signal)
    return subprocess.Popen(
        [*prefix, *words],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
        preexec_fn=None if prefix else die_with_parent(stop_signal),
        text=True,
    )


def run(command: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
    """Run a command to its end as an ordinary user."""
    words = [str(word) for word in command]
    return subprocess.run(
        [*_demotion(None), *words],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _demotion(stop_signal: signal.Signals | None) -> list[str]:
    """What to put before a command so that root runs it as nobody.

    The one capability that stays lets it reach its data below directories that only root may enter (the home of root
    has mode 700 nearly everywhere): widening those modes instead would open somebody's home.
    """
    if not is_root():
        return []
    if not shutil.which("setpriv"):
        from .holding import LocalServiceError

        raise LocalServiceError("PostgreSQL does not run as root without the command setpriv (package util-linux).")
    account = pwd.getpwnam(UNPRIVILEGED)
    words = ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    capability = _reaching_capability()
    words += [f"--inh-caps=-all,+{capability}", f"--ambient-caps=-all,+{capability}"]
    if stop_signal is not None:
        words.append(f"--pdeathsig={stop_signal.name.removeprefix('SIG')}")
    return [*words, "--"]


@cache
def _reaching_capability() -> str:
    """The smaller of the two capabilities that pass closed directories; containers often have only the larger."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    bounding = next(int(line.split()[1], 16) for line in status.splitlines() if line.startswith("CapEff"))
    return "dac_read_search" if bounding & 1 << 2 else "dac_override"
