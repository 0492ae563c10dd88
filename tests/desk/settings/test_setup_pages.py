"""Setting up over HTTP: a test letter, channels, the line, and where the chat was seen."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from scenarios.mailbox import Mailbox
from scenarios.servers import free_port

from desk.conftest import DeskOf
from lamoon.desk.settings.setup_pages import snippet


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox(free_port())
    box.open()
    yield box
    box.close()


def with_mail(desk: DeskOf, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = desk.front.parts.settings
    values = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none", "smtp_from": "a@studio.example"}
    for name, value in (values | {"notify_email": "studio@studio.example"}).items():
        monkeypatch.setitem(vars(settings), name, value)


def test_a_test_letter_arrives(desk: DeskOf, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "No mail server is set" in desk.owner.get("/desk/settings/mail").text
    with_mail(desk, mailbox.port, monkeypatch)
    assert desk.owner.post("/desk/settings/mail").status_code == 303
    (letter,) = mailbox.client_mails
    assert (letter["Subject"], letter["To"]) == ("Test letter", "studio@studio.example")


def test_a_letter_that_is_not_sent_says_why(desk: DeskOf, monkeypatch: pytest.MonkeyPatch) -> None:
    with_mail(desk, free_port(), monkeypatch)
    failed = desk.owner.post("/desk/settings/mail")
    assert (failed.status_code, "cannot be reached" in failed.text) == (502, True)


def test_where_the_chat_was_seen(desk: DeskOf) -> None:
    assert "Not yet" in desk.owner.get("/desk/settings/widget").text
    for origin in ("https://studio.example", "https://elsewhere.example"):
        httpx.get(f"{desk.front.url}/chat/studio", headers={"Origin": origin}, trust_env=False)
    page = desk.owner.get("/desk/settings/widget").text
    assert "https://studio.example: last on" in page
    assert "elsewhere" not in page


def test_the_line_holds_what_was_chosen_and_no_script_of_others(desk: DeskOf) -> None:
    page = desk.owner.get("/desk/settings/widget", accent="#123456", position="left", heading='Ask "us"').text
    assert "data-accent=&#34;#123456&#34;" in page
    assert "data-position=&#34;left&#34;" in page
    assert snippet("https://x.example", "#123456", "right", "", 'a"><script>').count("<script") == 1


def test_channels_say_that_none_is_set_up(desk: DeskOf) -> None:
    assert "Only the chat on your site is set up" in desk.owner.get("/desk/settings/channels").text
