"""Text in tables that leave: a spreadsheet takes what begins with certain characters for a formula, and runs it. Pure.

Names come from people. One that begins so gets an apostrophe before it, which spreadsheets show as text; who reads our
own tables takes it away again. Numbers are not text and stay as they are.
"""

from __future__ import annotations

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MARK = "'"


def as_cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula. What begins with the mark gets another, so that none is lost.

    >>> as_cell("=1+1"), as_cell("checkout"), as_cell("'tis")
    ("'=1+1", 'checkout', "''tis")
    """
    return MARK + text if text.startswith((*FORMULAS, MARK)) else text


def of_cell(cell: str) -> str:
    """What `as_cell` was given; text of other tables stays as it is, unless it begins as ours does.

    >>> of_cell("'=1+1"), of_cell("checkout"), of_cell("''tis"), of_cell("'tis")
    ('=1+1', 'checkout', "'tis", "'tis")
    """
    return cell[1:] if cell.startswith(MARK) and cell[1:].startswith((*FORMULAS, MARK)) else cell
