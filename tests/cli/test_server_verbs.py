"""The verbs that talk to a server, run as a person runs them: real server, real files, exit codes of the contract."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.server.serving import NOW, Served, seed, served, slo

from leeway.cli import main


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Four SLOs with known points; only read."""
    data = tmp_path_factory.mktemp("verbs") / "data"
    asyncio.run(seed(data))
    with served(data) as server:
        yield server


@pytest.fixture
def fresh(tmp_path) -> Iterator[Served]:
    with served(tmp_path / "data") as server:
        yield server


@pytest.fixture
def leeway(capsys, monkeypatch):
    """Runs a command against a server; gives exit code, output, and what was said beside it."""

    def run(server: Served, *arguments: str, columns: int = 165) -> tuple[int, str, str]:
        monkeypatch.setenv("LEEWAY_SERVER", server.url)
        monkeypatch.setenv("LEEWAY_DATA", str(server.data))
        monkeypatch.setenv("COLUMNS", str(columns))
        capsys.readouterr()
        code = main(list(arguments))
        told = capsys.readouterr()
        return code, told.out.replace("\xa0", " "), told.err.replace("\xa0", " ")

    return run


@pytest.fixture
def file(tmp_path):
    """Writes a definition and gives its path."""

    def write(text: str, name: str = "slo.yaml") -> str:
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    return write


def test_status_shows_every_objective_and_its_state_in_words(leeway, shop):
    """With the interval, the age and the fill where the terminal is wide."""
    code, out, _ = leeway(shop, "status")
    line = next(line for line in out.splitlines() if "checkout" in line)
    assert code == 0
    for figure in (
        "✓ healthy",
        "90 %",
        "95 %",
        "94.8 % … 95.2 %",
        "50 %",
        "3,000 of 6,000 events",
        "0.5×",
        "41 % filled",
    ):
        assert figure in line
    assert "? no data" in next(line for line in out.splitlines() if "unseen" in line)
    assert "1 ✕ exhausted" in out


@pytest.mark.parametrize("columns", [80, 100, 120, 165])
def test_no_line_of_status_is_wider_than_the_terminal_and_no_figure_is_cut(leeway, shop, columns):
    """What does not fit is left out as a whole column, never as half a number."""
    _, out, _ = leeway(shop, "status", columns=columns)
    assert max(map(len, out.splitlines())) <= columns
    assert "…" not in out.replace(" … ", "")


def test_status_as_json_is_a_list_of_the_contracts_documents(leeway, shop):
    """As `leeway budget -o json`, with more keys."""
    code, out, _ = leeway(shop, "status", "checkout", "-o", "json")
    [one] = json.loads(out)
    assert (code, one["slo"], one["budget"]["remaining"]) == (0, "checkout", 3000.0)


def test_no_data_is_exit_code_4(leeway, shop, fresh):
    """For one SLO without a point, and for a server without an SLO, which also says what to do first."""
    assert leeway(shop, "status", "unseen")[0] == 4
    code, _, err = leeway(fresh, "status")
    assert code == 4
    assert "leeway apply -f" in err


def test_why_reads_from_the_promise_to_the_source(leeway, shop):
    """The order in which a person follows it, with the sums filled in."""
    code, out, _ = leeway(shop, "why", "greeting", "--objective", "at all", columns=100)
    parts = [
        "99 % of the time slices",
        "How it was computed",
        "594 / 600",
        "How sure it is",
        "Forecast",
        "No forecast: it takes 200 forecasts of the past whose outcome is known",
        "The straight line (linear), which promises nothing",
        "What is not known",
        "840 of 1,440 slices are unknown",
        "Where the data comes from",
        "Points are pushed",
    ]
    places = [out.find(part) for part in parts]
    assert code == 0
    assert -1 not in places
    assert places == sorted(places)
    assert max(map(len, out.splitlines())) <= 100


def test_a_slip_in_a_name_is_answered_with_the_name(leeway, shop):
    """The server's sentence, exit code 1."""
    code, _, err = leeway(shop, "why", "chekout")
    assert code == 1
    assert "did you mean `checkout`?" in err


def test_without_a_server_every_verb_says_how_to_start_one(leeway, shop, monkeypatch):
    """Instead of a connection error alone."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = taken.getsockname()[1]
    for arguments in (["status"], ["why", "x"], ["check"], ["get"]):
        code, out, err = leeway(shop, *arguments, "--server", f"http://127.0.0.1:{free}")
        assert (code, out) == (1, "")
        assert "leeway serve" in err


def test_something_else_than_leeway_is_not_believed(leeway, shop):
    """A server that answers, but no document of ours."""
    code, _, err = leeway(shop, "status", "--server", f"{shop.url}/slos/checkout?")
    assert code == 1
    assert err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["checkout"], 0, "✓ checkout"),
        (["checkout", "--min-remaining", "50%", "--max-burn", "1h:0.5"], 0, "✓ checkout"),
        (["checkout", "--min-remaining", "51%"], 3, "50 % of the budget left, wanted 51 %"),
        (["checkout", "--max-burn", "1h:0.4"], 3, "burn rate of the last 1h is 0.5×, allowed 0.4×"),
        (["checkout", "--min-coverage", "90%"], 4, "coverage is 41.6 %"),
        (["search"], 3, "the budget is spent: −100 % left"),
        (["search", "--min-remaining", "-100%"], 0, "✓ search"),
        (["unseen"], 4, "no data"),
        (["search", "unseen"], 3, "no data"),
        ([], 3, "✕ search"),
    ],
)
def test_the_gate_passes_fails_or_cannot_tell(leeway, shop, arguments, code, said):
    """0, 3, 4; what is exactly at a limit has not crossed it; a failure outweighs what is not known."""
    got, out, _ = leeway(shop, "check", *arguments)
    assert got == code
    assert said in out


def test_a_limit_that_is_none_is_a_usage_error(leeway, shop):
    """With the form that is wanted."""
    code, _, err = leeway(shop, "check", "--max-burn", "fast")
    assert code == 2
    assert "1h:14.4" in err


def test_plan_apply_and_plan_again(leeway, fresh, file):
    """3 while something would change, 0 when nothing would; what exists already is shown as a difference."""
    path = file(slo("checkout"))
    assert leeway(fresh, "plan", "-f", path)[0] == 3
    code, out, _ = leeway(fresh, "apply", "-f", path, "--yes")
    assert code == 0
    assert "+ SLO checkout" in out
    assert leeway(fresh, "plan", "-f", path)[0] == leeway(fresh, "diff", "-f", path)[0] == 0
    assert leeway(fresh, "diff", "-f", path)[1] == ""
    changed = file(slo("checkout", objectives="[{target: 0.95}]"))
    code, out, _ = leeway(fresh, "diff", "-f", changed)
    assert code == 3
    assert "-    - target: 0.9\n+    - target: 0.95" in out
    code, out, _ = leeway(fresh, "plan", "-f", changed, "-o", "json")
    assert (code, json.loads(out)["changes"][0]["action"]) == (3, "update")


def test_prune_deletes_what_the_files_do_not_name(leeway, fresh, file):
    """And only then."""
    leeway(fresh, "apply", "-f", file(slo("checkout")), "-f", file(slo("search"), "b.yaml"), "--yes")
    only = file(slo("checkout"))
    assert leeway(fresh, "plan", "-f", only)[0] == 0
    code, out, _ = leeway(fresh, "apply", "-f", only, "--prune", "--yes")
    assert code == 0
    assert "- SLO search" in out
    assert [one["name"] for one in json.loads(leeway(fresh, "get", "slo", "-o", "json")[1])] == ["checkout"]


def test_apply_asks_and_without_anybody_to_ask_it_does_nothing(leeway, fresh, file):
    """A pipeline has to say --yes."""
    code, _, err = leeway(fresh, "apply", "-f", file(slo("checkout")))
    assert code == 2
    assert "--yes" in err
    assert leeway(fresh, "get", "-o", "json")[1].strip() == "[]"


def test_serious_advice_is_refused_by_plan_and_apply(leeway, fresh, file):
    """An indicator that is nowhere: OpenSLO allows it, but nothing could ever be measured."""
    text = slo("checkout")
    head, tail = text.index("  indicator:"), text.index("  timeWindow:")
    path = file(text[:head] + "  indicatorRef: nowhere\n" + text[tail:])
    for verb in ("plan", "apply"):
        code, _, err = leeway(fresh, verb, "-f", path, *(["--yes"] if verb == "apply" else []))
        assert code == 3
        assert "nowhere" in err


WATCHED = """\
---
apiVersion: leeway.dev/v1
kind: AlertPolicy
metadata: {{name: pages}}
spec:
  severity: page
  conditions: [{{burnRate: {burn}, long: 1h, short: 5m}}]
  notify: [{who}]
---
apiVersion: leeway.dev/v1
kind: Recipient
metadata: {{name: on-call}}
spec:
  channel: email
  settings: {{host: mail.shop.example, sender: leeway@shop.example, to: [first@shop.example]}}
  people: 1
"""


def watched(burn: str = "5", who: str = "on-call") -> str:
    """An SLO of 90 %, a policy and a recipient."""
    return slo("checkout") + "  alertPolicies: [{alertPolicyRef: pages}]\n" + WATCHED.format(burn=burn, who=who)


def test_policies_and_recipients_are_applied_shown_and_kept_while_they_are_needed(leeway, fresh, file):
    """Whoever is named cannot be deleted or pruned before those who name them."""
    assert leeway(fresh, "apply", "-f", file(watched()), "-y")[0] == 0
    for kind, name in (("alertpolicies", "pages"), ("recipients", "on-call")):
        code, text, _ = leeway(fresh, "get", kind, name)
        assert (code, "apiVersion: leeway.dev/v1" in text) == (0, True)
        assert leeway(fresh, "plan", "-f", file(text))[0] == 0
    code, _, err = leeway(fresh, "delete", "recipient", "on-call", "--yes")
    assert (code, "AlertPolicy pages tells the Recipient on-call" in err) == (1, True)
    code, _, err = leeway(fresh, "delete", "AlertPolicy", "pages", "--yes")
    assert (code, "SLO checkout is watched by the AlertPolicy pages" in err) == (1, True)
    for kind, name in (("slo", "checkout"), ("alertpolicy", "pages"), ("recipient", "on-call")):
        assert leeway(fresh, "delete", kind, name, "--yes")[0] == 0


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        (watched(burn="14.4"), "slo.yaml:23:27", "never fires"),
        (watched(burn="5, op: lt"), "slo.yaml:23:34", "when all is well"),
        (watched(who="oncall"), "slo.yaml:24:12", "there is no Recipient `oncall`"),
        (watched().replace("pages}]", "page}]"), "slo.yaml:16:36", "there is no AlertPolicy `page`"),
        (watched().replace("long: 1h", "long: 2d"), "slo.yaml:23:36", "longer than the window"),
        (watched().replace("burnRate", "burnrte"), "slo.yaml:23:17", "did you mean `burnRate`?"),
    ],
)
def test_an_alert_that_could_never_fire_or_be_told_is_refused_with_its_place(leeway, fresh, file, text, place, said):
    """By plan and by apply; lint warns."""
    path = file(text)
    for verb in (["plan"], ["apply", "--yes"]):
        code, _, err = leeway(fresh, *verb, "-f", path)
        assert (code, place in err, said in " ".join(err.split())) == (3, True, True), err
    assert leeway(fresh, "get", "-o", "json")[1].strip() == "[]"


def test_an_slo_that_a_stored_policy_cannot_watch_is_refused(leeway, fresh, file):
    """The policy was sound for a stricter one: 14.4 is out of reach at 90 %."""
    strict = watched(burn="14.4").replace("target: 0.9}", "target: 0.99}")
    assert leeway(fresh, "apply", "-f", file(strict), "-y")[0] == 0
    alone = slo("search") + "  alertPolicies: [{alertPolicyRef: pages}]\n"
    code, _, err = leeway(fresh, "apply", "-f", file(alone), "-y")
    assert (code, "slo.yaml:16:18" in err, "never fires" in err) == (3, True, True), err


def test_get_gives_yaml_that_can_be_applied_again_and_the_history(leeway, fresh, file):
    """One definition is YAML, all of them a table."""
    leeway(fresh, "apply", "-f", file(slo("checkout")), "-y")
    leeway(fresh, "apply", "-f", file(slo("checkout", objectives="[{target: 0.95}]")), "-y")
    _, text, _ = leeway(fresh, "get", "slos", "checkout")
    assert leeway(fresh, "plan", "-f", file(text))[0] == 0
    _, table, _ = leeway(fresh, "get")
    assert "checkout" in table
    code, out, _ = leeway(fresh, "get", "SLO", "checkout", "--history", "-o", "json")
    assert (code, [one["number"] for one in json.loads(out)]) == (0, [2, 1])


def test_delete_takes_one_definition_away(leeway, fresh, file):
    """Its history stays."""
    leeway(fresh, "apply", "-f", file(slo("checkout")), "-y")
    assert leeway(fresh, "delete", "slo", "checkout", "-y")[0] == 0
    assert leeway(fresh, "get", "slo", "checkout")[0] == 1
    assert leeway(fresh, "get", "slo", "checkout", "--history")[0] == 0
    assert leeway(fresh, "delete", "sloo", "checkout", "-y")[0] == 2


def test_push_tells_what_became_of_each_row(leeway, fresh, file):
    """By hand, as JSON and as lines; 3 when something was set aside, with its place in the file."""
    leeway(fresh, "apply", "-f", file(slo("checkout")), "-y")
    code, out, _ = leeway(fresh, "push", "--slo", "checkout", "--good", "9", "--total", "10", "--time", str(NOW - 60))
    assert (code, out) == (0, "1 accepted, 0 repeated, 0 set aside\n")
    rows = [
        json.dumps({"slo": "checkout", "time": NOW - 60 * (place + 2), "good": 1, "total": 1}) for place in range(3)
    ]
    lines = file("\n".join([*rows, json.dumps({"slo": "checkout", "time": NOW, "good": 2, "total": 1})]), "p.ndjson")
    code, out, err = leeway(fresh, "push", lines, "--key", "k")
    assert (code, out) == (3, "3 accepted, 0 repeated, 1 set aside\n")
    assert "row 3" in err
    code, out, _ = leeway(fresh, "push", lines, "--key", "k", "-o", "json")
    assert (json.loads(out)["accepted"], json.loads(out)["repeated"]) == (0, 3)


def test_a_table_is_not_pushed_and_the_ways_for_tables_are_named(leeway, fresh, file):
    """Who has a CSV learns which verb and which source read it, not that it is no JSON."""
    code, _, err = leeway(fresh, "push", file("time,slo,good,total\n", "points.csv"))
    assert code == 1
    assert "tables are not pushed" in err
    assert "`leeway budget` reads a CSV" in err


def test_a_push_of_more_lines_than_one_request_takes_is_cut(leeway, fresh, file, monkeypatch):
    """Places of refused rows are those of the file."""
    monkeypatch.setattr("leeway.cli.push.LINES", 2)
    leeway(fresh, "apply", "-f", file(slo("checkout")), "-y")
    rows = [
        json.dumps({"slo": "checkout", "time": NOW - 60 * (place + 1), "good": 1, "total": 1}) for place in range(4)
    ]
    code, out, err = leeway(fresh, "push", file("\n".join([*rows, '{"slo": 1}']), "p.ndjson"))
    assert (code, out) == (3, "4 accepted, 0 repeated, 1 set aside\n")
    assert "row 4" in err


def test_replay_needs_a_source_that_keeps_history(leeway, shop):
    """Pushed points have none; the sentence says what to do instead."""
    code, _, err = leeway(shop, "replay", "checkout", "--from", str(NOW - 3600), "--to", str(NOW))
    assert code == 1
    assert "leeway push" in err
    assert leeway(shop, "replay", "checkout")[0] == 2


def test_doctor_names_what_is_wrong_and_what_mends_it(leeway, shop):
    """A readable token is a problem; the server's clock, years away here, is another."""
    code, out, _ = leeway(shop, "doctor", "-o", "json")
    notes = {one["what"]: one for one in json.loads(out)}
    assert code == 3
    assert notes["token"]["ok"]
    assert notes["server"]["ok"]
    assert not notes["clock"]["ok"]
    assert "NTP" in notes["clock"]["mend"]


def test_doctor_without_anything_says_how_to_begin(leeway, shop, tmp_path):
    """No folder, no token, nobody at the address."""
    code, out, _ = leeway(shop, "doctor", "--data", str(tmp_path / "none"), "--server", "http://127.0.0.1:9")
    assert code == 3
    assert out.count("leeway serve") >= 2


def test_a_token_that_others_may_read_is_not_used(leeway, fresh, file):
    """And chmod is named."""
    path = Path(fresh.data) / "token"
    path.chmod(0o644)
    code, _, err = leeway(fresh, "plan", "-f", file(slo("checkout")))
    path.chmod(0o600)
    assert code == 1
    assert "chmod 600" in err
