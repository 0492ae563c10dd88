"""A mail server on loopback that keeps what it is given: the studio's inbox."""

from __future__ import annotations

import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

STUDIO_INBOX = "inbox@studio.example"
SECONDS = 15.0
"""How long a mail may take."""


class Mailbox:
    """The inbox; `port` is where it listens. `mails` are those to the studio, `client_mails` all others."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.mails: list[EmailMessage] = []
        self.client_mails: list[EmailMessage] = []
        self._controller = Controller(self, hostname="127.0.0.1", port=port)

    def open(self) -> None:
        """Start to listen."""
        self._controller.start()

    def close(self) -> None:
        """Stops."""
        self._controller.stop()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail (called by aiosmtpd)."""
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        (self.mails if STUDIO_INBOX in envelope.rcpt_tos else self.client_mails).append(mail)
        return "250 taken"

    def about(self, reference: str, seconds: float = SECONDS) -> EmailMessage | None:
        """The mail whose subject names `reference`; waits for it, None when it does not come."""
        end = time.monotonic() + seconds
        while True:
            found = [mail for mail in self.mails if reference in str(mail["Subject"])]
            if found or time.monotonic() > end:
                return found[0] if found else None
            time.sleep(0.05)
