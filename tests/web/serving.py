"""Real servers for the gateway's tests: the gateway in this process or in one that can be killed, and a Rasa by script."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from scenarios.servers import READY_SECONDS, free_port
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from lamoon.settings import PROJECT

SECONDS = 30.0
LOOPBACK = "127.0.0.1"
EMERGENCY = "help now"
"""What the scripted Rasa takes for an emergency."""


def until(so: Callable[[], Any], what: str = "something", seconds: float = SECONDS) -> Any:
    """Waits until something is so, and gives it."""
    end = time.monotonic() + seconds
    pause = 0.01
    while not (found := so()):
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(pause)
        pause = min(pause * 1.1, 0.1)  # what takes long is given the processor
    return found


class Serving:
    """An application on a port of this machine, in a thread."""

    def __init__(self, app: Any, port: int | None = None, http: type[asyncio.Protocol] | str = "auto") -> None:
        self.port = port or free_port()
        self.url = f"http://{LOOPBACK}:{self.port}"
        quiet: dict[str, Any] = {"log_level": "critical", "access_log": False}
        config = uvicorn.Config(app, LOOPBACK, self.port, http=http, ws="none", timeout_graceful_shutdown=1, **quiet)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> Serving:
        self._thread.start()
        until(lambda: self._server.started, "the server")
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(SECONDS)


class ScriptedRasa:
    """Stands where Rasa is, for what the real one cannot be made to do: be slow, silent or broken."""

    def __init__(self) -> None:
        self.reset()
        routes = [
            Route("/webhooks/rest/webhook", self._hear, methods=["POST"]),
            Route("/webhooks/rest/triage", self._triage, methods=["POST"]),
            Route("/webhooks/rest/screening", self._screen, methods=["POST"]),
            Route("/webhooks/rest/conversations/{sender}", self._tell, methods=["GET"]),
            Route("/webhooks/rest/conversations/{sender}", self._forget, methods=["DELETE"]),
            Route(
                "/webhooks/rest/conversations/{sender}/messages/{message:int}", self._forget_words, methods=["DELETE"]
            ),
            Route("/webhooks/rest/conversations/{sender}/health", self._record, methods=["GET"]),
            Route("/webhooks/rest/conversations/{sender}/emergency", self._end_emergency, methods=["POST"]),
            Route("/webhooks/rest/conversations/{sender}/hold", self._lift, methods=["POST"]),
            Route("/webhooks/rest/conversations/{sender}/later", self._pass, methods=["POST"]),
        ]
        self.app = Starlette(routes=routes)

    def reset(self) -> None:
        """Has heard nothing, and echoes."""
        self.heard: list[dict[str, Any]] = []
        self.screened: list[str] = []
        self.screening: Callable[[str], Response] = lambda text: JSONResponse(
            {"outcome": "emergency" if EMERGENCY in text else "none"}
        )
        self.forgotten: list[str] = []
        self.withdrawn: list[tuple[str, int]] = []
        self.lifted: list[str] = []
        self.health: dict[str, Any] = {}
        """The health view of every conversation."""
        self.ended: list[tuple[str, int]] = []
        self.passed: list[tuple[str, int]] = []
        self.kept: list[tuple[str, dict[str, Any]]] = []
        self.answer: Callable[[dict[str, Any]], Response] = lambda body: JSONResponse(
            [{"text": f"re {body['message']}"}]
        )

    def reply(self, *replies: Any) -> None:
        """Gives these replies from now on."""
        self.answer = lambda body: JSONResponse(list(replies))

    async def _hear(self, request: Request) -> Response:
        body = await request.json()
        self.heard.append(body)
        answer = await asyncio.to_thread(self.answer, body)
        self.kept.append((body["sender"], {"event": "user", "text": body["message"]}))
        if answer.status_code == httpx.codes.OK:
            replies = json.loads(answer.body)
            self.kept += [(body["sender"], {"event": "bot", **reply}) for reply in replies if isinstance(reply, dict)]
        return answer

    async def _screen(self, request: Request) -> Response:
        text = (await request.json())["message"]
        self.screened.append(text)
        return await asyncio.to_thread(self.screening, text)

    async def _triage(self, request: Request) -> Response:
        """The rules find what the whole screening finds."""
        answers = [await asyncio.to_thread(self.screening, text) for text in (await request.json())["messages"]]
        if any(answer.status_code != httpx.codes.OK for answer in answers):
            return Response(status_code=503)
        return JSONResponse({"outcomes": [json.loads(answer.body)["outcome"] for answer in answers]})

    async def _tell(self, request: Request) -> Response:
        """Keeps nothing but what was said by both."""
        sender = request.path_params["sender"]
        return JSONResponse([event for theirs, event in self.kept if theirs == sender])

    async def _forget(self, request: Request) -> Response:
        self.forgotten.append(request.path_params["sender"])
        return Response(status_code=204)

    async def _forget_words(self, request: Request) -> Response:
        self.withdrawn.append((request.path_params["sender"], request.path_params["message"]))
        return Response(status_code=204)

    async def _record(self, request: Request) -> Response:
        return JSONResponse(self.health)

    async def _end_emergency(self, request: Request) -> Response:
        """Refuses when the record's latest message is another one."""
        turn = (await request.json())["ended_after"]
        if turn != (self.health.get("record") or {}).get("turn"):
            return Response(status_code=409)
        self.ended.append((request.path_params["sender"], turn))
        return Response(status_code=204)

    async def _lift(self, request: Request) -> Response:
        self.lifted.append(request.path_params["sender"])
        return Response(status_code=204)

    async def _pass(self, request: Request) -> Response:
        sender = request.path_params["sender"]
        if not any(body["sender"] == sender for body in self.heard):
            return Response(status_code=404)
        self.passed.append((sender, (await request.json())["minutes"]))
        return Response(status_code=204)


class GatewayProcess:
    """A gateway of its own process, which can be killed and started again on the same port and data."""

    def __init__(self, variables: dict[str, str], log: Path, module: str = "lamoon.web") -> None:
        self._module = module
        self.port = free_port()
        self.url = f"http://{LOOPBACK}:{self.port}"
        self._variables = variables | {"LAMOON_GATEWAY_PORT": str(self.port)}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, unread: bool = False) -> None:
        """Starts it and waits until it serves. `unread`: it writes to a pipe that nobody reads, not to the log."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("LAMOON_")}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self._module],
                cwd=PROJECT,
                env=clean
                | self._variables
                | {
                    "PYTHONPATH": os.pathsep.join(
                        (str(PROJECT), str(PROJECT / "tests"), os.environ.get("PYTHONPATH", ""))
                    )
                },
                stdout=subprocess.PIPE if unread else log,
                stderr=subprocess.STDOUT,
            )
        until(self._serves, "the gateway", READY_SECONDS)

    @property
    def pid(self) -> int:
        """The process's id."""
        assert self._process is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it was started, and has neither stopped nor crashed."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """Kills it, as a crash would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Asks it to stop, if it was ever started; its exit code."""
        return self._end(signal.SIGTERM) if self._process else 0

    def log(self) -> str:
        """What it has written."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def _end(self, number: signal.Signals) -> int:
        assert self._process is not None
        self._process.send_signal(number)
        return self._process.wait(SECONDS)

    def _serves(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log()
        try:
            return httpx.get(f"{self.url}/chat/studio", trust_env=False, timeout=2).status_code == 200
        except httpx.HTTPError:
            return False
