"""A balancer before several gateways that sends each request of a visitor to another one than the request before."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from web.serving import Serving

METHODS = ["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"]
OWN = frozenset(("connection", "keep-alive", "transfer-encoding", "date"))
"""Headers of one connection, which end here."""
BODILESS = ("GET", "HEAD", "OPTIONS")


class Balancer:
    """Serves at `url` until the block ends. A gateway that refuses the connection is passed over, as Caddy does.

    `counts` is how many requests each gateway was given.
    """

    def __init__(self, gateways: Sequence[str]) -> None:
        self._gateways = gateways
        self._next: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        app = Starlette(routes=[Route("/{path:path}", self._pass_on, methods=METHODS)], lifespan=self._lifespan)
        self._serving = Serving(app)
        self.url = self._serving.url

    def __enter__(self) -> Balancer:
        self._serving.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._serving.__exit__()

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        unlimited = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        async with httpx.AsyncClient(
            timeout=httpx.Timeout(None, connect=2.0), limits=unlimited, trust_env=False
        ) as http:
            self._http = http
            yield

    async def _pass_on(self, request: Request) -> Response:
        body = b"" if request.method in BODILESS else await request.body()
        sent = {name: value for name, value in request.headers.items() if name not in OWN}
        for gateway in self._order(request.headers):
            target = f"{gateway}{request.url.path}" + (f"?{request.url.query}" if request.url.query else "")
            try:
                answer = await self._http.send(
                    self._http.build_request(request.method, target, headers=sent, content=body), stream=True
                )
            except httpx.ConnectError:
                continue
            except httpx.TransportError:
                return PlainTextResponse("the gateway went away", 502)
            self.counts[gateway] += 1
            back = StreamingResponse(_pieces(answer), answer.status_code)
            back.raw_headers = [(name, value) for name, value in answer.headers.raw if name.decode().lower() not in OWN]
            return back
        return PlainTextResponse("no gateway is up", 502)

    def _order(self, headers: Headers) -> Sequence[str]:
        """All gateways, first the one after this visitor's last."""
        who = headers.get("authorization") or headers.get("cookie") or ""
        self._next[who] += 1
        first = self._next[who] % len(self._gateways)
        return [*self._gateways[first:], *self._gateways[:first]]


async def _pieces(answer: httpx.Response) -> AsyncIterator[bytes]:
    """The raw body; closed also when the visitor leaves in the middle of it."""
    try:
        async for piece in answer.aiter_raw():
            yield piece
    except httpx.TransportError:
        return
    finally:
        await asyncio.shield(answer.aclose())
