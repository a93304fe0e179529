"""What was read of the definitions is remembered, and believed only if it is to the byte what this code wrote."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.app import running, texts
from leeway.clock import SystemClock
from leeway.config import load
from leeway.engine.catalog import library_of
from leeway.engine.views import SourceText
from leeway.spec.documents import DataSource, Metadata
from leeway.store import Readings, open_readings, open_state
from leeway.store.readings import AT_MOST, code_of_leeway

SLO = """
apiVersion: openslo/v1
kind: SLO
metadata: {name: bar}
spec:
  service: bar
  indicator:
    metadata: {name: greeted}
    spec:
      ratioMetric:
        counter: false
        good: {metricSource: {type: push, spec: {n: 1.50}}}
        total: {metricSource: {type: push, spec: {n: 2}}}
  timeWindow: [{duration: 7d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{displayName: main, target: 0.990}]
"""


class Reader:
    """Reads a number, and remembers what it was asked."""

    def __init__(self):
        self.asked = []

    def __call__(self, text, name):
        """One document that holds the text and the name."""
        self.asked.append((text, name))
        return (DataSource(Metadata(name), "file", {"of": Decimal(text)}),)


def told(place, *texts, code="1"):
    """Reads the texts in a new process, as it were, and keeps them; what had to be read."""
    reader = Reader()
    readings = Readings(reader, place, code)
    for text, name in texts:
        assert readings.read(text, name) == Reader()(text, name)
    readings.keep(texts)
    return reader.asked


@pytest.fixture
def place(tmp_path):
    """Where readings are kept."""
    return tmp_path / "cache" / "definitions"


def test_a_text_is_read_once_and_not_again_after_a_restart(place):
    """A changed text is another text, and so is one of another document."""
    assert told(place, ("1.0", "a"), ("2", "b"), ("1.0", "a")) == [("1.0", "a"), ("2", "b")]
    assert told(place, ("1.0", "a"), ("2", "b")) == []
    assert told(place, ("1.0", "a"), ("2.0", "b"), ("1.0", "c")) == [("2.0", "b"), ("1.0", "c")]


def test_what_is_stored_no_more_is_forgotten(place):
    """In memory and on the disk."""
    told(place, ("1", "a"), ("2", "b"))
    told(place, ("1", "a"))
    assert told(place, ("1", "a"), ("2", "b")) == [("2", "b")]
    reader = Reader()
    readings = Readings(reader)
    for kept in ([("1", "a")], [], [("1", "a")]):
        for text, name in kept:
            readings.read(text, name)
        readings.keep(kept)
    assert reader.asked == [("1", "a")] * 2


def test_what_other_code_has_read_is_not_believed(place):
    """Neither an older Leeway's nor that of a module which was changed since."""
    told(place, ("1", "a"), code="1")
    assert told(place, ("1", "a"), code="2") == [("1", "a")]
    assert told(place, ("1", "a"), code="2") == []


@given(st.data())
def test_a_damaged_file_is_ignored_and_made_again(tmp_path_factory, data):
    """Cut anywhere, or any byte another: the texts are read anew, and the next start knows them again."""
    place = tmp_path_factory.mktemp("data") / "cache" / "definitions"
    known = [("1", "a"), ("2", "b")]
    told(place, *known)
    whole = bytearray(place.read_bytes())
    at = data.draw(st.integers(0, len(whole) - 1))
    if data.draw(st.booleans()):
        whole[at] ^= data.draw(st.integers(1, 255))
        place.write_bytes(whole)
    else:
        place.write_bytes(whole[:at])
    assert told(place, *known) == known
    assert told(place, *known) == []


@pytest.mark.parametrize("content", [b"", b"\n", b"\x80\x04N.", b"{}", b"somebody's notes\n" * 9])
def test_a_foreign_file_is_ignored(place, content):
    """And replaced."""
    place.parent.mkdir()
    place.write_bytes(content)
    assert told(place, ("1", "a")) == [("1", "a")]
    assert told(place, ("1", "a")) == []


def test_where_nothing_can_be_kept_everything_is_read(tmp_path):
    """A folder that is none, and a file that is a folder."""
    (tmp_path / "cache").write_bytes(b"")
    (tmp_path / "definitions").mkdir()
    for place in (tmp_path / "cache" / "definitions", tmp_path / "definitions"):
        for _ in range(2):
            assert told(place, ("1", "a")) == [("1", "a")]
    assert {path.name for path in tmp_path.rglob("*")} == {"cache", "definitions"}


def test_a_plan_that_is_never_applied_is_not_remembered_for_ever():
    """What is stored stays known."""
    readings = Readings(Reader())
    readings.read("1", "a")
    readings.keep([("1", "a")])
    for number in range(AT_MOST + 1):
        readings.learn("2", f"plan {number}", ())
    assert readings.knows("1", "a")
    assert readings.knows("2", f"plan {AT_MOST}")
    assert not readings.knows("2", "plan 0")


def test_a_server_that_starts_again_reads_no_definition_twice(tmp_path):
    """Not even those that were stored since it started; what it remembers is what reading would say."""
    folder = tmp_path / "data"

    async def server(*files):
        async with running(load(None, {}, {"data": folder}), SystemClock()) as leeway:
            await leeway.engine.apply(files, prune=False, by="x", expected=None)

    def refuse(text, name):
        raise AssertionError(f"{name} is read again: {text}")

    asyncio.run(server(SourceText("bar.yaml", SLO)))
    state = open_state(folder)
    try:
        stored = state.documents()
    finally:
        state.close()
    remembered = library_of(stored, open_readings(folder, refuse).read)
    assert repr(remembered.documents) == repr(library_of(stored, texts().read).documents)
    cache = folder / "cache" / "definitions"
    assert cache.stat().st_mode == (folder / "state.sqlite").stat().st_mode


def test_the_code_that_reads_is_told_by_its_bytes():
    """The same for the same code, in every process."""
    assert code_of_leeway() == code_of_leeway()
    assert len(code_of_leeway()) == 64
