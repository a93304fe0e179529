"""What is told of an event to those who subscribed: its `data`, the same document that the API and the stream have."""

from __future__ import annotations

from pydantic import BaseModel

from leeway.client.events import AlertNews, Turned
from leeway.client.hooks import DocumentNews, SourceNews, Tested
from leeway.engine import hooks
from leeway.engine.hooks import News
from leeway.engine.views import SourceState
from leeway.ports.alerts import Alert
from leeway.ports.annotations import Annotation
from leeway.ports.state import Revision
from leeway.server.api import shapes
from leeway.server.api.charts import annotation


def told(news: News) -> BaseModel:
    """The document of one event."""
    what = news.what
    match news.of:
        case hooks.Turned() as one:
            return Turned.model_validate(
                {"slo": one.slo, "objective": one.objective, "before": one.before, "after": one.after}
            )
        case Alert() as one:
            return AlertNews.model_validate({"what": what, "alert": shapes.alert(one)})
        case Revision() as one:
            told = {"what": what, "kind": one.kind, "name": one.name, "number": one.number, "by": one.by}
            return DocumentNews.model_validate(told)
        case Annotation() as one:
            return annotation(one)
        case SourceState() as one:
            return SourceNews.model_validate({"what": what, "source": shapes.source(one)})
        case str() as by:
            return Tested(by=by)
