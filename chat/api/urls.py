"""Addresses under /api/v1/. Whatever is asked there, the answer is JSON."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, re_path
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from chat.api import (
    drafts,
    emoji,
    links,
    members,
    mentions,
    messages,
    moderation,
    people,
    polls,
    reports,
    rooms,
    saved,
    scheduled,
    search,
    threads,
)
from chat.api.answers import component_schemas
from chat.api.auth import Session, Token
from chat.api.errors import guarded, tell
from chat.api.fields import JsonParser


class Api(NinjaAPI):
    """The API, whose description includes the rows that msgspec encodes."""

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        """Return the whole description."""
        schema = super().get_openapi_schema(**kwargs)
        schema["components"]["schemas"].update(component_schemas())
        return schema


def nothing_there(request: HttpRequest) -> HttpResponse:
    """Answer for every address that is none. Raises Http404."""
    raise Http404


api = Api(
    title="Chat",
    version="1",
    description="JSON beside the live protocol. Errors are {code, detail, retry_after?}.",
    urls_namespace="api",
    docs_url=None,  # its pages come from a CDN; the description itself is enough for any tool
    auth=[Token(), Session()],
    parser=JsonParser(),
)
for kind in (Exception, Http404, HttpError, ValidationError):  # in place of ninja's own
    api.add_exception_handler(kind, tell)
NOUNS = (
    people, rooms, members, links, messages, threads, saved, emoji, mentions, drafts,
    scheduled, polls, search, moderation, reports,
)  # fmt: skip
for noun in NOUNS:
    api.add_router("", noun.router)

patterns, application, namespace = api.urls
for pattern in patterns:
    assert pattern.callback
    pattern.callback = guarded(pattern.callback)
# Whatever it is: a path's converter knows no line breaks.
patterns.append(re_path(r"[\s\S]", guarded(nothing_there)))
urlpatterns = [path("", (patterns, application, namespace))]
