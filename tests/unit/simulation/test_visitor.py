"""A form is sent as it stands on the page, but for what somebody changed."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from simulation import visitor
from simulation.visitor import fields_of

PAGE = """
<form action="/out"><input type="hidden" name="csrf_token" value="t"></form>
<form method="post"><input type="hidden" name="csrf_token" value="t">
  <input name="way_s" value="300"><input type="checkbox" name="tests" value="1" checked>
  <input type="checkbox" name="again" value="1">
  <input type="checkbox" name="day" value="0" checked><input type="checkbox" name="day" value="1" checked>
  <select name="kind"><option value="">none</option><option value="A" selected>a</option></select>
  <select name="first"><option value="x">x</option><option value="y">y</option></select>
  <button name="act" value="keep">Keep</button></form>
"""


def test_the_form_is_the_one_that_asks_for_what_is_changed() -> None:
    assert fields_of(PAGE, ["way_s", "csrf_token", "act"]) == {
        "csrf_token": "t",
        "way_s": "300",
        "tests": "1",
        "day": ["0", "1"],
        "kind": "A",
        "first": "x",
    }


def test_a_page_without_such_a_form_is_told() -> None:
    with pytest.raises(LookupError, match="never_there"):
        fields_of(PAGE, ["never_there"])


def test_a_text_of_several_lines_is_sent_as_it_stands() -> None:
    page = (
        '<form><input type="hidden" name="csrf_token" value="t"><textarea name="why">\nOne &amp; two\nthree</textarea>'
        '<textarea name="none"></textarea></form>'
    )
    assert fields_of(page, ["why"]) == {"csrf_token": "t", "why": "One & two\nthree", "none": ""}


class Door(BaseHTTPRequestHandler):
    """Lets in whoever signs in, until it forgets them."""

    knows: str = ""
    came = 0

    def do_GET(self) -> None:
        inside = bool(self.knows) and self.headers["Cookie"] == f"pims={self.knows}"
        if self.path == "/login" or inside:
            self._answer(
                200, b"<form><input name='csrf_token' value='t'></form>" if not inside else b"the page"
            )
        else:
            self._answer(302, b"", Location="/login?next=/people")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path != "/login":
            self._answer(302, b"", Location="/login")
            return
        Door.came += 1
        Door.knows = str(Door.came)
        self._answer(303, b"", Location="/", **{"Set-Cookie": f"pims={self.knows}"})

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_whoever_is_led_to_the_door_signs_in_again_and_a_form_is_not_sent_blindly() -> None:
    with HTTPServer(("127.0.0.1", 0), Door) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        at_page = visitor.Visitor(server.server_port, "ruth", "secret")
        at_page.sign_in()
        assert at_page.read("/people") == "the page"
        Door.knows = "somebody else"
        assert at_page.read("/people") == "the page"
        assert Door.came == 2
        Door.knows = "somebody else"
        with pytest.raises(visitor.CannotSignIn, match="led to the door"):
            at_page.submit("/people", {"csrf_token": "t"})
        server.shutdown()


@pytest.mark.parametrize(("busy", "there"), [(2, True), (9, False)])
def test_a_hub_that_has_no_time_is_asked_again_and_not_for_ever(
    monkeypatch: pytest.MonkeyPatch, busy: int, there: bool
) -> None:
    monkeypatch.setattr(visitor, "_BUSY_S", 0.0)
    answers = [503] * busy + [200]

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(answers.pop(0))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        at_page = visitor.Visitor(server.server_port, "sam", "secret")
        if there:
            assert at_page.read("/") == ""
        else:
            with pytest.raises(visitor.CannotSignIn, match="503"):
                at_page.read("/")
        server.shutdown()
