"""What a look decided about an alert, in words for those who ask later why they were told, or why not."""

from __future__ import annotations

from collections.abc import Sequence

from leeway.core.alerting.decide import Suppression
from leeway.core.alerting.silence import Silence
from leeway.engine.report import rfc3339
from leeway.ports.alerts import Alert, Turn
from leeway.ports.decisions import Decision, DecisionStore, Verdict

KEPT = {
    Suppression.INHIBITION: "a page tells of the same burn",
    Suppression.HOLD: "held back, because past burns like this one healed by themselves; a ticket says so meanwhile",
    Suppression.SILENCE: "silenced",
    Suppression.GROUPING: "told with others in one message",
    Suppression.DOUBT: "too little is seen to believe the figures, or to tell them from chance",
}
NOBODY = "nobody is named who could be told"


class Record:
    """Writes decisions down, each once: what a look says of an alert is mostly what the last one said."""

    def __init__(self, store: DecisionStore) -> None:
        self._store, self._newest = store, dict[str, Decision]()

    def note(self, decisions: Sequence[Decision]) -> None:
        """As the store, without asking it for what was written by this one."""
        new = [one for one in decisions if _said(self._newest.get(one.alert)) != _said(one)]
        self._store.note(new)
        self._newest |= {one.alert: one for one in new}
        for one in new:
            if one.verdict is not Verdict.KEPT or one.reason is Suppression.DOUBT:  # nothing more will be said of it
                del self._newest[one.alert]

    def was_held(self, alert: Alert) -> bool:
        """True if a ticket was opened in the stead of a page; a silence may have begun since.

        The newest decision does not count: if the alert stands otherwise, it was written but never came into force.
        """
        if alert.suppressed_by in (None, Suppression.HOLD):
            return alert.suppressed_by is Suppression.HOLD
        return any(one.reason is Suppression.HOLD for one in self._store.decisions((alert.key,))[1:])


def decided(before: Alert | None, turn: Turn, silence: Silence | None, now: float) -> Decision | None:
    """The decision that a turn brought; None if it is as it was before. `silence` is what keeps the alert, if one does.

    A recipient who stands behind others is not told now, and not named.
    """
    alert = turn.alert
    if alert is None or (before is not None and _stand(before) == _stand(alert)):
        return None
    if alert.suppressed_by is Suppression.DOUBT:
        return Decision(alert.key, now, Verdict.KEPT, KEPT[Suppression.DOUBT], Suppression.DOUBT)
    if alert.resolved_at is not None:
        return Decision(alert.key, now, Verdict.ENDED, "it burns no more")
    if alert.sent_at is not None:
        names = dict.fromkeys(one.recipient for one in turn.outgoing if one.due_at <= now)
        return Decision(alert.key, now, Verdict.SENT, f"told {', '.join(names)}" if names else "told")
    if alert.suppressed_by is None:
        return Decision(alert.key, now, Verdict.KEPT, NOBODY)
    words = KEPT[alert.suppressed_by]
    if alert.suppressed_by is Suppression.SILENCE and silence is not None:
        words = silenced_by(silence, now)
    return Decision(alert.key, now, Verdict.KEPT, words, alert.suppressed_by)


def silenced_by(silence: Silence, now: float) -> str:
    """Who silenced it, until when, and why."""
    until = f"silenced by {silence.who} until {rfc3339(int(silence.ends_at))}: {silence.why}"
    return until if silence.holds(now) else f"{until}; whether it burns since then cannot be told yet"


def _said(one: Decision | None) -> tuple[object, ...]:
    return () if one is None else (one.verdict, one.reason, one.words)


def _stand(alert: Alert) -> tuple[object, ...]:
    return alert.sent_at, alert.suppressed_by, alert.resolved_at
