"""Kinds of field in requests, parsed strictly: a number is no text, and no text is a number."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from django.http import HttpRequest
from django.urls import register_converter
from django.utils.translation import gettext_lazy as _
from ninja.parser import Parser
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
)

from chat.errors import Invalid

ID_MAX = 2**63 - 1  # what the database holds; no row ever gets that far
QUERY_MAX = 100  # characters one searches for
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T", re.ASCII)
_INTEGER = re.compile(r"-?[0-9]{1,4000}\Z", re.ASCII)


class Asked(BaseModel):
    """What a request's body asks for. Unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def _within(number: int) -> int:
    """Return ``number`` as the database can hold it. What lies beyond is the id of nothing."""
    return max(-1, min(number, ID_MAX))


def _only_digits(value: Any) -> Any:
    """Refuse spellings of a number that Python reads and other languages do not."""
    if isinstance(value, str) and not _INTEGER.match(value):
        raise ValueError("a whole number is wanted")
    return value


def _only_iso(value: Any) -> Any:
    """Refuse numbers, which would be read as seconds or milliseconds since 1970."""
    if not isinstance(value, str) or not _ISO.match(value):
        raise ValueError("a time as 2026-11-21T20:00:00Z is wanted")
    return value


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("that is beyond all calendars") from None


Text = Annotated[str, Strict()]
Flag = Annotated[bool, Strict()]
Id = Annotated[int, Strict(), AfterValidator(_within)]
Seq = Id
Moment = Annotated[AwareDatetime, BeforeValidator(_only_iso), AfterValidator(_in_utc)]
# In an address everything is text.
NumberInQuery = Annotated[int, BeforeValidator(_only_digits), AfterValidator(_within)]
Query = Annotated[
    str, StringConstraints(max_length=QUERY_MAX, pattern=r"^[^\x00]*$"), Field(title="Search")
]


class AnyId:
    """Ids in paths. One too large for the database is the id of nothing, as any unused one is."""

    regex = "[0-9]+"

    def to_python(self, value: str) -> int:
        """Return the id."""
        return _within(int(value)) if len(value) < 40 else ID_MAX

    def to_url(self, value: int) -> str:
        """Return the id's digits."""
        return str(value)


register_converter(AnyId, "any_id")


class JsonParser(Parser):
    """Bodies as JSON that can be stored: UTF-8, no NaN, no lone surrogates, not endlessly deep."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return what the body says. Raises Invalid."""
        try:
            return msgspec.json.decode(request.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise Invalid(_("The body is not valid JSON.")) from None
