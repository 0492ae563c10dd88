"""What is Twilio's own: its signature over the public address, numbers for choices, and its words for stop and start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest

from channels.simulator import twilio
from channels.simulator.platform import Fault, Sent
from channels.simulator.twilio import ADDRESS, PUBLIC, Sms
from lamoon.channels.adapter import Adapter, Incoming, IncomingEvent, Outgoing, SendError
from lamoon.channels.setup import Channels, build_channels
from lamoon.chat.safe_tree import markdown_tree
from lamoon.settings import read_channel_settings

CHOICES = (("How does MFR differ from regular massage?", "7.0"), ("No", "7.1"))
SOMEBODY = "+19175550001"


@dataclass
class Line:
    """A simulated number and the adapter that talks to it."""

    platform: Sms
    adapter: Adapter

    def hear(self, form: dict[str, str]) -> list[tuple[str, Any]]:
        """What the adapter makes of a webhook."""
        return self.adapter.unpack(incoming(*self.platform.sign(form)))


def incoming(headers: dict[str, str], body: bytes, query: dict[str, str] | None = None) -> Incoming:
    return Incoming({name.lower(): text for name, text in headers.items()}, query or {}, body)


def built(platform: Sms, **changes: str) -> Channels:
    return build_channels(read_channel_settings(platform.variables() | changes, "LAMOON_"))


@pytest.fixture(scope="module", params=[twilio.Sms, twilio.TwilioWhatsApp], ids=lambda kind: kind.channel)
def platform(request: pytest.FixtureRequest) -> Iterator[Sms]:
    """Each channel, for all tests; take `line`."""
    platform: Sms = request.param()
    with platform.serving:
        yield platform


@pytest.fixture
def line(platform: Sms) -> Iterator[Line]:
    """Each channel, as if nothing had happened yet."""
    platform.begin()
    yield Line(platform, built(platform).adapters[platform.channel])
    assert platform.refused == []


def test_a_signature_holds_for_the_whole_form_and_our_address(line: Line) -> None:
    form = line.platform.text(SOMEBODY, "hi & bye = ü")
    headers, body = line.platform.sign(form)
    assert line.adapter.verify(incoming(headers, body))
    assert not line.adapter.verify(incoming(headers, body + b"&Extra=1"))
    assert not line.adapter.verify(incoming(headers, urlencode(form | {"Body": "other"}).encode()))
    assert not line.adapter.verify(incoming({}, body))
    for elsewhere in (ADDRESS.replace("https", "http"), "https://other.example.com/webhooks/twilio"):
        assert not line.adapter.verify(incoming(*line.platform.sign(form, address=elsewhere)))


def test_an_address_with_its_port_is_the_same(line: Line) -> None:
    form = line.platform.text(SOMEBODY, "hi")
    with_port = ADDRESS.replace(PUBLIC, f"{PUBLIC}:443")
    assert line.adapter.verify(incoming(*line.platform.sign(form, address=with_port)))


@pytest.mark.parametrize("body", [b"\xff\xfe", b"a=1&" * 500])
def test_what_is_no_form_is_not_verified(line: Line, body: bytes) -> None:
    assert not line.adapter.verify(incoming({"X-Twilio-Signature": "x"}, body))


def test_what_somebody_writes_is_heard_on_its_channel(line: Line) -> None:
    form = line.platform.text(SOMEBODY, "hi")
    assert line.hear(form) == [(line.platform.channel, IncomingEvent(form["MessageSid"], SOMEBODY, "text", "hi"))]


def test_receipts_and_other_numbers_are_passed_over(line: Line) -> None:
    assert line.hear(line.platform.receipt(SOMEBODY)) == []
    assert line.hear(line.platform.unknown(SOMEBODY)) == []
    assert line.hear(line.platform.text(SOMEBODY, "hi") | {"To": "+15005550006"}) == []


def test_a_report_of_failure_names_our_message(line: Line) -> None:
    headers, body = line.platform.failed(Sent(SOMEBODY, "hi", report=f"{ADDRESS}?message=7"), 30003)
    report = incoming(headers, body, {"message": "7"})
    assert line.adapter.verify(report)
    ((channel, lost),) = line.adapter.unpack(report)
    assert (channel, lost.message_id, str(lost.error)) == (
        line.platform.channel,
        7,
        "Twilio could not deliver it (code 30003)",
    )
    assert not line.adapter.verify(incoming(headers, body, {"message": "8"}))
    assert line.adapter.unpack(incoming(headers, body)) == []


@pytest.mark.parametrize("missing", ["From", "To", "MessageSid"])
def test_nonsense_is_refused(line: Line, missing: str) -> None:
    form = line.platform.text(SOMEBODY, "hi")
    del form[missing]
    with pytest.raises(ValueError):
        line.hear(form)


@pytest.mark.parametrize(("told", "kind"), [("STOP", "blocked"), ("START", "start")])
def test_what_twilio_obeyed_is_noted(line: Line, told: str, kind: str) -> None:
    ((_, heard),) = line.hear(line.platform.text(SOMEBODY, told) | {"OptOutType": told})
    assert heard.kind == kind


@pytest.mark.parametrize("word", ["stop", "Unsubscribe ", "CANCEL"])
def test_in_text_messages_twilio_obeys_plain_words(word: str) -> None:
    platform = twilio.Sms()
    adapter = built(platform).adapters["sms"]
    kinds = [heard.kind for _, heard in adapter.unpack(incoming(*platform.sign(platform.text(SOMEBODY, word))))]
    assert kinds == ["blocked"]
    words = platform.sign(platform.text(SOMEBODY, f"please {word} the booking"))
    assert [heard.kind for _, heard in adapter.unpack(incoming(*words))] == ["text"]


def test_a_picture_with_words_is_both(line: Line) -> None:
    found = line.hear(line.platform.media(SOMEBODY) | {"Body": "look"})
    assert [(heard.kind, heard.text) for _, heard in found] == [("text", "look"), ("media", "")]
    assert len({heard.event_id for _, heard in found}) == 2


async def test_choices_are_numbers_and_long_texts_several_messages(line: Line) -> None:
    text = "A sentence of the guide. " * 120
    for part in line.adapter.render(Outgoing(7, "text", markdown_tree(text), CHOICES)):
        await line.adapter.send(SOMEBODY, part)
    arrived = [sent.text for sent in line.platform.inbox(SOMEBODY)]
    assert len(arrived) == 2
    assert " ".join(arrived).startswith(text.strip())
    assert f"1. {CHOICES[0][0]}\n2. No" in arrived[-1]


@pytest.mark.parametrize("kind", ["emergency", "crisis", "warning"])
def test_safety_texts_are_plain_text(line: Line, kind: str) -> None:
    (part,) = line.adapter.render(Outgoing(7, kind, markdown_tree("Call **911** now.")))
    assert part["Body"] == "Call 911 now."


async def test_the_window_of_whatsapp_and_numbers_that_are_gone(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    (part,) = line.adapter.render(Outgoing(7, "text", markdown_tree("Hello")))
    for code, blocked in ((63016, False), (21610, True), (21211, True)):
        answer = twilio._error(400, code)
        monkeypatch.setattr(line.platform, "failure", lambda fault, answer=answer: answer)
        line.platform.faults.append(Fault())
        with pytest.raises(SendError) as error:
            await line.adapter.send(SOMEBODY, part)
        assert (error.value.final, error.value.blocked) == (True, blocked)
        assert SOMEBODY not in str(error.value)


async def test_the_check_asks_for_the_account(line: Line) -> None:
    assert "works" in await line.adapter.check()
    wrong = built(line.platform, LAMOON_TWILIO_TOKEN="0" * 32).adapters[line.platform.channel]
    with pytest.raises(SendError, match="do not fit together"):
        await wrong.check()


@pytest.mark.parametrize(
    "name", ["LAMOON_TWILIO_SID", "LAMOON_TWILIO_TOKEN", "LAMOON_PUBLIC_URL", "LAMOON_TWILIO_API", "FROM"]
)
def test_a_wrong_setting_stops_the_channel_and_is_named(line: Line, name: str) -> None:
    variable = next(key for key in line.platform.variables() if key.endswith("FROM")) if name == "FROM" else name
    channels = built(line.platform, **{variable: "nonsense"})
    assert channels.adapters == {}
    assert variable in channels.problems[line.platform.channel]
