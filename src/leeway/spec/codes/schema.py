"""Codes of what OpenSLO or its Go SDK refuses. The SDK's own words are used where it has one."""

from __future__ import annotations

from leeway.spec.codes.code import Code

REQUIRED = Code(
    "required",
    "A field that must be there is absent, null or empty.",
    "Without it the document has no meaning, and the Go SDK refuses it.",
    "Add the field.",
)
UNKNOWN_FIELD = Code(
    "unknown-field",
    "A key that is not known here.",
    "A misspelt field would be ignored without a word, and a default would be used in its place.",
    "Take the spelling that the hint offers, or move the key into `metadata.annotations`.",
)
KEY_CASE = Code(
    "key-case",
    "A field whose upper and lower case differ from the specification's.",
    "The Go SDK reads it, other readers do not: YAML keys are case-sensitive.",
    "Take the spelling that the hint offers.",
)
TEMPLATE_FLAW = Code(
    "template-flaw",
    "A template of a Recipient that is no Jinja, names what no message has, or holds more than templates may.",
    "It would fail when somebody has to be told, or take longer than they can wait.",
    "Write it with the names, filters and loops of the message templates.",
)
WRONG_TYPE = Code(
    "wrong-type",
    "A value of another kind than the field takes, such as a number for a text.",
    "The Go SDK cannot read the file.",
    "Write the kind of value that the message asks for; quotes turn anything into text.",
)
NOT_FINITE = Code(
    "not-finite",
    "Infinity or not-a-number.",
    "JSON has no such numbers, so the Go SDK cannot read the file.",
    "Write a finite number.",
)
ONE_OF = Code(
    "one_of",
    "A word outside the list that the field allows.",
    "Each word stands for a behaviour; an unknown one has none.",
    "Take one of the words in the message; case matters.",
)
EQUAL_TO = Code(
    "equal_to",
    "An inlined object of another kind than its place asks for.",
    "A condition cannot stand where a notification target is expected.",
    "Write the kind that the message names.",
)
FORBIDDEN = Code(
    "forbidden",
    "A field that must not be used together with what is around it.",
    "It would have no effect, and the reader would believe that it has.",
    "Remove it.",
)
MUTUALLY_EXCLUSIVE = Code(
    "mutually_exclusive",
    "Of several fields exactly one must be set; here it is none, or more than one.",
    "Two answers to one question, or no answer.",
    "Keep one of the fields that the message names.",
)
ONE_OF_PROPERTIES = Code(
    "one_of_properties",
    "Of several fields at least one must be set.",
    "A total alone says how much happened, not how well.",
    "Add one of the fields that the message names.",
)
STRING_DNS_LABEL = Code(
    "string_dns_label",
    "A name with other letters than a-z, 0-9 and `-`, or longer than 63.",
    "Names become parts of addresses and labels in other tools; this is what all of them accept.",
    "Use the name that the hint offers and put the pretty one into `metadata.displayName`.",
)
STRING_MAX_LENGTH = Code(
    "string_max_length",
    "A text longer than its field allows.",
    "The Go SDK refuses it.",
    "Shorten it; long explanations belong into a document that an annotation links to.",
)
STRING_MATCH_REGEXP = Code(
    "string_match_regexp",
    "A label or annotation whose key (v2alpha: or value) has a forbidden form.",
    "The Go SDK refuses it, and so would Kubernetes.",
    "Letters, digits, `-`, `_`, `.`; a letter or digit at both ends; at most 63; for annotations a DNS name and `/` "
    "may stand before.",
)
STRING_QUALIFIED_NAME = Code(
    "string_kubernetes_qualified_name",
    "A key of a v2alpha label or annotation that is no qualified name of Kubernetes.",
    "OpenSLO v2alpha takes over the rules of Kubernetes.",
    "Letters, digits, `-`, `_`, `.`; a letter or digit at both ends; at most 63; a DNS name and `/` may stand before.",
)
GREATER_THAN_OR_EQUAL_TO = Code(
    "greater_than_or_equal_to",
    "A number below the least that the field allows.",
    "A negative share cannot be reached or missed.",
    "Write a number in the range that the message names.",
)
GREATER_THAN = Code(
    "greater_than",
    "A number that must be above a limit is not.",
    "At the limit the field would decide nothing.",
    "Write a number in the range that the message names.",
)
LESS_THAN = Code(
    "less_than",
    "A number that must stay below a limit does not.",
    "100 % leaves no error budget: every single failure would break it. For `target`, 0.99 means 99 %.",
    "Write a number in the range that the message names; 99.9 % is `target: 0.999` or `targetPercent: 99.9`.",
)
LESS_THAN_OR_EQUAL_TO = Code(
    "less_than_or_equal_to",
    "A number above the most that the field allows.",
    "A slice cannot be better than all good.",
    "Write a number in the range that the message names.",
)
SLICE_LENGTH = Code(
    "slice_length",
    "A list that must have an exact number of items has another.",
    "OpenSLO writes `timeWindow` and `conditions` as lists, with exactly one item in each.",
    "Keep one item; write a second document for the second.",
)
SLICE_MIN_LENGTH = Code(
    "slice_min_length",
    "A list with too few items.",
    "An alert policy that notifies nobody, or an SLO without an objective, does nothing.",
    "Add an item.",
)
SINGLE_OBJECTIVE = Code(
    "single-objective",
    "A threshold metric with several objectives.",
    "OpenSLO v1 allows one objective for a threshold metric; the Go SDK does not look.",
    "Write one SLO for each threshold.",
)
MAP_MIN_LENGTH = Code(
    "map_min_length",
    "An empty `metricSource.spec`.",
    "The source would not know what to measure.",
    "Say what to ask the source for, for example `query:`.",
)
DURATION = Code(
    "duration",
    "A duration in another form than a whole number and one of m, h, d, w, M, Q, Y.",
    "`1W`, `1h30m` and `1s` are refused by everyone; `0m`, `+1w` and `1w 2d` are accepted by the Go SDK and mean "
    "something else than they say (it reads `1w 2d` as one week).",
    "Write for example `5m` (minutes), `28d`, `1M` (month). Compose: 90 minutes are `90m`.",
)
STRING_DATE_TIME = Code(
    "string_date_time",
    "A start time in another form than `YYYY-MM-DD HH:MM:SS`.",
    "A `T`, a zone or a bare date are refused by the Go SDK; the zone has its own field.",
    'Write `startTime: "2026-01-01 00:00:00"` and put the zone into `timeZone`.',
)
STRING_TIME_ZONE = Code(
    "string_time_zone",
    "A time zone that is not in the IANA database.",
    "The window would begin at the wrong moment; abbreviations are ambiguous.",
    "Write a name like `Europe/Berlin` or `UTC`.",
)
CALENDAR = Code(
    "calendar",
    "A rolling window with a calendar, or a calendar window without one.",
    "A rolling window has no start; a calendar window repeats from one.",
    "Set `isRolling: true` and no `calendar`, or give `calendar.startTime` and `calendar.timeZone`.",
)
UNSUPPORTED_VERSION = Code(
    "unsupported-version",
    "An `apiVersion` that Leeway does not read, or none.",
    "Without it nobody knows which rules the document follows.",
    "Write `apiVersion: openslo/v1`, or `leeway.dev/v1` for the kinds that OpenSLO does not have.",
)
UNSUPPORTED_KIND = Code(
    "unsupported-kind",
    "A `kind` that this version of OpenSLO does not have, or none.",
    "Without it nobody knows what the document describes.",
    "Take one of the kinds in the message; case matters.",
)
RENAMED_FIELD = Code(
    "renamed-field",
    "A v2alpha SLO that says `service`.",
    "The text of v2alpha says `service`, its Go SDK says `serviceRef` and refuses the other. Leeway reads both.",
    "Write `serviceRef`.",
)
