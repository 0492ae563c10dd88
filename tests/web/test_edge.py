"""The network edge of a real gateway process: what a client may take of memory, time and connections."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import pytest
from starlette.responses import Response

from lamoon.web import edge
from lamoon.web.app import make_app
from lamoon.web.edge import Door, EdgeProtocol, edge_protocol
from web.fixtures import FAST, settings_in
from web.serving import GatewayProcess, ScriptedRasa, Serving
from web.visitor import Visitor

MEGABYTE = 1024 * 1024
HEAD = b"POST /chat/conversations HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def process(behind: tuple[ScriptedRasa, int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    """A gateway process over a scripted Rasa."""
    folder = tmp_path_factory.mktemp("edge")
    studio = Path(__file__).parents[1] / "scenarios" / "studio.yml"
    variables = {"LAMOON_DATA": str(folder), "LAMOON_STUDIO": str(studio), "LAMOON_RASA_PORT": str(behind[1])}
    running = GatewayProcess(variables | FAST, folder / "gateway.log")
    running.start()
    yield running
    running.stop()


def connect(process: GatewayProcess | Serving, sent: bytes = b"") -> socket.socket:
    """A connection on which `sent` has been sent."""
    connection = socket.create_connection(("127.0.0.1", process.port), timeout=60)
    connection.sendall(sent)
    return connection


def status_of(connection: socket.socket) -> tuple[int, bytes]:
    """Reads until the gateway closes: the first answer's status, 0 when there was none, and all that came."""
    read = b""
    with suppress(ConnectionError):
        while data := connection.recv(65_536):
            read += data
    return int(read.split()[1]) if read else 0, read


def refusal(process: GatewayProcess, sent: bytes) -> tuple[int, str]:
    """What `sent` is answered with, status and code, on a connection that is closed then."""
    with connect(process, sent) as connection:
        status, read = status_of(connection)
    head, _, body = read.partition(b"\r\n\r\n")
    assert b"\r\nconnection: close" in head
    assert b"\r\ncontent-type: application/json" in head
    error = json.loads(body)["error"]
    assert error["message"]
    return status, error["code"]


def memory(process: GatewayProcess) -> float:
    """The process's resident memory in megabytes."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Big: " + b"a" * 200_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Endless: " + b"a" * 100_000,
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"a:b\r\n" * 101 + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"a: b\r\n" * 20_000,
        b"\r\n" * 50_000,
    ],
    ids=["complete", "endless", "address", "a few too many", "many", "nothing but line ends"],
)
def test_too_large_a_head_is_refused_and_the_connection_closed(process: GatewayProcess, head: bytes) -> None:
    assert refusal(process, head) == (431, "headers_too_large")


def test_endless_trailers_are_refused(process: GatewayProcess) -> None:
    sent = HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n" + b"a: b\r\n" * 20_000
    assert refusal(process, sent) == (431, "headers_too_large")


def test_as_much_as_browsers_send_is_read(process: GatewayProcess) -> None:
    headers = {f"X-{number}": "a" * 300 for number in range(90)}
    with httpx.Client(base_url=process.url, trust_env=False) as client:
        for _ in range(3):
            assert client.get("/chat/studio", headers=headers).status_code == 200


def test_what_is_not_http_is_refused_in_json(process: GatewayProcess) -> None:
    assert refusal(process, b"\x16\x03\x01 hello\r\n\r\n") == (400, "not_http")


def test_a_large_body_is_refused_and_not_read_to_its_end(process: GatewayProcess) -> None:
    with connect(process, HEAD + b"Content-Length: 500000000\r\n\r\n" + b"a" * 1000) as connection:
        status, read = status_of(connection)
    assert status == 413
    assert b'"too_large"' in read


def test_requests_behind_one_another_are_answered_in_order(process: GatewayProcess) -> None:
    one = b"GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    last = b"GET /nothing HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    with connect(process, one * 3 + last) as connection, connection.makefile("rb") as read:
        statuses = re.findall(rb"HTTP/1.1 (\d+)", read.read())
    assert statuses == [b"200"] * 3 + [b"404"]


def test_thousands_of_requests_behind_one_another_end_the_connection(process: GatewayProcess) -> None:
    before = memory(process)
    with connect(process) as connection:
        with suppress(ConnectionError):
            connection.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 100_000)
        answer = b""
        with suppress(ConnectionError):
            while data := connection.recv(MEGABYTE):
                answer += data
    assert answer.count(b"HTTP/1.1 200") < 100
    assert memory(process) - before < 20


@pytest.fixture
def hasty(behind: tuple[ScriptedRasa, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serving]:
    """A gateway in this process with short deadlines."""
    for name, seconds in (("HEAD_SECONDS", 0.5), ("BODY_SECONDS", 1.0), ("READ_SECONDS", 1.0)):
        monkeypatch.setattr(edge, name, seconds)
    behind[0].reset()
    app = make_app(settings_in(tmp_path, behind[1], **FAST))
    with Serving(app, http=edge_protocol([], lambda limit: None)) as serving:
        yield serving


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"GET /chat/studio HTTP/1.1\r\nHost: 127.0.0.1\r\n", 408),
        (b"G", 408),
        (b"\r\n", 408),
        (b"", 0),
        (HEAD + b"Content-Length: 100\r\n\r\n{", 408),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", 408),
        (b"POST /webhooks/telegram HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{", 404),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET / HTTP/1.1\r\n", 200),
    ],
)
def test_half_a_request_has_an_end(hasty: Serving, sent: bytes, expected: int) -> None:
    begun = time.monotonic()
    with connect(hasty, sent) as connection:
        status, read = status_of(connection)
    assert time.monotonic() - begun < 10
    assert status == expected, read


def test_a_connection_that_was_used_has_an_end_when_it_sends_line_ends(hasty: Serving) -> None:
    with connect(hasty, b"GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n") as connection:
        connection.recv(1000)
        begun = time.monotonic()
        connection.sendall(b"\r\n")
        with suppress(ConnectionError):
            while connection.recv(65_536):
                pass
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize(("start", "more"), [(b"", b"a: b\r\n"), (b"Content-Length: 9999\r\n\r\n", b"a")])
def test_a_trickle_of_bytes_does_not_move_the_end(hasty: Serving, start: bytes, more: bytes) -> None:
    begun = time.monotonic()
    with connect(hasty, HEAD + start) as connection, suppress(ConnectionError):
        while time.monotonic() - begun < 20:
            connection.sendall(more)
            time.sleep(0.1)
    assert time.monotonic() - begun < 10


def test_who_does_not_read_is_not_waited_for(hasty: Serving) -> None:
    request = b"GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    begun = time.monotonic()
    with socket.socket() as connection, suppress(ConnectionError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", hasty.port))
        while time.monotonic() - begun < 20:
            connection.sendall(request)
            time.sleep(0.002)
    assert time.monotonic() - begun < 15


def test_a_stream_outlives_every_deadline(hasty: Serving) -> None:
    visitor = Visitor(hasty.url)
    headers = visitor.headers | {"Accept": "text/event-stream"}
    with httpx.stream("GET", f"{hasty.url}/chat/stream", headers=headers, timeout=60, trust_env=False) as answer:
        lines = answer.iter_lines()
        next(lines)
        time.sleep(2.5)
        visitor.ask("hi")
        assert any("re hi" in line for line in lines)


def test_half_requests_and_giant_headers_together_cost_little_memory_and_keep_nobody_out(
    process: GatewayProcess,
) -> None:
    visitor = Visitor(process.url)
    visitor.ask("hi")
    before = memory(process)
    most = before
    with ExitStack() as stack, ThreadPoolExecutor(50) as threads:
        for _ in range(300):
            stack.enter_context(connect(process, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half: " + b"a" * 1000))
        giants = [threads.submit(giant, process) for _ in range(50)]
        while not all(one.done() for one in giants):
            assert visitor.ask("hi")
            most = max(most, memory(process))
        assert visitor.ask("hi")
        most = max(most, memory(process))
    assert most - before < 20


def giant(process: GatewayProcess) -> None:
    """Sends 20 MB of one header, or as much of it as is taken."""
    with connect(process) as connection, suppress(ConnectionError):
        connection.sendall(b"GET / HTTP/1.1\r\nX-Giant: " + b"a" * 20 * MEGABYTE)


def test_what_is_refused_is_counted_and_not_logged(process: GatewayProcess) -> None:
    refusal(process, b"no http\r\n\r\n")
    refusal(process, b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 200)
    page = httpx.get(f"{process.url}/metrics", trust_env=False).text
    for limit in ("request", "head"):
        assert re.search(rf'lamoon_refused_total{{limit="{limit}"}} [1-9]', page)
    assert "HTTP" not in process.log()


def test_a_log_that_nobody_reads_stops_nothing(behind: tuple[ScriptedRasa, int], tmp_path: Path) -> None:
    """Two requests in a connection that are no HTTP, and one that the application fails at and logs."""
    rasa, port = behind
    rasa.reset()
    rasa.answer = lambda body: Response("no JSON " * 10)
    variables = {"LAMOON_DATA": str(tmp_path), "LAMOON_RASA_PORT": str(port)} | FAST
    running = GatewayProcess(variables, tmp_path / "gateway.log")
    running.start(unread=True)
    try:
        for _ in range(3_000):
            with connect(running, b"no http\r\n\r\n") as connection:
                assert status_of(connection)[0] == 400
        visitor = Visitor(running.url)
        for _ in range(1_000):
            visitor.send("hi")
        assert visitor.ask("hi")[0]["kind"] == "apology"
    finally:
        running.kill()


class Connection(EdgeProtocol):
    """A connection of an address, without a network."""

    def __init__(self, door: Door, address: str) -> None:
        self.own_door, self.address, self.open = door, address, True
        self.let_in = door.enter(self)

    def make_room(self) -> None:
        self.open = False
        self.own_door.leave(self)


def inside(door: Door, address: str, *, waiting: bool) -> Connection:
    connection = Connection(door, address)
    if connection.let_in:
        door.mark(connection, waiting=waiting)
    return connection


def a_door(most: int, most_of_address: int, *shared: str) -> Door:
    return Door(most, most_of_address, shared, lambda limit: None)


def test_the_longest_waiting_connection_makes_room_for_a_new_one() -> None:
    door = a_door(3, 3)
    first, busy, last = (inside(door, "192.0.2.1", waiting=waiting) for waiting in (True, False, True))
    assert inside(door, "192.0.2.2", waiting=False).let_in
    assert (first.open, busy.open, last.open) == (False, True, True)


def test_a_connection_is_refused_when_all_are_being_answered() -> None:
    door = a_door(2, 2)
    first = inside(door, "192.0.2.1", waiting=False)
    inside(door, "192.0.2.2", waiting=False)
    assert not inside(door, "192.0.2.3", waiting=False).let_in
    door.leave(first)
    assert inside(door, "192.0.2.3", waiting=False).let_in


def test_an_address_has_its_share_and_leaves_the_rest_to_others() -> None:
    door = a_door(10, 2)
    mine = [inside(door, "192.0.2.1", waiting=False) for _ in range(3)]
    assert [connection.let_in for connection in mine] == [True, True, False]
    assert inside(door, "192.0.2.2", waiting=False).let_in


@pytest.mark.parametrize("address", ["10.1.2.3", "203.0.113.9", "127.0.0.1", "::1/64", ""])
def test_a_proxy_and_this_machine_are_many_people(address: str) -> None:
    door = a_door(10, 2, "10.0.0.0/8", "203.0.113.9")
    assert all(inside(door, address, waiting=False).let_in for _ in range(10))


def test_nothing_is_kept_of_addresses_that_left() -> None:
    door = a_door(10, 2)
    for number in range(100):
        door.leave(inside(door, f"192.0.2.{number}", waiting=True))
    assert not door._addresses
    assert inside(door, "192.0.2.1", waiting=True).let_in


def test_the_bounds_leave_room_for_other_files() -> None:
    protocol = edge_protocol([], lambda limit: None)
    assert 0 < protocol.door._everybody.most <= edge.MOST_CONNECTIONS
