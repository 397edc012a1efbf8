"""Who is answered, with what, and what is not."""

import json
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from synththeory.errors import SynththeoryError
from synththeory.explore.questions import LARGEST_UPLOAD
from synththeory.explore.serving import Serving
from tests.explore.conftest import query


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str


Ask = Callable[..., Answer]


@pytest.fixture
def ask(server: tuple[str, int]) -> Ask:
    """Ask the server for a path, exactly as it is written."""
    where = urlsplit(server[0])

    def asked(path: str, method: str = "GET", body: str = "", **headers: str) -> Answer:
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        with closing(HTTPConnection(where.hostname or "", where.port, timeout=120)) as connection:
            connection.request(method, path, body.encode(), named)
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read().decode())

    return asked


@pytest.mark.parametrize("host", ["elsewhere.example", "elsewhere.example:{port}", "127.0.0.1:1", "127.0.0.1"])
def test_another_host_is_refused(ask: Ask, server: tuple[str, int], host: str) -> None:
    port = urlsplit(server[0]).port
    assert ask("/", host=host.format(port=port)).status == 403
    assert ask("/", host=f"localhost:{port}").status == 200


def test_every_answer_forbids_what_comes_from_elsewhere(ask: Ask) -> None:
    for path in ("/", "/static/main.js", "/api/page", "/nothing"):
        headers = ask(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/static/../server.py", "/static/%2e%2e/server.py", "/static/..%2fserver.py"])
def test_no_path_leads_outside_the_pages_files(ask: Ask, path: str) -> None:
    assert ask(path).status == 404


def test_no_script_stands_within_the_page(ask: Ask) -> None:
    text = ask("/").text
    assert text.count("<script") == text.count('<script type="module" src="static/')
    assert "style=" not in text
    assert 'href="/' not in text
    assert 'src="/' not in text


@pytest.mark.parametrize("path", ["/api/page", "/api/theory", "/api/map", "/api/geometry", "/api/simulation"])
def test_nonsense_is_one_message(ask: Ask, path: str) -> None:
    answer = ask(f"{path}?study=headlin")
    assert answer.status == 422
    assert "did you mean 'headline'" in json.loads(answer.text)["message"]
    assert ask("/api/simulation?seconds=never").status == 422


def test_a_simulation_is_told_stage_by_stage(ask: Ask) -> None:
    told = ask(f"/api/simulation?{query(replications=60)}").text.splitlines()
    assert [line for line in told if line.startswith("event")] == ["event: summary", "event: summary", "event: end"]


def test_a_table_that_is_too_large_is_refused(ask: Ask) -> None:
    answer = ask("/api/columns?name=a.csv", "POST", content_length=str(LARGEST_UPLOAD + 1))
    assert answer.status == 422
    assert "python -m synththeory.advise" in json.loads(answer.text)["message"]


def test_columns_are_read_and_the_label_guessed(ask: Ask) -> None:
    answer = json.loads(ask("/api/columns?name=a.csv", "POST", "x,y\n1.5,0\n2.5,1\n3.5,0\n").text)
    assert (answer["rows"], answer["columns"], answer["guess"]) == (3, ["x", "y"], "y")
    assert ask("/api/columns?name=a.csv", "POST").status == 422


def test_a_port_in_use_is_one_message(server: tuple[str, int]) -> None:
    with pytest.raises(SynththeoryError, match="choose another with --port"):
        Serving(urlsplit(server[0]).port or 0)
