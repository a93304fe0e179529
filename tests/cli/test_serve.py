"""`leeway serve` as a program of its own: its settings, its end, and what it says when it cannot run."""

from __future__ import annotations

import http.client
import json
import signal
import socket
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.demo.program import Program, run, started

from leeway.config import load
from leeway.errors import Invalid


def serving(program: Program) -> dict[str, Any]:
    """What the server says once it answers; its log is JSON where nobody sits at a terminal."""

    def found() -> dict[str, Any] | None:
        events = [json.loads(line) for line in program.err.splitlines() if line.endswith("}")]
        return next((event for event in events if event["event"] == "serving"), None)

    event = program.until(found)
    assert event is not None
    return event


def status(address: str, path: str) -> int:
    with closing(http.client.HTTPConnection(address.removeprefix("http://"), timeout=30)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer.status


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_server_says_where_it_is_and_stops_well(tmp_path: Path, number: signal.Signals) -> None:
    """It tells the address, the folder, the token and how to stop; a signal ends it with 0, and the address is free."""
    data = tmp_path / "data"
    with started(tmp_path / "home", "serve", "--port", "0", "--data", str(data)) as program:
        told = serving(program)
        assert told["data"] == str(data)
        assert told["stop"] == f"kill {program.pid}"
        assert Path(told["token"]).stat().st_mode & 0o077 == 0
        assert status(told["address"], "/readyz") == 200
        assert status(told["address"], "/") == 200
        assert program.stop(number) == 0
        with pytest.raises(ConnectionRefusedError):
            status(told["address"], "/healthz")
    assert not (data / "points.duckdb.wal").exists()


def test_a_second_server_does_not_get_the_same_folder(tmp_path: Path) -> None:
    """The folder has one owner; the other is told which process that is, and what to do."""
    data = str(tmp_path / "data")
    with started(tmp_path / "home", "serve", "--port", "0", "--data", data) as first:
        told = serving(first)
        second = run(tmp_path / "home", "serve", "--port", "0", "--data", data)
        assert second.returncode == 1
        assert f"in use by process {first.pid}" in second.stderr
        assert "use another data folder" in second.stderr
        assert "Traceback" not in second.stderr
        assert status(told["address"], "/readyz") == 200


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    """The message names the port and a way out; nothing was opened."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = run(tmp_path, "serve", "--port", str(port), "--data", str(tmp_path / "data"))
    assert answer.returncode == 1
    assert f"127.0.0.1:{port}" in answer.stderr
    assert "--port 0" in answer.stderr
    assert not (tmp_path / "data").exists()


def test_data_of_a_newer_leeway_are_left_alone(tmp_path: Path) -> None:
    """A format from the future is refused in words."""
    data = tmp_path / "data"
    with started(tmp_path / "home", "serve", "--port", "0", "--data", str(data)) as program:
        serving(program)
        assert program.stop() == 0
    with duckdb.connect(str(data / "points.duckdb")) as points:
        points.execute("UPDATE meta SET number = 999 WHERE name = 'format'")
    answer = run(tmp_path / "home", "serve", "--port", "0", "--data", str(data))
    assert answer.returncode == 1
    assert "format 999" in answer.stderr
    assert "newer Leeway" in answer.stderr


def test_a_flag_overrules_the_environment_and_that_the_file(tmp_path: Path) -> None:
    """Each server takes its folder from the strongest that names one."""
    file = tmp_path / "leeway.toml"
    folders = {name: str(tmp_path / name) for name in ("file", "environment", "flag")}
    file.write_text(f'port = 0\ndata = "{folders["file"]}"\n')
    flags, more = ["--data", folders["flag"]], {"LEEWAY_DATA": folders["environment"]}
    runs: list[tuple[str, list[str], Mapping[str, str]]] = [
        ("flag", flags, more),
        ("environment", [], more),
        ("file", [], {}),
    ]
    for name, given, env in runs:
        with started(tmp_path / name, "serve", "--config", str(file), *given, **env) as program:
            assert serving(program)["data"] == folders[name]
            assert program.stop() == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--port", "many"), "port"),
        (("--port", "70000"), "port"),
        (("--retain-days", "3"), "--retain-days"),
        (("--config", "no-such.toml"), "no-such.toml"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    """The server does not start, and the message says which setting is at fault."""
    answer = run(tmp_path, "serve", "--data", str(tmp_path / "data"), *arguments)
    assert answer.returncode == 1
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not (tmp_path / "data").exists()


def test_lists_come_from_everywhere_alike() -> None:
    """A repeated flag and a list with commas in the environment mean the same."""
    named = load(None, {"LEEWAY_ALLOW_HOSTS": "a:1, b"}, {})
    assert load(None, {}, {"allow_hosts": ("a:1", "b")}).allow_hosts == named.allow_hosts == {"a:1", "b"}


def test_a_setting_that_is_none_is_refused(tmp_path: Path) -> None:
    """A slip in the file is not passed over; the name that was perhaps meant is told."""
    file = tmp_path / "leeway.toml"
    file.write_text("prot = 1\n")
    with pytest.raises(Invalid, match="prot: is no setting of Leeway") as refused:
        load(file, {}, {})
    assert "port" in refused.value.mend


def test_a_wrong_setting_is_named_where_it_was_written(tmp_path: Path) -> None:
    """The flag, the variable or the key of the file: whichever of them gave the value that cannot be used."""
    file = tmp_path / "leeway.toml"
    file.write_text("retain_days = 3\n")
    with pytest.raises(Invalid, match=r"leeway\.toml: retain_days: 3 is too small: at least 40"):
        load(file, {}, {})
    with pytest.raises(Invalid, match=r"^LEEWAY_PORT: 'tcp://10\.0\.0\.1:80' is no whole number"):
        load(None, {"LEEWAY_PORT": "tcp://10.0.0.1:80"}, {})
    with pytest.raises(Invalid, match=r"^--port: 70000 is too large: at most 65535"):
        load(None, {"LEEWAY_PORT": "8475"}, {"port": 70_000})
    with pytest.raises(Invalid, match=r"^--store-memory: 'lots' is not of this form — .* 500MB or 2GB"):
        load(None, {}, {"store_memory": "lots"})
