"""The OpenAPI description: valid, complete, and open to every tool."""

from openapi_spec_validator import OpenAPIV31SpecValidator

from chat.api.urls import patterns
from tests.api.calling import ROOT, Caller, description


def test_it_is_valid_openapi():
    assert description()["openapi"].startswith("3.1")
    assert [error.message for error in OpenAPIV31SpecValidator(description()).iter_errors()] == []


def test_anyone_may_read_it_and_nobody_is_asked_for_a_session(db):
    answer = Caller().client.get(f"{ROOT}openapi.json")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/json")


def test_it_names_every_address():
    described = {path.removeprefix(ROOT) for path in description()["paths"]}
    served = {
        str(pattern.pattern).replace("<any_id:", "{").replace(">", "}")
        for pattern in patterns
        if pattern.name not in ("openapi-json", "api-root", None)
    }
    assert described == served


def test_every_operation_says_who_may_call_it_what_it_answers_and_how_it_refuses():
    for path, methods in description()["paths"].items():
        for method, operation in methods.items():
            name = f"{method} {path}"
            assert operation["security"] == [{"Token": []}, {"Session": []}], name
            assert set(operation["responses"]) == {"200", "default"}, name
            assert operation["description"], name


def test_there_is_no_page_that_loads_anything_from_elsewhere(db):
    assert Caller().get("docs").status == 404
