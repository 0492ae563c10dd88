"""The health form in real Chromium on the real assistant; the test itself is widget/tests/health-form.mjs."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from contextlib import closing

from scenarios.assistant import Assistant
from widget.conftest import SIGN_IN

from lamoon.booking import BookingRequest, BookingStore, Contact
from lamoon.booking.health_form_store import HealthForms
from lamoon.storage.keys import cipher_from, secret_key

Node = Callable[..., subprocess.CompletedProcess[str]]


def test_the_health_form_in_the_browser(node: Node, chromium: str, desk_door: str, assistant: Assistant) -> None:
    settings = assistant.servers.settings
    request = BookingRequest("form", "1", "Rose Hill", Contact("rose@example.com", ""), "an hour", consent=True)
    with closing(BookingStore(settings.database_url.reveal(), cipher=cipher_from(settings))) as store:
        reference = store.submit(request)
        token = HealthForms(store.database, cipher_from(settings), secret_key(settings)).link(reference).token
    where = {"FORM": f"/health-form/{token}", "REQUEST": reference}
    words = ("--test", "--test-reporter=spec", "tests/health-form.mjs")
    done = node(*words, GATEWAY=desk_door, CHROMIUM=chromium, **where, **SIGN_IN)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
