"""How schemathesis writes and reads a batch: one JSON document a line (POST /v1/batches)."""

import json

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def write_lines(context, value):
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", errors="replace")
    lines = value if isinstance(value, list) else [value]
    return "".join(f"{json.dumps(line)}\n" for line in lines).encode()


@schemathesis.deserializer("application/x-ndjson")
def read_lines(context, response):
    # the schema is that of one line; the first stands for all
    first, _, _ = response.content.decode().partition("\n")
    return json.loads(first) if first else None
