"""All simulated platforms."""

from __future__ import annotations

import os
from collections.abc import Mapping

from channels.simulator.meta import Instagram, Messenger, WhatsApp
from channels.simulator.platform import Simulator
from channels.simulator.telegram import Telegram
from channels.simulator.twilio import Sms, TwilioWhatsApp

SIMULATORS: Mapping[str, type[Simulator]] = {
    kind.channel: kind for kind in (Telegram, WhatsApp, Messenger, Instagram, Sms, TwilioWhatsApp)
}
"""By channel."""
ALL = os.environ.get("LAMOON_TEST_CHANNELS") == "all"
CONTRACT = tuple(SIMULATORS) if ALL else ("telegram", "whatsapp", "sms")
"""Where the contract is tried: with one channel of each adapter, or with all of them in twice the time. What each channel
shows is tested for every one in any case, and a scenario is played on each."""
