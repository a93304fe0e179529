"""One conversation with the server: what was asked, what came back (as a digest), and what a person should know."""

from __future__ import annotations

import hashlib
from email.utils import parsedate_to_datetime

from leeway.errors import LeewayError
from leeway.net import Answer, Client, Request
from leeway.ports.clock import Clock
from leeway.sources.prometheus.decode import Series, decode, shifted
from leeway.sources.prometheus.query import Instant, Range

_SHOWN = 40  # lines of queries kept in provenance


class Talk:
    """Asks one query after the other, so that the digest of the same answers is the same each time."""

    def __init__(self, client: Client, url: str, tenant: str | None, clock: Clock) -> None:
        self._client = client
        self._url = url
        self._headers = {"X-Scope-OrgID": tenant} if tenant else {}
        self._clock = clock
        self._digest = hashlib.sha256()
        self._sent: list[str] = []
        self.notes: list[str] = []

    async def ask(self, query: Instant | Range, *, native: bool = False) -> tuple[Series, ...]:
        """The series of one answer, `native` if they are to be histograms; errors name the address and the query."""
        form, wanted = query.form, "matrix" if query.gives_samples else "vector"
        request = Request(self._url + query.path, "POST", form=form, headers=self._headers, repeatable=True)
        answer = await self._client.ask(request)
        self._sent.append(str(query))
        self._digest.update(answer.body)
        self._compare_clocks(answer)
        try:
            return decode(answer.body, answer.content_type, wanted, native=native)
        except LeewayError as error:
            error.place = error.place or f"{self._url}{query.path}"
            error.message = self._client.redaction.quoted(f"{error.message} (asked: {query})", 600)
            raise

    def note(self, text: str) -> None:
        """Keeps a sentence, once."""
        if text and text not in self.notes:
            self.notes.append(text)

    @property
    def digest(self) -> str:
        """SHA-256 over the bytes of all answers, in order."""
        return self._digest.hexdigest()

    @property
    def sent(self) -> str:
        """The queries really sent, one a line; of very many the first and the last."""
        lines = self._sent
        if len(lines) > _SHOWN:
            lines = [*lines[:-1][: _SHOWN - 2], f"… and {len(lines) - _SHOWN + 1} more in the same way", lines[-1]]
        return "\n".join(lines)

    def _compare_clocks(self, answer: Answer) -> None:
        try:
            date = parsedate_to_datetime(answer.headers.get("Date", "")).timestamp()
        except (ValueError, OverflowError):
            return
        self.note(shifted(date, self._clock.now()))
