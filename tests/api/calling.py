"""Calling the API as a member's browser or program does, holding every answer to OpenAPI's word."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.test import Client
from jsonschema import Draft202012Validator

from tests.factories import Member

ROOT = "/api/v1/"
UNUSED_ID = 987_654_321
CSRF_TOKEN = "x" * 32


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    content: bytes
    headers: Any

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.content)


@cache
def description() -> dict[str, Any]:
    """The OpenAPI description, as anyone may fetch it."""
    return Client().get(f"{ROOT}openapi.json").json()


class Caller:
    """A client of the API: by cookie as ``member``, by ``token``, or as nobody."""

    def __init__(self, member: Member | None = None, token: str | None = None) -> None:
        self.client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        self.headers = {}
        if member is not None:
            self.client.cookies[settings.SESSION_COOKIE_NAME] = member.cookie
            self.client.cookies[settings.CSRF_COOKIE_NAME] = CSRF_TOKEN
            self.headers["X-CSRFToken"] = CSRF_TOKEN
        if token is not None:
            self.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **query: Any) -> Answer:
        """GET ``path`` under the API's root."""
        return self._call("GET", path, query_params=query)

    def post(self, path: str, **fields: Any) -> Answer:
        """POST ``fields`` as JSON."""
        return self.send("POST", path, json.dumps(fields))

    def patch(self, path: str, **fields: Any) -> Answer:
        """PATCH with ``fields`` as JSON."""
        return self.send("PATCH", path, json.dumps(fields))

    def put(self, path: str, **fields: Any) -> Answer:
        """PUT ``fields`` as JSON."""
        return self.send("PUT", path, json.dumps(fields))

    def delete(self, path: str) -> Answer:
        """DELETE ``path``."""
        return self._call("DELETE", path)

    def send(self, method: str, path: str, body: str | bytes) -> Answer:
        """Send ``body``, whatever it is."""
        return self._call(method, path, data=body, content_type="application/json")

    def _call(self, method: str, path: str, **how: Any) -> Answer:
        response = self.client.generic(method, ROOT + path, headers=self.headers, **how)
        answer = Answer(response.status_code, response.content, response.headers)
        assert response["Content-Type"].startswith("application/json"), answer
        assert_as_described(method, response.resolver_match, answer)
        return answer


def assert_as_described(method: str, match: Any, answer: Answer) -> None:
    """Assert that the answer is what the description says of this operation."""
    schema = {"$ref": "#/components/schemas/Refusal"}
    operation = operation_at(method, match.route if match else "")
    if operation:
        told = operation["responses"].get(str(answer.status), operation["responses"]["default"])
        schema = told["content"]["application/json"]["schema"]
    else:
        assert answer.status >= 400
    whole = {**schema, "components": description()["components"]}
    Draft202012Validator(whole).validate(answer.json)
    if answer.status >= 400:
        assert set(answer.json) <= {"code", "detail", "retry_after", "held"}


def operation_at(method: str, route: str) -> dict[str, Any] | None:
    """Return what the description says of ``method`` at one of Django's routes."""
    path = "/" + route.replace("<any_id:", "{").replace(">", "}")
    return description()["paths"].get(path, {}).get(method.lower())


def assert_refused(answer: Answer, status: int, code: str) -> None:
    """Assert that the answer is that refusal, in words too."""
    assert (answer.status, answer.json["code"]) == (status, code), answer
    assert answer.json["detail"]
