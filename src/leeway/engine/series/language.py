"""The part of PromQL that Leeway answers, parsed: what it cannot answer is refused with its place, never guessed.

The parser knows no places, so they are looked for: a thing that is not answered is where it first stands in the text; a
text that is no PromQL is understood up to where its longest readable beginning ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import promql_parser as promql

from leeway.errors import Invalid

AGGREGATIONS = frozenset({"sum", "avg", "min", "max", "count"})
CHOICES = frozenset({"topk", "bottomk"})
ARITHMETIC = frozenset("+-*/%^")
COMPARISONS = frozenset({"==", "!=", ">", "<", ">=", "<="})
LONGEST = 10_000
DEEPEST = 200
"""Operators and brackets: the parser recurses."""

REPEATS = 4
"""So many repetitions a regular expression may have, and none of groups: matching must not take a server's time."""

_QUOTED = re.compile(r"""(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`([^`]*)`|#[^\n]*)""")
_NESTING = re.compile(r"[-+*/%^(<>=!]")
_TOKEN = re.compile(r"""\s*("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[\w:.]+|[=!<>]=|=~|!~|\S)""")
_REPEATED_GROUP = re.compile(r"\)[*+{]")
_REPEAT = re.compile(r"(?<!\\)[*+{]|(?<![\\(])\?")
_ENGLISH = {"MatrixSelector": "a range ([5m])", "SubqueryExpr": "a subquery", "StringLiteral": "a text"}


class Misasked(Invalid):
    """A question that is no PromQL, or more of it than is answered; says where."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """What a label must be; a label that is missing is "". `pattern` is set for those by regular expression."""

    label: str
    value: str
    negative: bool
    pattern: re.Pattern[str] | None

    def matches(self, value: str) -> bool:
        """As Prometheus: a regular expression has to match the whole value."""
        hit = value == self.value if self.pattern is None else self.pattern.fullmatch(value) is not None
        return hit is not self.negative


@dataclass(frozen=True, slots=True)
class Selector:
    """Series, as they were `offset_s` before."""

    matchers: tuple[Matcher, ...]
    offset_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Number:
    """A number."""

    value: float


@dataclass(frozen=True, slots=True)
class Time:
    """The moment that is asked for."""


@dataclass(frozen=True, slots=True)
class Binary:
    """Arithmetic or a comparison, of which at most one side is a vector; `judges`: gives 0 or 1, filters nothing."""

    op: str
    left: Expression
    right: Expression
    judges: bool


@dataclass(frozen=True, slots=True)
class Aggregation:
    """One of AGGREGATIONS or, with a number, of CHOICES; over groups by these labels, or by all `without` them."""

    op: str
    of: Expression
    labels: tuple[str, ...]
    without: bool
    number: Expression | None = None


Expression = Selector | Number | Time | Binary | Aggregation


def parse(text: str) -> Expression:
    """The question. Raises Misasked with line:column for what is no PromQL, and for what is not answered."""
    if len(text) > LONGEST or len(_NESTING.findall(_QUOTED.sub("", text))) > DEEPEST:
        raise Misasked(f"1:1: parse error: longer than {LONGEST} characters, or more than {DEEPEST} operators")
    if not _QUOTED.sub(lambda match: "" if match[0].startswith("#") else match[0], text).strip():
        raise Misasked("1:1: parse error: no expression found in input")
    try:
        tree = promql.parse(_QUOTED.sub(_plain, text))
    except ValueError as error:
        raise Misasked(f"{_spot(text, _readable(text))}: parse error: {error}") from None
    return _Reader(text).read(tree)


def is_vector(expression: Expression) -> bool:
    """Series; else a number at each moment."""
    match expression:
        case Binary(left=left, right=right):
            return is_vector(left) or is_vector(right)
        case Number() | Time():
            return False
        case _:
            return True


def selectors_of(expression: Expression) -> tuple[Selector, ...]:
    """All that are in it."""
    match expression:
        case Selector():
            return (expression,)
        case Binary(left=left, right=right):
            return selectors_of(left) + selectors_of(right)
        case Aggregation(of=of, number=number):
            return selectors_of(of) + (() if number is None else selectors_of(number))
        case _:
            return ()


def selector(text: str) -> Selector:
    """Series to choose, as `match[]` has it. Raises Misasked."""
    found = parse(text)
    if not isinstance(found, Selector):
        raise Misasked("1:1: parse error: a selector of series is expected here")
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    text: str

    def read(self, tree: promql.Expr) -> Expression:
        match tree:
            case promql.ParenExpr():
                return self.read(tree.expr)
            case promql.NumberLiteral():
                return Number(tree.val)
            case promql.VectorSelector():
                return self._selector(tree)
            case promql.UnaryExpr():
                return Binary("*", Number(-1.0), self.read(tree.expr), judges=False)
            case promql.BinaryExpr():
                return self._binary(tree)
            case promql.AggregateExpr():
                return self._aggregation(tree)
            case promql.Call() if tree.func.name == "time":
                return Time()
            case promql.Call():
                raise self._refusal(f"the function {tree.func.name}()", rf"\b{tree.func.name}\s*\(")
            case _:
                ranged = isinstance(tree, (promql.MatrixSelector, promql.SubqueryExpr))
                raise self._refusal(_ENGLISH[type(tree).__name__], r"\[" if ranged else r"[\"'`]")

    def _selector(self, tree: promql.VectorSelector) -> Selector:
        if tree.at is not None:
            raise self._refusal("@", "@")
        if tree.matchers.or_matchers:
            raise self._refusal("or between matchers", r"\bor\b")
        matchers = [self._matcher(one) for one in tree.matchers.matchers]
        if tree.name is not None:
            matchers.insert(0, Matcher("__name__", tree.name, negative=False, pattern=None))
        if all(one.matches("") for one in matchers):
            place = _spot(self.text, max(0, self._blank().find("{")))
            raise Misasked(f"{place}: parse error: vector selector must contain at least one non-empty matcher")
        return Selector(tuple(matchers), tree.offset.total_seconds() if tree.offset else 0.0)

    def _matcher(self, one: promql.Matcher) -> Matcher:
        op = str(one.op).rpartition(".")[2]
        pattern = self._pattern(one.value) if op in {"Re", "NotRe"} else None
        return Matcher(one.name, one.value, op in {"NotEqual", "NotRe"}, pattern)

    def _pattern(self, value: str) -> re.Pattern[str]:
        parts = [value] if "(" in value else value.split("|")
        if _REPEATED_GROUP.search(value) or max(len(_REPEAT.findall(part)) for part in parts) > REPEATS:
            raise self._refusal(f"a regular expression that repeats a group, or more than {REPEATS} times,", r"=~|!~")
        try:
            return re.compile(value)
        except re.error as error:
            found = re.search(r"=~|!~", self._blank())
            place = _spot(self.text, found.start() if found else 0)
            raise Misasked(f"{place}: parse error: error parsing regexp: {error}") from None

    def _binary(self, tree: promql.BinaryExpr) -> Binary:
        op, modifier = str(tree.op), tree.modifier
        if op not in ARITHMETIC | COMPARISONS:
            raise self._refusal(f"the operator {op}", rf"\b{op}\b")
        left, right = self.read(tree.lhs), self.read(tree.rhs)
        if is_vector(left) and is_vector(right):
            what = f"{op} between two vectors"
            raise self._refusal(f"{what}; one side has to be a number", re.escape(op), self._split(op, tree))
        judges = modifier is not None and modifier.return_bool
        if op in COMPARISONS and not judges and not is_vector(left) and not is_vector(right):
            place = self._split(op, tree) or 0
            raise Misasked(
                f"{_spot(self.text, place)}: parse error: comparisons between scalars must use BOOL modifier"
            )
        return Binary(op, left, right, judges)

    def _aggregation(self, tree: promql.AggregateExpr) -> Aggregation:
        op, modifier = str(tree.op), tree.modifier
        if op not in AGGREGATIONS | CHOICES:
            raise self._refusal(f"the aggregation {op}", rf"\b{op}\b")
        of = self.read(tree.expr)
        number = self.read(tree.param) if op in CHOICES and tree.param is not None else None
        if not is_vector(of) or (number is not None and is_vector(number)):
            place = re.search(rf"\b{op}\b", self._blank(), re.IGNORECASE)
            raise Misasked(
                f"{_spot(self.text, place.start() if place else 0)}: parse error: expected type instant vector in "
                f"aggregation expression, got scalar"
            )
        without = modifier is not None and str(modifier.type).endswith("Without")
        return Aggregation(op, of, tuple(modifier.labels) if modifier else (), without, number)

    def _refusal(self, what: str, pattern: str, place: int | None = None) -> Misasked:
        found = re.search(pattern, self._blank() if pattern != r"[\"'`]" else self.text, re.IGNORECASE)
        start = place if place is not None else found.start() if found else 0
        return Misasked(
            f"{_spot(self.text, start)}: parse error: {what} is not supported by Leeway, which answers selectors with "
            f"offset, sum, avg, min, max, count, topk, bottomk, time(), and arithmetic and comparisons with numbers"
        )

    def _split(self, op: str, tree: promql.BinaryExpr) -> int | None:
        """Where this operator stands: between two texts that read as its sides."""
        for found in re.finditer(re.escape(op), self._blank()):
            try:
                sides = promql.parse(self.text[: found.start()]), promql.parse(self.text[found.end() :])
            except ValueError:
                continue
            if (str(sides[0]), str(sides[1])) == (str(tree.lhs), str(tree.rhs)):
                return found.start()
        found_first = re.search(re.escape(op), self._blank())
        return found_first.start() if found_first else None

    def _blank(self) -> str:
        return _QUOTED.sub(lambda match: " " * len(match[0]), self.text)


def _readable(text: str) -> int:
    """Where the first token stands that the longest readable beginning does not reach; 0 if there is none."""
    tokens = [found.start(1) for found in _TOKEN.finditer(text)][:DEEPEST]
    return next((place for place in reversed(tokens) if place and _reads(text[:place])), 0)


def _reads(text: str) -> bool:
    try:
        promql.parse(_QUOTED.sub(_plain, text))
    except ValueError:
        return False
    return True


def _spot(text: str, place: int) -> str:
    before = text[:place]
    return f"{before.count(chr(10)) + 1}:{place - (before.rfind(chr(10)) + 1) + 1}"


def _plain(match: re.Match[str]) -> str:
    """A text in backticks in double quotes: the parser looks for escapes in the former, where there are none."""
    if match[1] is None:
        return match[0]
    return '"' + match[1].replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
