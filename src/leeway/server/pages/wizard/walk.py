"""How far somebody has come: the step that they may see, and what an earlier one still lacks."""

from __future__ import annotations

from dataclasses import dataclass

from leeway.errors import Invalid
from leeway.lab.rehearsal import Heard
from leeway.lab.suggest import Series
from leeway.server.pages.wizard import reading
from leeway.server.pages.wizard.answers import STEPS, Answers
from leeway.spec.library import Library

EXPIRED = "what was read is forgotten: it is kept for an hour"


def title(series: Series) -> str:
    """What a series of a file is called: its SLO, and the objective if its rows name one."""
    return "/".join(filter(None, series.owner))


@dataclass(frozen=True, slots=True)
class Ground:
    """What the answers stand on: the definitions that there are, and what was read."""

    library: Library
    heard: Heard | None

    def series(self, answers: Answers) -> Series | None:
        """The one that the SLO is about; None of what is pushed, or not read yet."""
        if self.heard is None or self.heard.table is None:
            return None
        if not answers.series:
            return self.heard.series[0] if self.heard.series else None
        return next((one for one in self.heard.series if title(one) == answers.series), None)

    def of_values(self, answers: Answers) -> bool:
        """Whether the series has values, which a threshold judges; else it counts events."""
        match answers.way:
            case "push":
                return answers.pushes == "values"
            case "file":
                series = self.series(answers)
                return series is not None and series.points.value is not None
            case "probe":
                return False
            case _:
                return bool(answers.value)


def walk(answers: Answers, ground: Ground) -> tuple[str, Invalid | None]:
    """The step that was asked for, or the first before it that lacks something, and what it lacks."""
    wanted = answers.step if answers.step in dict(STEPS) else "source"
    for step, _ in STEPS:
        if step == wanted:
            break
        try:
            check(step, answers, ground)
        except Invalid as lack:
            return step, lack
    return wanted, None


def check(step: str, answers: Answers, ground: Ground) -> None:
    """Raises Invalid for what the step lacks."""
    answers.ensure_short()
    match step:
        case "source":
            reading.source(answers, ground.library)
        case "data":
            _data(answers, ground)
        case "sli":
            reading.judged(answers, of_values=ground.of_values(answers))
        case "target":
            reading.target(answers)
        case "alerts":
            reading.recipients(answers, ground.library)
        case "name":
            reading.names(answers, ground.library)


def _data(answers: Answers, ground: Ground) -> None:
    if answers.way == "push":
        if answers.pushes not in ("events", "values"):
            raise Invalid("this is neither events nor values", place="pushes", mend="choose one")
        return
    if answers.way == "probe":
        return  # its words were read with the source
    if answers.way != "file":
        reading.queries(answers)
    heard = ground.heard
    if heard is None:
        again = "give the file again" if answers.way == "file" else "press Read"
        raise Invalid(EXPIRED if answers.past else "nothing was read yet", place="past", mend=again)
    if heard.trouble is not None:
        raise Invalid(heard.trouble.message, place="past", mend=heard.trouble.mend)
    if heard.reading:
        raise Invalid("it is still being read", place="past", mend="wait a moment")
    if ground.series(answers) is None:
        raise Invalid("there is no such series", place="series", mend="choose one of the list")
