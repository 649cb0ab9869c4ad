"""The page at /api/docs: every address with what it takes and gives, made from the OpenAPI schema alone.

In: the schema. Out: one page of HTML that loads nothing and runs no script, so that it works without
internet and under any policy. It knows no address and no field by name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

__all__ = ["render_docs"]

STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1.5rem; }
h2 { margin: 2.5rem 0 .5rem; font-size: 1.15rem; overflow-wrap: anywhere; }
h2 b { font: 600 .8rem ui-monospace, monospace; }
h2 b { border: 1px solid; border-radius: 4px; padding: .1rem .4rem; }
code, pre { font: .875rem/1.5 ui-monospace, monospace; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid #8886; border-radius: 6px; }
table { border-collapse: collapse; width: 100%; }
td { vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid #8884; }
.fields td:first-child { width: 26%; }
.fields td:nth-child(2) { width: 34%; }
.replies td:last-child { width: 100%; }
summary { padding: .35rem 0; cursor: pointer; }
td:first-child, td:nth-child(2) { font: .875rem/1.7 ui-monospace, monospace; }
a { color: inherit; }
"""
REFERENCE = "#/components/schemas/"
JSON = "application/json"


def render_docs(schema: Mapping[str, Any]) -> str:
    """Return the page of an OpenAPI schema."""
    info, models = schema["info"], schema["components"]["schemas"]
    parts = [
        f"<h1>{escape(info['title'])}</h1><p>{escape(info['description'])}</p>",
        '<p>The same for programs: <a href="openapi.json">openapi.json</a></p>',
        *(part for path, methods in schema["paths"].items() for part in _operations(path, methods, models)),
        "<h1>Objects</h1>",
        *(_model(name, model) for name, model in models.items()),
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(info['title'])}</title><style>{STYLE}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>"
    )


def _operations(path: str, methods: Mapping[str, Any], models: Mapping[str, Any]) -> Iterator[str]:
    for method, operation in methods.items():
        yield f"<h2><b>{method.upper()}</b> <code>{escape(path)}</code></h2><p>{_words(operation)}</p>"
        rows = [
            (parameter["name"], _kind(parameter["schema"]), f"in the {parameter['in']}")
            for parameter in operation.get("parameters", [])
        ]
        if rows:
            yield _table(rows)
        if body := operation.get("requestBody"):
            sent = body["content"][JSON]["schema"]
            example = escape(_example(path, sent, models))
            yield f'<p>Send {_kind(sent)}:</p><pre tabindex="0">{example}</pre>'
        replies = sorted(operation["responses"].items())
        rows = [(code, _given(reply), _outcome(reply)) for code, reply in replies]
        yield _table([row for row in rows if row[0].startswith("2")], of="replies")
        failed = _table([row for row in rows if not row[0].startswith("2")], of="replies")
        yield f"<details><summary>Errors</summary>{failed}</details>"


def _words(described: Mapping[str, Any]) -> str:
    """Return a description as HTML; what its author marked as code stands as it is."""
    return escape(" ".join(described.get("description", "").replace("`", "").split()))


def _outcome(reply: Mapping[str, Any]) -> str:
    said = str(reply["description"])
    return "" if said == "Successful Response" else said


def _given(reply: Mapping[str, Any]) -> str:
    """Return the kind of what a reply carries, as HTML."""
    return _kind(reply.get("content", {}).get(JSON, {}).get("schema", {}))


def _model(name: str, model: Mapping[str, Any]) -> str:
    needed = model.get("required", [])
    rows = [
        (field, _kind(kind), " ".join(filter(None, [_note(kind), "" if field in needed else "optional"])))
        for field, kind in model.get("properties", {}).items()
    ]
    return f'<h2 id="{escape(name)}">{escape(name)}</h2><p>{_words(model)}</p>{_table(rows)}'


def _note(kind: Mapping[str, Any]) -> str:
    most = kind.get("maxLength") or kind.get("maxItems")
    return " ".join(filter(None, [kind.get("description", ""), f"at most {most:,}" if most else ""]))


def _table(rows: list[tuple[str, str, str]], *, of: str = "fields") -> str:
    """Return rows of a name, a kind (HTML already) and words."""
    drawn = "".join(
        f"<tr><td>{escape(name)}</td><td>{kind}</td><td>{escape(words)}</td></tr>"
        for name, kind, words in rows
    )
    return f'<table class="{of}">{drawn}</table>'


def _kind(schema: Mapping[str, Any]) -> str:
    """Return what a schema allows, as HTML, with links to the objects that it names."""
    if reference := schema.get("$ref"):
        name = escape(reference.removeprefix(REFERENCE))
        return f'<a href="#{name}">{name}</a>'
    if choices := schema.get("anyOf"):
        return " or ".join(map(_kind, choices))
    if values := schema.get("enum") or ([schema["const"]] if "const" in schema else []):
        return escape(" | ".join(json.dumps(value) for value in values))
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return escape(str(schema.get("type", "")))


def _example(path: str, schema: Mapping[str, Any], models: Mapping[str, Any]) -> str:
    """Return a command that sends the needed fields of a request, with the examples of the schema."""
    model = models[schema["$ref"].removeprefix(REFERENCE)]
    sent = {
        name: field["examples"][0]
        for name, field in model["properties"].items()
        if name in model["required"] and "examples" in field
    }
    return f"curl --json '{json.dumps(sent)}' http://127.0.0.1:7860{path}"
