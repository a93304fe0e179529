"""The tables of the points file, as numbered steps: the format's version is the number of steps applied.

`points` holds what arrived lately, in order of arrival; `history` one newest row per slice, sorted by series and time
within each compacted day; `superseded` the older versions. A row leaves `points` only in the transaction that writes it
to one of the other two, so the union of the three is always everything known. Rows are narrow, because each column
costs every append; what few rows have besides (bounds, a weight, a mergeable sketch) has its room in `extras`, found by
(series, time, seq) wherever the row itself lies; so far only sketches are written there. `extents` holds, for each
compacted day, where each series begins and ends in it, so that a start need not scan history for that.
"""

from __future__ import annotations

ROW_COLUMNS = "series, time, good, total, value, known_at, fence, seq"

_ROW = """
    series INTEGER NOT NULL, time BIGINT NOT NULL, good BIGINT NOT NULL, total BIGINT NOT NULL, value DOUBLE,
    known_at BIGINT NOT NULL, fence BIGINT NOT NULL, seq BIGINT NOT NULL
"""

_FIRST = f"""
CREATE TABLE points ({_ROW});
CREATE TABLE history ({_ROW});
CREATE TABLE superseded ({_ROW});
CREATE TABLE extras (
    series INTEGER NOT NULL, time BIGINT NOT NULL, seq BIGINT NOT NULL,
    good_low BIGINT, good_high BIGINT, weight DOUBLE, sketch BLOB
);
CREATE TABLE hours (
    objective INTEGER NOT NULL, hour BIGINT NOT NULL,
    bad BIGINT NOT NULL, total BIGINT NOT NULL, covered BIGINT NOT NULL
);
CREATE TABLE readings (
    seq BIGINT NOT NULL, series INTEGER NOT NULL, source VARCHAR NOT NULL, query VARCHAR NOT NULL,
    since BIGINT NOT NULL, until BIGINT NOT NULL, step_s INTEGER NOT NULL, digest VARCHAR NOT NULL,
    fetched_at DOUBLE NOT NULL, computed_by VARCHAR NOT NULL, samples BIGINT NOT NULL, row_count BIGINT NOT NULL,
    notes VARCHAR
);
CREATE TABLE receipts (
    key VARCHAR PRIMARY KEY, digest VARCHAR NOT NULL, seq BIGINT NOT NULL, row_count BIGINT NOT NULL,
    known_at BIGINT NOT NULL
);
"""

_EXTENTS = """
CREATE TABLE extents (series INTEGER NOT NULL, first BIGINT NOT NULL, last BIGINT NOT NULL);
INSERT INTO extents SELECT series, min(time), max(time) FROM history GROUP BY series;
"""

_DOUBT = """
ALTER TABLE hours ADD COLUMN doubt BIGINT;
"""

STEPS: tuple[str, ...] = (_FIRST, _EXTENTS, _DOUBT)
"""Step i brings a file of version i to version i + 1. Steps are added at the end and never changed."""
