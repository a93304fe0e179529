"""`leeway templates preview`: what a recipient would read, before anything burns."""

from __future__ import annotations

import json

import pytest

from leeway.cli import main

RECIPIENTS = """\
apiVersion: leeway.dev/v1
kind: Recipient
metadata: {name: on-call}
spec:
  channel: inbox
  people: 1
  template:
    title: "[{{ severity }}] {{ title }}"
    text: "{{ lines|first }}\\nRunbook: {{ facts['label runbook']|default('none') }}"
---
apiVersion: leeway.dev/v1
kind: Recipient
metadata: {name: desk}
spec: {channel: inbox, people: 2}
"""
SAMPLES = ["a page", "a ticket", "its end", "many told together"]


@pytest.fixture
def preview(tmp_path, capsys):
    def run(text, *arguments):
        file = tmp_path / "recipients.yaml"
        file.write_text(text)
        code = main(["templates", "preview", "-f", str(file), *arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def test_every_template_of_the_files_is_shown_with_each_kind_of_message(preview):
    """In text for people, and as JSON; who has no template is left out."""
    code, out, _ = preview(RECIPIENTS)
    assert code == 0
    assert [line for line in out.splitlines() if line.startswith("on-call")] == [f"on-call: {one}" for one in SAMPLES]
    assert "  [page] checkout / main: the error budget burns fast\n  Guests can pay\n  Runbook: none\n" in out
    assert "desk" not in out
    shown = json.loads(preview(RECIPIENTS, "-o", "json")[1])
    assert [(one["recipient"], one["sample"]) for one in shown] == [("on-call", one) for one in SAMPLES]
    assert all(one["lines"][1] == "Runbook: none" for one in shown)


def test_a_recipient_by_name_is_shown_also_with_the_plain_messages(preview):
    """Of exactly this name; what is close is offered."""
    code, out, _ = preview(RECIPIENTS, "desk")
    assert code == 0
    assert "  Of the error budget 3.57 % is gone.\n" in out
    code, _, err = preview(RECIPIENTS, "dest")
    assert code == 1
    assert "no Recipient `dest`" in err
    assert "desk" in err


def test_files_without_a_template_say_how_to_have_one(preview):
    """Nothing to show is not silence."""
    code, out, err = preview(RECIPIENTS.partition("---\n")[2])
    assert (code, out) == (1, "")
    assert "`template:`" in err


def test_a_template_with_a_flaw_is_told_at_its_place(preview):
    """As lint, plan and apply do."""
    code, _, err = preview(RECIPIENTS.replace("{{ severity }}", "{{ severty }}"))
    assert code == 1
    assert "recipients.yaml:8:12: there is no `severty` in a message" in err


def test_a_template_that_fails_for_a_message_is_shown_as_it_would_be_read_and_ends_with_3(preview):
    """Too long is known only when there is a message."""
    code, out, _ = preview(RECIPIENTS.replace("{{ lines|first }}", "{{ lines|join }}" * 60))
    assert code == 3
    assert "The template of this recipient failed, so this is the plain message: it makes more than 8,192 bytes" in out
