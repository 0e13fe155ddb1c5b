"""Writes the frames' part of docs/protocol.md from the types that parse and make them."""

import json
from argparse import ArgumentParser
from inspect import cleandoc
from pathlib import Path
from typing import Any, get_args

import msgspec
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from chat.live import frames

PAGE = Path(settings.BASE_DIR) / "docs" / "protocol.md"
BEGIN = "<!-- frames: written by `manage.py protocol` -->\n"
END = "<!-- end of frames -->\n"


class Command(BaseCommand):
    """manage.py protocol [--check]"""

    help = "Writes the frames' part of docs/protocol.md from the types in chat.live.frames."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add --check."""
        parser.add_argument(
            "--check", action="store_true", help="only say whether the page is what it should be"
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        """Write the page, or compare it."""
        page = PAGE.read_text()
        before, _, rest = page.partition(BEGIN)
        _, _, after = rest.partition(END)
        fresh = f"{before}{BEGIN}{described_frames()}{END}{after}"
        if check and fresh != page:
            raise CommandError("docs/protocol.md is behind the code: run `manage.py protocol`.")
        if not check:
            PAGE.write_text(fresh)


def described_frames() -> str:
    """Return Markdown that describes every frame, and the rows within them, by its schema."""
    commands, answers = get_args(frames.Command), get_args(frames.ServerFrame)
    (*_,), definitions = msgspec.json.schema_components(
        [*commands, *answers], ref_template="#{name}"
    )
    told = {kind.__name__ for kind in (*commands, *answers)}
    rows = sorted(set(definitions) - told)
    parts = ["\n## Frames from the client\n"]
    parts += [_described(definitions[kind.__name__]) for kind in commands]
    parts.append("## Frames from the server\n")
    parts += [_described(definitions[kind.__name__]) for kind in answers]
    parts.append("## Rows within them\n")
    parts += [_described(definitions[name], name) for name in rows]
    return "\n".join(parts)


def _described(schema: dict[str, Any], name: str = "") -> str:
    properties = dict(schema["properties"])
    kind = properties.pop("type", {}).get("enum", [name])[0]
    required = set(schema.get("required", ()))
    lines = [
        f"### `{kind}`\n",
        f"{cleandoc(schema.get('description', ''))}\n",
        "| field | type | |",
        "|---|---|---|",
    ]
    lines += [
        f"| `{field}` | {_type(of)} | {'' if field in required else _default(of)} |"
        for field, of in properties.items()
    ]
    return "\n".join(lines) + "\n"


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return f"`{schema['$ref'].lstrip('#')}`"
    if "anyOf" in schema:
        return " or ".join(_type(part) for part in schema["anyOf"])
    if schema.get("type") == "array":
        return f"array of {_type(schema.get('items', {}))}"
    if schema.get("type") == "object":
        return f"object of {_type(schema.get('additionalProperties') or {})}"
    bits = [schema.get("format") or schema.get("type", "anything")]
    if schema.get("minimum") == 0:
        bits.append("≥ 0")
    return " ".join(bits)


def _default(schema: dict[str, Any]) -> str:
    return f"default `{json.dumps(schema['default'])}`" if "default" in schema else "may be missing"
