"""Collects what is wrong while a text is read, so that all of it is told at once."""

from __future__ import annotations

from leeway.spec.finding import Finding, Mark, Severity


class Report:
    """Findings of one file, at most `most` of them; how many were left out is told by a last one."""

    __slots__ = ("_file", "_findings", "_most", "_silent")

    def __init__(self, file: str, most: int) -> None:
        self._file = file
        self._most = most
        self._findings: list[Finding] = []
        self._silent: Finding | None = None

    def add(
        self,
        mark: Mark,
        code: str,
        message: str,
        hint: str = "",
        *,
        path: str = "",
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Note a finding; an error by default."""
        finding = Finding(self._file, mark, path, code, severity, message, hint)
        if len(self._findings) < self._most:
            self._findings.append(finding)
        elif self._silent is None or (severity == Severity.ERROR != self._silent.severity):
            self._silent = finding

    def is_full(self) -> bool:
        """Whether nothing more will be listed."""
        return self._silent is not None

    def findings(self) -> tuple[Finding, ...]:
        """All of them in the order of the text."""
        found = sorted(self._findings, key=lambda finding: finding.mark)
        if self._silent is not None:
            first = self._silent
            found.append(
                Finding(
                    self._file,
                    first.mark,
                    "",
                    "too-many-findings",
                    first.severity,
                    f"there is more to mend than these {self._most} places, for instance here: {first.message}",
                    "mend these first, then look again",
                )
            )
        return tuple(found)
