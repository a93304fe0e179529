"""Codes of advice on one document."""

from __future__ import annotations

from leeway.spec.codes.code import Code

LEADING_ZERO = Code(
    "leading-zero",
    "A duration that begins with a zero, like `010m`.",
    "Some readers take it for octal. Leeway and the Go SDK read ten.",
    "Write `10m`.",
)
WINDOW_IN_MINUTES = Code(
    "window-in-minutes",
    "A time window of minutes.",
    "`1m` is one minute; a month is `1M`. OpenSLO's own example has this slip.",
    "Write `1M` for a month, or `28d` for four weeks.",
)
WINDOW_FIXED_MONTH = Code(
    "window-fixed-month",
    "A rolling window in months, quarters or years.",
    "OpenSLO does not say how long these are when rolling; Leeway and the Go SDK take 30, 90 and 365 days.",
    "Write days, or make the window a calendar one.",
)
SLICE_NOT_SHORTER = Code(
    "slice-not-shorter",
    "A slice as long as the window, or longer.",
    "The window would hold no whole slice, or one: nothing is left to count.",
    "Make `timeSliceWindow` much shorter than the window; `1m` and `5m` are usual.",
    serious=True,
)
SLICE_UNEVEN = Code(
    "slice-uneven",
    "A slice that does not divide the window.",
    "The last slice of the window is incomplete and is not judged.",
    "Choose a slice that divides a day.",
)
WEIGHT_WITHOUT_COMPOSITE = Code(
    "weight-without-composite",
    "`compositeWeight` in an SLO whose objectives share one indicator.",
    "The weight has no effect outside a composite.",
    "Remove it, or give each objective its own indicator.",
)
HALF_COMPOSITE = Code(
    "half-composite",
    "Some objectives have their own indicator, and some have none.",
    "An objective without an indicator cannot be computed.",
    "Give each objective an indicator, or all of them one at `spec.indicator`.",
    serious=True,
)
RAW_OCCURRENCES = Code(
    "raw-occurrences",
    "A raw ratio with the budgeting method Occurrences.",
    "A ratio has lost its number of events, so each reading counts as one event, a busy minute as much as a quiet one.",
    "Give good (or bad) and total, or choose Timeslices or RatioTimeslices.",
)
TARGET_ZERO = Code(
    "target-zero",
    "A target of 0.",
    "It can never be missed: the budget is everything.",
    "Write the share that has to be good, for example 0.99.",
)
OP_WITHOUT_THRESHOLD = Code(
    "op-without-threshold",
    "`op` or `value` on an objective whose indicator is a ratio.",
    "They only apply to threshold metrics and have no effect here.",
    "Remove them.",
)
THRESHOLD_WITHOUT_OP = Code(
    "threshold-without-op",
    "An objective of a threshold metric without `op` or `value`.",
    "Nobody knows which readings are good.",
    "Add `op` (lte, lt, gte, gt) and `value`.",
    serious=True,
)
THRESHOLD_BACKWARD = Code(
    "threshold-backward",
    "An operator that reads backwards for what the name says: latency that is good when it is high.",
    "`value op threshold` is *good*, so a latency wants lte or lt, and a throughput gte or gt.",
    "Turn the operator round, unless the name misleads.",
)
RESERVED_ANNOTATION = Code(
    "reserved-annotation",
    "An annotation whose key begins with `openslo.com/`.",
    "OpenSLO keeps that prefix for itself.",
    "Use a prefix of your own.",
)
UNKNOWN_ANNOTATION = Code(
    "unknown-annotation",
    "A `leeway.dev/…` annotation that Leeway does not know, or not on this kind of document.",
    "It would be ignored without a word, and a default would be used in its place.",
    "Take the spelling that the hint offers.",
    serious=True,
)
BAD_ANNOTATION = Code(
    "bad-annotation",
    "A `leeway.dev/…` annotation with a value it does not take.",
    "The budget would be computed by a default that nobody chose.",
    "Take one of the values in the message.",
    serious=True,
)
IDLE_ANNOTATION = Code(
    "idle-annotation",
    "A `leeway.dev/…` annotation that has no effect beside the rest of the document.",
    "The reader would believe that it has.",
    "Remove it, or change the field that the message names.",
)
PERCENTILE_AVERAGED = Code(
    "percentile-averaged",
    "A query that adds up or averages percentiles, or takes one for a count or a ratio.",
    "The mean of two p99 is nobody's p99: of two hosts with a p99 of 10 ms and 2 s it is 1,005 ms, where the p99 of "
    "all requests is 20 ms.",
    "Count the requests under the threshold: a `thresholdMetric` whose query selects the buckets of a histogram, or a "
    "ratio of good and total.",
    serious=True,
)
PERCENTILE_VALUE = Code(
    "percentile-value",
    "A percentile as a value, the greatest of several, or what by its name is a percentile.",
    "It says of each minute that it was good or bad, a quiet one as much as a busy one, and cannot say how many "
    "requests were slow.",
    "If users feel each request, count them: a `thresholdMetric` whose query selects the buckets of a histogram.",
)
POLICY_SILENT = Code(
    "policy-silent",
    "An alert policy in which every alertWhen… is false.",
    "It never tells anybody anything.",
    "Set `alertWhenBreaching: true`.",
)
POLICY_TELLS_NOBODY = Code(
    "policy-tells-nobody",
    "An alert policy of `leeway.dev/v1` without `notify`.",
    "Its alerts are seen only by those who look.",
    "Name those who have to know: `notify: [on-call]`, with a Recipient of this name.",
)
PEOPLE_UNKNOWN = Code(
    "people-unknown",
    "A Recipient that does not say how many people it reaches.",
    "A list can have grown to thousands since somebody last looked.",
    "Count them and write `people:`.",
    serious=True,
)
PEOPLE_MANY = Code(
    "people-many",
    "A Recipient that reaches more than 20 people.",
    "Nobody feels meant, and everybody is woken.",
    "Name those who can mend it. `leeway apply` takes it only if the number is typed again.",
)
