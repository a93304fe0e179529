"""Secrets: read from listed places, clean to the character, shown nowhere."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from leeway.errors import Forbidden, Invalid
from leeway.net import Secret, SecretRef, Secrets, read_settings
from leeway.net.redact import Redaction


def from_file(folder: Path, content: bytes) -> Secret:
    path = folder / "key"
    path.write_bytes(content)
    return Secrets(files=(folder,)).read(SecretRef(file=path))


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\r", b"\n\n", b"\r\n\r\n"])
def test_line_ends_at_the_end_of_a_file_do_no_harm(tmp_path, end):
    """The licence file that an editor of another system had saved."""
    assert from_file(tmp_path, b"abc def" + end).reveal() == "abc def"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"abc\r\ndef", "character 4 (line 1) cannot be seen: U+000D"),
        (b"abc\ndef\n", "character 4 (line 1) cannot be seen: U+000A"),
        (b"abc\x00def", "character 4 (line 1) cannot be seen: U+0000"),
        (b"abc\tdef", "character 4 (line 1) cannot be seen: U+0009"),
        ("abc\u00a0def".encode(), "U+00A0 NO-BREAK SPACE"),
        ("\ufeffabc".encode(), "character 1 (line 1) cannot be seen: U+FEFF ZERO WIDTH NO-BREAK SPACE"),
        ("abc\u200bdef".encode(), "U+200B ZERO WIDTH SPACE"),
        (b"abc\xffdef", "byte 4 is no UTF-8"),
        (b"", "is empty"),
        (b"\r\n", "is empty"),
    ],
)
def test_what_cannot_be_seen_is_refused_with_place_and_mend(tmp_path, content, told):
    """Not a crash without a word: position, name and remedy, and never the secret itself."""
    with pytest.raises(Invalid) as refusal:
        from_file(tmp_path, content)
    text = str(refusal.value)
    assert told in text
    assert "key" in refusal.value.place
    assert refusal.value.mend
    assert "abc" not in text.replace("key", "")


def test_only_listed_places_are_read(tmp_path):
    """Exact names of variables; files below listed folders, links followed first."""
    (tmp_path / "in").mkdir()
    (tmp_path / "outside").write_text("x")
    (tmp_path / "in" / "link").symlink_to(tmp_path / "outside")
    secrets = Secrets(env=frozenset({"TOKEN"}), files=(tmp_path / "in",), environ={"TOKEN": "t", "TOKEN2": "u"})
    assert secrets.read(SecretRef(env="TOKEN")).reveal() == "t"
    for ref in (
        SecretRef(env="TOKEN2"),
        SecretRef(file=tmp_path / "outside"),
        SecretRef(file=tmp_path / "in" / "link"),
        SecretRef(file=tmp_path / "in" / ".." / "outside"),
    ):
        with pytest.raises(Forbidden):
            secrets.read(ref)


def test_a_missing_variable_or_file_is_named(tmp_path):
    """Not set and not there are different from wrong."""
    secrets = Secrets(env=frozenset({"TOKEN"}), files=(tmp_path,), environ={})
    with pytest.raises(Invalid, match="TOKEN: is not set"):
        secrets.read(SecretRef(env="TOKEN"))
    with pytest.raises(Invalid, match="cannot be read"):
        secrets.read(SecretRef(file=tmp_path / "none"))


def test_a_secret_shows_itself_only_to_reveal():
    """repr, str, format and pickle do not."""
    secret = Secret("hunter2")
    assert "hunter2" not in f"{secret} {secret!r} {[secret]} {secret:}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


class Settings(BaseModel):
    token: SecretRef


@pytest.mark.parametrize("tree", ["hunter2", {}, {"env": "A", "file": "b"}, {"value": "hunter2"}, ["hunter2"]])
def test_a_secret_written_into_settings_is_refused_and_not_repeated(tree):
    """The error tells where to put it, without saying it again."""
    with pytest.raises(Invalid) as refusal:
        read_settings(Settings, {"token": tree}, "sources.prod")
    assert "token" in str(refusal.value)
    assert "hunter2" not in str(refusal.value)
    with pytest.raises(ValidationError) as error:
        SecretRef.model_validate(tree)
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize(
    "spelling",
    ["p@ss w/ö", "p%40ss%20w/%C3%B6", "p%40ss+w%2F%C3%B6", "p%40ss%20w%2F%C3%B6", "p@ss w/\\u00f6", "cEBzcyB3L8O2"],
)
def test_redaction_knows_every_spelling(spelling):
    """Plain, percent-encoded, in a form, in JSON, in Base64."""
    assert spelling not in Redaction([Secret("p@ss w/ö")]).text(f"a {spelling} b")


def test_redaction_hides_what_stands_before_an_at_sign():
    """Somebody else's credentials in somebody else's message."""
    assert Redaction().text("see http://ann:secret@host/x") == "see http://•••@host/x"


def test_a_secret_is_not_cut_in_half_by_shortening():
    """Redaction comes before the cut, so no part of it is left at the edge."""
    assert "hun" not in Redaction([Secret("hunter2")]).quoted("x" * 297 + "hunter2", 300)
