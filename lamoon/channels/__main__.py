"""Messaging channels, from the command line.

    python -m lamoon.channels check     asks each configured platform whether the studio's account works

Where Telegram is configured and LAMOON_PUBLIC_URL is set, the check also registers the gateway's address at Telegram. Exit
codes: 0 every configured channel works, 1 one does not, 2 wrong usage or settings.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Mapping, Sequence

from lamoon.channels.adapter import Adapter, SendError
from lamoon.channels.setup import Channels, build_channels
from lamoon.errors import ConfigurationError
from lamoon.settings import load_settings

WORK, FAILED, WRONG = 0, 1, 2
NONE = "No messaging channel is configured. docs/channels.md says how to begin."


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit code."""
    _parser().parse_args(arguments)
    try:
        settings = load_settings().channels
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return WRONG
    channels = build_channels(settings)
    works, fails = asyncio.run(_ask_all(channels.adapters))
    fails |= channels.problems
    for line in _report(works, fails, channels, settings.public_url):
        print(line)
    return FAILED if fails else WORK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m lamoon.channels",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=["check"])
    return parser


async def _ask_all(adapters: Mapping[str, Adapter]) -> tuple[dict[str, str], dict[str, str]]:
    """Checks all accounts at once: those that work, those that do not."""
    answers = await asyncio.gather(*(_ask(adapter) for adapter in adapters.values()))
    answers_of = dict(zip(adapters, answers, strict=True))
    works = {name: answer for name, answer in answers_of.items() if isinstance(answer, str)}
    return works, {name: str(answer) for name, answer in answers_of.items() if isinstance(answer, SendError)}


async def _ask(adapter: Adapter) -> str | SendError:
    try:
        return await adapter.check()
    except SendError as error:
        return error


def _report(works: Mapping[str, str], fails: Mapping[str, str], channels: Channels, public_url: str) -> list[str]:
    if not works and not fails:
        return [NONE]
    address = public_url.rstrip("/") or "https://<address of the gateway>"
    return [
        *(f"works  {name}: {answers_of}" for name, answers_of in sorted(works.items())),
        *(f"FAILS  {name}: {why}" for name, why in sorted(fails.items())),
        *(f"       {platform} delivers to {address}/webhooks/{platform}" for platform in sorted(channels.hosts)),
    ]


if __name__ == "__main__":
    sys.exit(main())
