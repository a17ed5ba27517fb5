"""Names of the content types that are read and written."""

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
PROBLEM = "application/problem+json"
HTML = "text/html"
NDJSON = "application/x-ndjson"
TEXT = "text/plain"
#: how senders name lines of JSON; ``text/plain`` for tools that know no other way
NDJSON_NAMES = (NDJSON, TEXT, "application/jsonl", "application/json-lines")
