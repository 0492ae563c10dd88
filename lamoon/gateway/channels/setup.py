"""Which channels there are: what the settings make of each platform."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lamoon.channel_settings import ChannelSettings
from lamoon.gateway.channels import meta_setup, telegram, twilio_setup
from lamoon.gateway.channels.adapter import Adapter, Built

PLATFORMS: Mapping[str, Callable[[ChannelSettings], Built]] = {
    "telegram": telegram.build,
    "meta": meta_setup.build,
    "twilio": twilio_setup.build,
}
"""By the last part of their webhook's address."""


@dataclass(frozen=True)
class Channels:
    """What was built: who takes the webhooks of a platform, who sends on a channel, and why a channel is off."""

    hosts: Mapping[str, Adapter]
    adapters: Mapping[str, Adapter]
    problems: Mapping[str, str]


def build_channels(settings: ChannelSettings) -> Channels:
    """All configured channels. Never raises: what is wrong with one is no reason to stop the others."""
    built = {name: build(settings) for name, build in PLATFORMS.items()}
    return Channels(
        {name: found.adapters[0] for name, found in built.items() if found.adapters},
        {adapter.name: adapter for found in built.values() for adapter in found.adapters},
        {name: problem for found in built.values() for name, problem in found.problems.items()},
    )
