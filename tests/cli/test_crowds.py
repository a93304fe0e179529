"""A Recipient that reaches many: the number is shown before saving, and has to be typed again."""

import json
from collections.abc import Iterator

import pytest
from tests.cli.test_server_verbs import file, leeway
from tests.server.serving import Served, served, slo

__all__ = ["file", "leeway"]

LIST = """\
---
apiVersion: leeway.dev/v1
kind: AlertPolicy
metadata: {{name: pages}}
spec:
  severity: page
  conditions: [{{burnRate: 5, long: 1h, short: 5m}}]
  notify: [all-hands]
---
apiVersion: leeway.dev/v1
kind: Recipient
metadata: {{name: all-hands}}
spec:
  channel: email
  settings: {{host: mail.shop.example, sender: leeway@shop.example, to: {to}}}
{people}"""


@pytest.fixture
def fresh(tmp_path) -> Iterator[Served]:
    with served(tmp_path / "data") as server:
        yield server


def told(people=None, to="[all@shop.example]"):
    """An SLO, its policy, and a mailing list of so many people."""
    number = "" if people is None else f"  people: {people}\n"
    return slo("checkout") + "  alertPolicies: [{alertPolicyRef: pages}]\n" + LIST.format(to=to, people=number)


def stored(leeway, server):
    return [one["name"] for one in json.loads(leeway(server, "get", "-o", "json")[1])]


def test_a_crowd_is_applied_only_when_its_number_is_typed_again(leeway, fresh, file):
    """The plan shows it; another number is none; once agreed, the same files need it no more."""
    path = file(told(45))
    code, out, _ = leeway(fresh, "plan", "-f", path)
    assert (code, "reaches 45 people: it is applied only with --people all-hands=45" in out) == (3, True)
    assert "tells 45 people at once: all-hands (45)" in out
    for typed in ([], ["--people", "all-hands=44"], ["--people", "all_hands=45"]):
        code, _, err = leeway(fresh, "apply", "-f", path, "-y", *typed)
        assert code == 1, err
        assert "45 people" in err or "did you mean `all-hands`?" in err
    assert stored(leeway, fresh) == []
    assert leeway(fresh, "apply", "-f", path, "-y", "--people", "all-hands=45")[0] == 0
    assert "all-hands" in stored(leeway, fresh)
    assert leeway(fresh, "plan", "-f", path)[:2] == (0, "Definitions: 3 as they are.\n")
    assert leeway(fresh, "apply", "-f", path, "-y")[0] == 0


@pytest.mark.parametrize(("people", "to"), [(46, "[all@shop.example]"), (45, "[every@shop.example]")])
def test_a_list_that_grew_or_is_another_is_agreed_to_anew(leeway, fresh, file, people, to):
    """An agreement is about this number of these people."""
    assert leeway(fresh, "apply", "-f", file(told(45)), "-y", "--people", "all-hands=45")[0] == 0
    path = file(told(people, to))
    code, _, err = leeway(fresh, "apply", "-f", path, "-y")
    assert (code, f"reaches {people} people" in err) == (1, True)
    assert leeway(fresh, "apply", "-f", path, "-y", "--people", f"all-hands={people}")[0] == 0


def test_fewer_than_the_addresses_is_refused_with_both_numbers(leeway, fresh, file):
    """What the channel counts itself is the least it can be."""
    to = "[a@shop.example, b@shop.example, c@shop.example]"
    code, _, err = leeway(fresh, "plan", "-f", file(told(2, to)))
    assert code == 1
    assert "declares 2 people, but its settings alone name 3" in " ".join(err.split())
    assert leeway(fresh, "apply", "-f", file(told(3, to)), "-y")[0] == 0


def test_an_unknown_number_is_refused_until_its_owner_declares_it(leeway, fresh, file):
    """Also when somebody types one: nobody vouches for it."""
    for more in ([], ["--people", "all-hands=1"]):
        code, _, err = leeway(fresh, "apply", "-f", file(told()), "-y", *more)
        assert (code, "nobody knows how many people `all-hands` reaches" in err) == (3, True), err
    assert stored(leeway, fresh) == []


def test_what_is_no_number_is_a_usage_error(leeway, fresh, file):
    """Before anything is asked of the server."""
    for typed in ("all-hands", "=45", "all-hands=many", "all-hands=-1"):
        code, _, err = leeway(fresh, "apply", "-f", file(told(45)), "-y", "--people", typed)
        assert (code, "write NAME=45" in err) == (2, True)
