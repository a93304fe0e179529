"""`leeway lint`: every form of output, every way to name files, and the exit code."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest

from leeway.cli import main

SERVICE = "apiVersion: openslo/v1\nkind: Service\nmetadata:\n  name: {}\n"
BROKEN = SERVICE.format("Shop, the") + "spec:\n  descripton: x\n"
SLO = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: shop}
spec:
  service: shop
  indicatorRef: requests
  timeWindow: [{duration: 28d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.999}]
"""
SLI = """\
apiVersion: openslo/v1
kind: SLI
metadata: {name: requests}
spec:
  thresholdMetric: {metricSource: {type: csv, spec: {query: up}}}
"""


@pytest.fixture
def lint(capsys, monkeypatch, tmp_path):
    """Run `leeway lint` in an empty folder: (exit code, what was printed)."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        code = main(["lint", *arguments])
        return code, capsys.readouterr().out

    return run


def findings(text):
    return [(one["file"], one["line"], one["column"], one["code"]) for one in json.loads(text)["findings"]]


def test_a_sound_file_is_fine(lint, tmp_path):
    """Exit 0, and it says what was looked at."""
    (tmp_path / "a.yaml").write_text(SERVICE.format("a"))
    assert lint("a.yaml") == (0, "✓ 1 file, 1 document: nothing to mend\n")


def test_text_shows_place_line_caret_and_cure(lint, tmp_path):
    """Nothing else is needed to mend it."""
    (tmp_path / "a.yaml").write_text(BROKEN)
    code, text = lint("a.yaml")
    assert code == 3
    assert text == (
        "a.yaml:4:9: error: a name is made of a-z, 0-9 and `-`, with a letter or digit at both ends; "
        "found 'Shop, the' [string_dns_label]\n"
        "  4 │   name: Shop, the\n"
        "    │         ^\n"
        "  → for example `shop-the`\n"
        "\n"
        "a.yaml:6:3: error: unknown field `descripton` [unknown-field]\n"
        "  6 │   descripton: x\n"
        "    │   ^\n"
        "  → did you mean `description`?\n"
        "\n"
        "1 file, 1 document: 2 errors\n"
    )


def test_json_is_one_document_by_contract(lint, tmp_path):
    """Files, documents, and findings with all their fields."""
    (tmp_path / "a.yaml").write_text(BROKEN)
    code, text = lint("-o", "json", "a.yaml")
    made = json.loads(text)
    assert code == 3
    assert (made["files"], made["documents"]) == (1, 1)
    assert made["findings"][1] == {
        "file": "a.yaml",
        "line": 6,
        "column": 3,
        "path": "spec.descripton",
        "code": "unknown-field",
        "severity": "error",
        "message": "unknown field `descripton`",
        "hint": "did you mean `description`?",
    }


def test_advice_does_not_fail(lint, tmp_path):
    """A reference that leads nowhere is a warning; alone, nothing can be said about it."""
    (tmp_path / "a.yaml").write_text(SLO)
    assert lint("-o", "json", "a.yaml")[0] == 0
    assert findings(lint("-o", "json", "a.yaml")[1]) == [("a.yaml", 6, 17, "dangling-reference")]
    assert findings(lint("--isolated", "-o", "json", "a.yaml")[1]) == []


def test_files_are_held_together_unless_isolated(lint, tmp_path):
    """The SLI of another file is found, and what it means for the SLO is told."""
    (tmp_path / "a.yaml").write_text(SLO)
    (tmp_path / "b.yaml").write_text(SLI)
    assert findings(lint("-o", "json", ".")[1]) == [("a.yaml", 9, 16, "threshold-without-op")]
    assert findings(lint("--isolated", "-o", "json", ".")[1]) == []


def test_modes_differ_where_text_and_sdk_do(lint, tmp_path):
    """Case of keys: YAML minds it, the Go SDK does not."""
    (tmp_path / "a.yaml").write_text(SERVICE.format("a") + "spec: {Description: x}\n")
    assert lint("a.yaml")[0] == 3
    assert lint("--mode", "compat", "a.yaml")[0] == 0
    assert lint("--mode", "lenient", "a.yaml")[0] == 2


def test_folders_globs_and_standard_input_are_read_once_each(lint, tmp_path, monkeypatch):
    """*.yaml, *.yml and *.json below a folder; hidden folders and other files aside."""
    for name in ("a.yaml", "deep/er/b.yml", "deep/c.json", "d.txt", ".git/e.yaml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SERVICE.format(path.stem))
    (tmp_path / "deep/c.json").write_text('{"apiVersion": "openslo/v1", "kind": "Service", "metadata": {"name": "c"}}')
    assert json.loads(lint("-o", "json", ".")[1])["files"] == 3
    assert json.loads(lint("-o", "json", ".", "a.yaml", "*.yaml")[1])["files"] == 3
    assert json.loads(lint("-o", "json", "deep/**/*.yml")[1])["files"] == 1
    assert json.loads(lint("-o", "json", "d.txt")[1])["documents"] == 1
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(BROKEN.encode())))
    assert findings(lint("-o", "json", "-")[1])[0] == ("<stdin>", 4, 9, "string_dns_label")


@pytest.mark.parametrize("path", ["gone.yaml", "gone*.yaml", "empty"])
def test_a_path_that_leads_to_nothing_is_a_finding(lint, tmp_path, path):
    """One error; the other files are still judged."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.yaml").write_text(BROKEN)
    code, text = lint("-o", "json", path, "a.yaml")
    assert code == 3
    assert [name for *_, name in findings(text)] == ["unreadable-file", "string_dns_label", "unknown-field"]


@pytest.mark.parametrize("text", ["a: [", "\t- x", "{", "hello", "\x00", "# nothing\n", "5", "- - - a"])
def test_what_is_no_document_is_an_error_and_never_a_trace(lint, tmp_path, text):
    """Whatever the file holds."""
    (tmp_path / "a.yaml").write_text(text)
    code, printed = lint("-o", "json", "a.yaml")
    assert code == 3
    assert all(one["line"] >= 1 for one in json.loads(printed)["findings"])


def test_github_gets_a_command_per_finding(lint, tmp_path):
    """With commas, colons and line ends escaped."""
    (tmp_path / "a,b.yaml").write_text(BROKEN)
    code, text = lint("-o", "github", "a,b.yaml")
    first, second = text.splitlines()
    assert code == 3
    assert first.startswith("::error file=a%2Cb.yaml,line=4,col=9,title=string_dns_label::a name is made of")
    assert second.endswith("::unknown field `descripton`%0Adid you mean `description`?")


def test_sarif_names_rules_levels_and_places(lint, tmp_path):
    """The parts that SARIF 2.1.0 requires, and what code scanners show."""
    (tmp_path / "a b.yaml").write_text(BROKEN)
    (tmp_path / "c.yaml").write_text(SLO)
    code, text = lint("-o", "sarif", ".")
    made = json.loads(text)
    (run,) = made["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert (code, made["version"], run["tool"]["driver"]["name"]) == (3, "2.1.0", "leeway")
    assert [rules[one["ruleIndex"]] for one in run["results"]] == [one["ruleId"] for one in run["results"]]
    assert [one["level"] for one in run["results"]] == ["error", "error", "warning", "warning"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "a%20b.yaml"}, "region": {"startLine": 4, "startColumn": 9}}
    assert all(one["message"]["text"] for one in run["results"])


def test_the_policies_of_the_documentation_are_sound(lint, tmp_path):
    """What is read there can be copied: nothing to warn of but the SLI, which stands elsewhere."""
    page = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text()
    example, *parts = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    (tmp_path / "checkout.yaml").write_text(example)
    code, text = lint("-o", "json", "checkout.yaml")
    found = [one for one in json.loads(text)["findings"] if one["severity"] != "info"]
    assert (code, [one["message"] for one in found]) == (0, ["there is no SLI `checkout-requests`"])
    assert "a total outage would page after 48 seconds" in text
    for number, part in enumerate(parts):
        (tmp_path / f"part-{number}.yaml").write_text(part)
        assert lint("--isolated", f"part-{number}.yaml")[0] == 0
