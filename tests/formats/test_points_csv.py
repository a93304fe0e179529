"""Tables of points: however a row is written, it says the same; what is no row is told by its line."""

from __future__ import annotations

import io
from importlib import import_module

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from leeway.errors import Invalid
from leeway.formats.points import Owner, Table, read_csv

reading = import_module("leeway.formats.points.read_csv")

FIELDS = st.one_of(
    st.sampled_from(
        [
            "",
            "0",
            "7",
            "007",
            "1.5",
            ".5",
            "5.",
            ".",
            "1..2",
            "-3",
            "+3",
            "1e3",
            "1_0",
            "nan",
            "inf",
            " 4 ",
            "１２",
            "0x10",
            "123456789012345",
            "1234567890123456",
            "12345678.90123456",
            "0.1234567890123",
            "9" * 400,
            "1767297600",
            "1767297660",
            "2026-01-01T20:00:00Z",
            "2026-01-01T21:00:00+01:00",
            "2026-02-30T00:00:00Z",
            "bar",
            " bar ",
            "foo",
            "früh",
            "\x0b",
            "\x85",
        ]
    ),
    st.decimals(min_value=0, max_value=10**9, places=6).map(str),
    st.integers(0, 10**17).map(str),
    st.text(st.characters(codec="utf-8", exclude_characters='\r\n",\0'), max_size=4),
)
HEADERS = st.sampled_from(
    ["time,slo,good,total", "time,slo,objective,good,total,value", "time,slo,value", "total,bad,objective,slo,time"]
)
ROWS = st.lists(st.lists(FIELDS, min_size=0, max_size=6), max_size=12)


def table(text: str | bytes) -> Table:
    return read_csv(io.BytesIO(text.encode() if isinstance(text, str) else text), "points.csv")


def by_owner(found: Table) -> dict[Owner, list[tuple[str, ...]]]:
    """Each owner's rows, to the last digit."""
    columns = [
        found.line,
        found.time,
        *(one for one in (found.good, found.bad, found.total, found.value) if one is not None),
    ]
    return {
        owner: [
            tuple(map(repr, row)) for row in zip(*(one[found.rows(place)].tolist() for one in columns), strict=True)
        ]
        for place, owner in enumerate(found.owners)
    }


@given(header=HEADERS, rows=ROWS, whole=st.lists(st.tuples(FIELDS, FIELDS), max_size=8), block=st.integers(1, 80))
@example(header="time,slo,value", rows=[["1767297600", "bar", "0.30000000000000004"]], whole=[], block=7)
def test_many_lines_at_once_say_what_each_says_alone(header, rows, whole, block) -> None:
    """The quick way through plain lines and the way through the csv module give one table, wherever a block ends."""
    width = header.count(",") + 1
    regular = [[["1767297600", "bar", one, other, "x", other][place] for place in range(width)] for one, other in whole]
    text = "\n".join([header, *(",".join(row) for row in [*rows, *regular, *rows])])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "BLOCK", block)
        quick = table(text)
        patch.setattr(reading, "BLOCK", 1 << 22)
        alone = table(text + '\n"\n"')  # a quote at the end, so that all is read one by one
    assert by_owner(quick) == by_owner(alone)
    assert set(quick.refused) == set(alone.refused)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("block", [1, 2, 3, 50, 1 << 22])
def test_line_ends_and_marks_do_no_harm(end, block, monkeypatch) -> None:
    """Lines are counted alike, also where a block ends between CR and LF."""
    monkeypatch.setattr(reading, "BLOCK", block)
    lines = ["", "time,slo,good,total", "1767297600,bar,1,2", "", "nonsense", "1767297660,bar,2,2"]
    found = table("\ufeff" + end.join(lines))
    assert found.owners == (Owner("bar"),)
    assert found.line.tolist() == [3, 6]
    assert [one.line for one in found.refused] == [5]


def test_rows_lie_by_owner_and_in_the_order_of_the_file() -> None:
    """However they are mixed, whoever reads a line alone or with others."""
    found = table("slo,time,value\na,60,1\nb,60,2\na,120,+3\nb,120,4\na,0,5\n")
    assert found.owners == (Owner("a"), Owner("b"))
    assert found.value is not None
    assert [found.value[found.rows(one)].tolist() for one in (0, 1)] == [[1, 3, 5], [2, 4]]
    assert found.line[found.rows(0)].tolist() == [2, 4, 6]


def test_a_quoted_field_may_hold_several_lines() -> None:
    """The lines after it keep their numbers."""
    found = table('time,slo,value\n60,"a\nb",1\n120,c,2\nx,c,3\n')
    assert found.owners == (Owner("a\nb"), Owner("c"))
    assert found.line.tolist() == [3, 4]
    assert [one.line for one in found.refused] == [5]


@pytest.mark.parametrize("tail", [b"", b'60,"a",1\n'])
def test_what_is_not_utf_8_is_named_with_its_line(tail) -> None:
    """The file is refused as a whole: nobody knows what else of it was meant otherwise."""
    with pytest.raises(Invalid, match="0xff is not UTF-8") as refused:
        table(b"time,slo,value\n60,a,1\n120,\xff,1\n" + tail)
    assert refused.value.place == "points.csv:3:5"


def test_a_file_without_a_header_is_refused() -> None:
    """Also one of empty lines."""
    for text in ("", "\n\n  \n", "\ufeff"):
        with pytest.raises(Invalid, match="empty"):
            table(text)
