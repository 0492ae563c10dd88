"""Twilio's channels as the settings make them: one account, and a number for each."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lamoon.channel_settings import ChannelSettings
from lamoon.gateway.channels.adapter import Adapter, Built
from lamoon.gateway.channels.twilio import PREFIXES, SMS, WHATSAPP, Twilio, TwilioAccount

_SID = re.compile(r"AC[0-9a-f]{32}")
_SECRET = re.compile(r"[0-9a-f]{32}")
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_SHORT_CODE = re.compile(r"\d{3,8}")


def build(settings: ChannelSettings) -> Built:
    """Twilio's channels, or what is missing or wrong with their settings."""
    senders = {SMS: settings.twilio_from, WHATSAPP: settings.twilio_whatsapp_from.removeprefix(PREFIXES[WHATSAPP])}
    wanted = {name: sender for name, sender in senders.items() if sender}
    if not wanted:
        unused = settings.twilio_sid or settings.twilio_token
        return Built(problems={"twilio": "neither LAMOON_TWILIO_FROM nor its WhatsApp twin is set"} if unused else {})
    problem = _account_problem(settings)
    if problem:
        return Built(problems=dict.fromkeys(wanted, problem))
    try:
        account = TwilioAccount(
            settings.twilio_sid, settings.twilio_token.reveal(), settings.public_url, settings.twilio_api
        )
    except ValueError as error:
        return Built(problems=dict.fromkeys(wanted, f"LAMOON_TWILIO_API: {error}"))
    wrong = {name: _sender_problem(name) for name, sender in wanted.items() if not _is_sender(name, sender)}
    adapters: list[Adapter] = [Twilio(account, name, wanted[name]) for name in wanted if name not in wrong]
    return Built(adapters, wrong)


def _account_problem(settings: ChannelSettings) -> str:
    if not _SID.fullmatch(settings.twilio_sid):
        return "LAMOON_TWILIO_SID is missing or not an account SID: AC and 32 digits or letters a to f"
    if not _SECRET.fullmatch(settings.twilio_token.reveal()):
        return "LAMOON_TWILIO_TOKEN is missing or not an auth token: 32 digits or letters a to f"
    if urlsplit(settings.public_url).scheme not in ("http", "https"):
        return "LAMOON_PUBLIC_URL is missing: Twilio signs the address, so the gateway has to know its own"
    return ""


def _is_sender(name: str, sender: str) -> bool:
    return bool(_NUMBER.fullmatch(sender) or (name == SMS and _SHORT_CODE.fullmatch(sender)))


def _sender_problem(name: str) -> str:
    variable = "LAMOON_TWILIO_FROM" if name == SMS else "LAMOON_TWILIO_WHATSAPP_FROM"
    return f"{variable} is not a phone number such as +12125550147"
