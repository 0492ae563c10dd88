"""External services: mail server, calendar, event broker. Each is connected to, and nothing is sent."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import yaml

from lamoon.booking.calendar.adapter import CalendarError, calendar_of, missing_setting
from lamoon.booking.smtp import mailer_from
from lamoon.errors import NotificationError
from lamoon.project import PROJECT
from lamoon.settings import Settings
from lamoon.status.part import SECONDS, Part
from lamoon.storage.time import now
from lamoon.studio import Studio

BROKER_PORTS: Final[Mapping[str, int]] = {"pika": 5672, "kafka": 9092}


def mail(settings: Settings, studio: Studio) -> Sequence[Part]:
    """Check the mail server: greet it, and log in if a password is set."""
    mailer = mailer_from(settings)
    if mailer is None:
        return [Part("mail", "off", "LAMOON_SMTP_HOST is not set: notices wait")]
    place = f"{mailer.host}:{mailer.port}"
    try:
        replace(mailer, seconds=SECONDS).check()
    except NotificationError as problem:
        return [Part("mail", "wrong", f"{place}: {problem}", {"server": place})]
    if not (settings.notify_email or studio.notify_email):
        return [Part("mail", "wrong", f"{place} answers, and notify_email is not set in studio.yml", {"server": place})]
    return [Part("mail", "ok", place, {"server": place})]


def calendar(settings: Settings, studio: Studio) -> Sequence[Part]:
    """Check the studio's calendar: read the next hour."""
    source = studio.calendar.source
    if not studio.calendar.is_read:
        return [Part("calendar", "off", "studio.yml names none to read")]
    if missing := missing_setting(settings, studio):
        return [Part("calendar", "wrong", f"{missing} is not set", {"source": source})]
    try:
        adapter = calendar_of(settings, studio)
        if adapter:
            adapter.busy(now(), now() + timedelta(hours=1))
    except CalendarError as problem:
        return [Part("calendar", "wrong", f"{source}: {problem}", {"source": source})]
    return [Part("calendar", "ok", source, {"source": source})]


def broker() -> Sequence[Part]:
    """Check the broker to which Rasa publishes events, if endpoints.yml names one."""
    endpoints: Any = yaml.safe_load((PROJECT / "endpoints.yml").read_text(encoding="utf-8")) or {}
    found = endpoints.get("event_broker")
    if not isinstance(found, Mapping):
        return [Part("broker", "off", "endpoints.yml names none")]
    kind = str(found.get("type", ""))
    host, port = _address(os.path.expandvars(str(found.get("url") or found.get("host") or "")), found, kind)
    if not host or not port:
        return [Part("broker", "ok", f"{kind}, which needs no connection", {"type": kind})]
    place = f"{host}:{port}"
    try:
        socket.create_connection((host, port), SECONDS).close()
    except OSError as error:
        text = f"{kind} {place} cannot be reached ({type(error).__name__})"
        return [Part("broker", "wrong", text, {"type": kind, "server": place})]
    return [Part("broker", "ok", f"{kind} {place}", {"type": kind, "server": place})]


def _address(url: str, found: Mapping[str, Any], kind: str) -> tuple[str, int | None]:
    """Return host and port of a broker's address, which may contain a password and lack a scheme."""
    try:
        parts = urlsplit(url if "://" in url else f"//{url}")
        return parts.hostname or "", parts.port or int(found.get("port") or 0) or BROKER_PORTS.get(kind)
    except ValueError:
        return "", None
