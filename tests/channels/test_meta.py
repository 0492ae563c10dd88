"""What is Meta's own: its signature and handshake, its batches, and the room on WhatsApp, Messenger and Instagram."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from channels.simulator import meta
from channels.simulator.meta import APP_SECRET, VERIFY_TOKEN, Meta
from channels.simulator.platform import Sent
from lamoon.channels.adapter import Adapter, Incoming, Outgoing, SendError
from lamoon.channels.setup import build_channels
from lamoon.channels.window import OUTSIDE
from lamoon.chat.safe_tree import markdown_tree
from lamoon.settings import ChannelSettings, read_channel_settings

SHORT = (("Yes", "7.0"), ("No, none of these", "7.1"))
LONG = (("How does MFR differ from regular massage?", "7.0"), ("Does myofascial release hurt?", "7.1"))
ENDLESS = (("word " * 25, "7.0"), ("No", "7.1"))


@dataclass
class Line:
    """A simulated account and the adapter that talks to it."""

    platform: Meta
    adapter: Adapter

    def unpack(self, payload: object) -> list[tuple[str, Any]]:
        """What the adapter makes of a webhook."""
        headers, body = self.platform.sign(payload)
        return self.adapter.unpack(incoming(headers, body))

    def events(self, *events: dict[str, Any]) -> list[tuple[str, Any]]:
        """What it makes of events."""
        headers, body = self.platform.request(events)
        return self.adapter.unpack(incoming(headers, body))


def incoming(headers: dict[str, str], body: bytes, query: dict[str, str] | None = None) -> Incoming:
    return Incoming({name.lower(): text for name, text in headers.items()}, query or {}, body)


def message(text: str, choices: Sequence[tuple[str, str]] = (), kind: str = "text") -> Outgoing:
    return Outgoing(7, kind, markdown_tree(text), choices)


@pytest.fixture(scope="module", params=[meta.WhatsApp, meta.Messenger, meta.Instagram], ids=lambda kind: kind.channel)
def platform(request: pytest.FixtureRequest) -> Iterator[Meta]:
    """Each channel, for all tests; take `line`."""
    platform: Meta = request.param()
    with platform.serving:
        yield platform


@pytest.fixture
def line(platform: Meta) -> Iterator[Line]:
    """Each channel, as if nothing had happened yet."""
    platform.begin()
    yield Line(platform, adapter_of(platform))
    assert platform.refused == []


@pytest.fixture
def whatsapp(whatsapp_platform: Meta) -> Iterator[Line]:
    """WhatsApp only."""
    whatsapp_platform.begin()
    yield Line(whatsapp_platform, adapter_of(whatsapp_platform))
    assert whatsapp_platform.refused == []


@pytest.fixture(scope="module")
def whatsapp_platform() -> Iterator[Meta]:
    """WhatsApp only, for all tests; take `whatsapp`."""
    platform = meta.WhatsApp()
    with platform.serving:
        yield platform


def adapter_of(platform: Meta) -> Adapter:
    return build_channels(read_channel_settings(platform.variables(), "LAMOON_")).adapters[platform.channel]


def test_a_signature_holds_for_the_very_bytes_only(line: Line) -> None:
    headers, body = line.platform.request([line.platform.text("1", "hi")])
    assert line.adapter.verify(incoming(headers, body))
    assert not line.adapter.verify(incoming(headers, body + b" "))
    assert not line.adapter.verify(incoming({}, body))
    assert not line.adapter.verify(incoming({"X-Hub-Signature-256": "sha256=ü"}, body))


@pytest.mark.parametrize("digest", ["sha1", "md5"])
def test_weaker_signatures_count_for_nothing(line: Line, digest: str) -> None:
    _, body = line.platform.request([line.platform.text("1", "hi")])
    signature = hmac.new(APP_SECRET.encode(), body, getattr(hashlib, digest)).hexdigest()
    for name in ("X-Hub-Signature", "X-Hub-Signature-256"):
        assert not line.adapter.verify(incoming({name: f"{digest}={signature}"}, body))


def test_the_handshake_asks_for_the_token(line: Line) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1158201444"}
    assert line.adapter.handshake(incoming({}, b"", query)) == "1158201444"
    for wrong in ({"hub.verify_token": "guess"}, {"hub.mode": "other"}, {"hub.verify_token": ""}):
        assert line.adapter.handshake(incoming({}, b"", query | wrong)) is None
    assert line.adapter.handshake(incoming({}, b"")) is None


def test_a_batch_is_read_whole_and_in_order_of_time(line: Line) -> None:
    platform = line.platform
    late, early = platform.text("1", "late", at=2_000_000_000), platform.text("2", "early", at=1_000_000_000)
    found = line.events(late, early, platform.press("1", ("Yes", "7.0")), platform.media("3"))
    assert [(name, heard.kind) for name, heard in found] == [
        (platform.channel, kind) for kind in ("text", "choice", "media", "text")
    ]
    assert [heard.text for _, heard in found if heard.kind == "text"] == ["early", "late"]
    assert found[1][1].choice == "7.0"


def test_receipts_echoes_and_what_is_new_are_passed_over(line: Line) -> None:
    others = [line.platform.receipt("1"), line.platform.unknown("1")]
    if isinstance(line.platform, meta.Messenger):
        others.append(line.platform.echo("1"))
    assert line.events(*others) == []
    assert line.unpack({"object": "planet", "entry": []}) == []


def test_another_account_of_the_same_app_is_not_ours(line: Line) -> None:
    headers, body = line.platform.request([line.platform.text("1", "hi")])
    assert line.adapter.unpack(incoming(headers, body.replace(line.platform.account.encode(), b"99"))) == []


@pytest.mark.parametrize("payload", [[], 3, {}, {"object": "page"}, {"object": "page", "entry": [7]}, {"entry": 1}])
def test_nonsense_is_refused(line: Line, payload: object) -> None:
    if isinstance(payload, dict) and payload.get("entry") == [7]:
        payload = {"object": line.platform.object, "entry": [7]}
    with pytest.raises(ValueError):
        line.unpack(payload)


def test_an_event_that_makes_no_sense_keeps_no_other_from_being_heard(line: Line) -> None:
    broken, whole = line.platform.text("1", "broken"), line.platform.text("2", "whole")
    if isinstance(line.platform, meta.Messenger):
        del broken["sender"]
    else:
        del broken["value"]["messages"][0]["timestamp"]
    assert [heard.text for _, heard in line.events(broken, whole)] == ["whole"]


def test_commands_are_known_by_their_first_word(line: Line) -> None:
    found = line.events(*(line.platform.text("1", text) for text in ("/start", "/STOP", "/delete now", "stop")))
    assert [heard.kind for _, heard in found] == ["start", "stop", "delete", "text"]


def test_one_webhook_serves_all_channels_of_the_app() -> None:
    platforms = [meta.WhatsApp(), meta.Messenger(), meta.Instagram()]
    variables = {name: text for platform in platforms for name, text in platform.variables().items()}
    channels = build_channels(read_channel_settings(variables, "LAMOON_"))
    for platform in platforms:
        headers, body = platform.request([platform.text("1", "hi")])
        ((name, _),) = channels.hosts["meta"].unpack(incoming(headers, body))
        assert name == platform.channel


def test_a_group_on_whatsapp_is_not_heard(whatsapp: Line) -> None:
    event = whatsapp.platform.text("1", "hi")
    event["value"]["messages"][0]["group_id"] = "5"
    assert whatsapp.events(event) == []


def test_a_report_of_failure_on_whatsapp_names_our_message(whatsapp: Line) -> None:
    assert isinstance(whatsapp.platform, meta.WhatsApp)
    (part,) = whatsapp.adapter.render(message("Hello"))
    sent = Sent("1", "Hello", report=part["biz_opaque_callback_data"])
    ((_, lost),) = whatsapp.events(whatsapp.platform.failed(sent, 131026))
    assert (lost.message_id, str(lost.error)) == (7, "the platform could not deliver it (code 131026)")
    ((_, late),) = whatsapp.events(whatsapp.platform.failed(sent, 131047))
    assert str(late.error) == OUTSIDE
    for foreign in ("", "7", "order-7"):
        assert whatsapp.events(whatsapp.platform.failed(Sent("1", "Hello", report=foreign), 131026)) == []


def test_a_caption_is_heard_beside_its_picture(whatsapp: Line) -> None:
    event = whatsapp.platform.media("1")
    event["value"]["messages"][0]["image"]["caption"] = "is this a rash?"
    found = [heard for _, heard in whatsapp.events(event)]
    assert [(heard.kind, heard.text) for heard in found] == [("text", "is this a rash?"), ("media", "")]
    assert len({heard.event_id for heard in found}) == 2


def test_messenger_s_first_button_starts_and_its_others_say_their_title() -> None:
    platform = meta.Messenger()
    adapter = adapter_of(platform)
    postback = platform.receipt("1") | {"postback": {"title": "Begin", "payload": "GET_STARTED"}}
    other = platform.receipt("1") | {"postback": {"title": "What is MFR?", "payload": "x"}}
    headers, body = platform.request([postback, other])
    found = adapter.unpack(incoming(headers, body))
    assert [(heard.kind, heard.text) for _, heard in found] == [("start", ""), ("text", "What is MFR?")]


def test_our_own_words_are_not_heard() -> None:
    platform = meta.Messenger()
    event = platform.text("1", "hi")
    event["message"]["is_echo"] = True
    headers, body = platform.request([event])
    assert adapter_of(platform).unpack(incoming(headers, body)) == []


async def arrive(line: Line, outgoing: Outgoing) -> list[tuple[str, list[str]]]:
    """Sends it; what the person reads, with the titles of buttons."""
    for part in line.adapter.render(outgoing):
        await line.adapter.send("1", json.loads(json.dumps(part)))
    return [(sent.text, [title for title, _ in sent.buttons]) for sent in line.platform.inbox("1")]


async def test_short_choices_are_buttons(line: Line) -> None:
    assert await arrive(line, message("Do any apply?", SHORT)) == [("Do any apply?", [title for title, _ in SHORT])]
    assert [key for _, key in line.platform.inbox("1")[0].buttons] == ["7.0", "7.1"]


async def test_a_title_that_fits_on_no_button_is_numbered_whole(line: Line) -> None:
    ((text, buttons),) = await arrive(line, message("Which?", ENDLESS))
    assert buttons == []
    assert "1. word word" in text
    assert "2. No" in text


async def test_whatsapp_lists_what_is_too_long_for_a_button(whatsapp: Line) -> None:
    ((text, rows),) = await arrive(whatsapp, message("Also:", LONG))
    assert text == "Also:"
    assert rows == [title for title, _ in LONG]


@pytest.mark.parametrize(("length", "kind"), [(20, "button"), (21, "list"), (24, "list")])
def test_a_title_of_whatsapp_gets_the_room_that_it_needs(whatsapp: Line, length: int, kind: str) -> None:
    (part,) = whatsapp.adapter.render(message("Which?", (("x" * length, "7.0"), ("No", "7.1"))))
    assert part["interactive"]["type"] == kind


async def test_the_same_title_twice_is_numbered_on_whatsapp(whatsapp: Line) -> None:
    ((text, buttons),) = await arrive(whatsapp, message("Which?", (("Yes", "7.0"), ("Yes", "7.1"))))
    assert (buttons, text.splitlines()[2:4]) == ([], ["1. Yes", "2. Yes"])


async def test_a_long_text_with_choices_arrives_whole(line: Line) -> None:
    text = "A sentence of the guidé. " * 120
    arrived = await arrive(line, message(text, SHORT))
    assert " ".join(text for text, _ in arrived).startswith(text.strip())
    assert [bool(buttons) for _, buttons in arrived] == [False] * (len(arrived) - 1) + [True]


@pytest.mark.parametrize("kind", ["emergency", "crisis", "warning"])
async def test_safety_texts_are_plain_text(line: Line, kind: str) -> None:
    arrived = await arrive(line, message("Call **911** now, *please*.", SHORT, kind))
    assert arrived[0][0] == "Call 911 now, please."
    (part,) = line.adapter.render(message("Call **911**.", kind=kind))
    assert part.get("message") == {"text": "Call 911."} or part["text"]["body"] == "Call 911."


async def test_choices_without_words_are_still_offered(line: Line) -> None:
    ((text, buttons),) = await arrive(line, message("", SHORT))
    assert text
    assert buttons or "1. Yes" in text


async def test_outside_the_window_staff_read_why(line: Line) -> None:
    line.platform.heard["1"] = 0.0
    with pytest.raises(SendError) as error:
        await arrive(line, message("Hello again"))
    assert str(error.value) == OUTSIDE
    assert error.value.final
    assert not error.value.blocked


@pytest.mark.parametrize("code", [4, 80007, 130429, 131056])
async def test_limits_of_rate_are_passing_whatever_the_status(
    line: Line, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = meta._error(400, code, headers={"Retry-After": "7"})
    monkeypatch.setattr(line.platform, "failure", lambda fault: answer)
    line.platform.faults.append(meta.Fault())
    with pytest.raises(SendError) as error:
        await arrive(line, message("Hello"))
    assert (error.value.final, error.value.retry_after) == (False, 7.0)


@pytest.mark.parametrize("code", [10, 200, 190])
async def test_messages_wait_while_the_studio_has_to_give_access_again(
    line: Line, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line.platform, "failure", lambda fault: meta._error(403, code))
    line.platform.faults.append(meta.Fault())
    with pytest.raises(SendError) as error:
        await arrive(line, message("Hello"))
    assert not error.value.final


async def test_the_check_names_the_account_and_a_wrong_token_fails_it(line: Line) -> None:
    assert line.platform.name[1] in await line.adapter.check()
    variables = line.platform.variables()
    token = next(name for name in variables if name.endswith(f"{line.platform.channel.upper()}_TOKEN"))
    wrong = build_channels(read_channel_settings(variables | {token: "other"}, "LAMOON_"))
    with pytest.raises(SendError, match="token is not accepted") as error:
        await wrong.adapters[line.platform.channel].check()
    assert not error.value.final


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        ("LAMOON_META_APP_SECRET", "LAMOON_META_APP_SECRET"),
        ("LAMOON_META_VERIFY_TOKEN", "LAMOON_META_VERIFY_TOKEN"),
        ("LAMOON_WHATSAPP_TOKEN", "LAMOON_WHATSAPP_TOKEN"),
        ("LAMOON_WHATSAPP_NUMBER_ID", "LAMOON_WHATSAPP_NUMBER_ID"),
    ],
)
def test_a_missing_setting_stops_the_channel_and_is_named(missing: str, told: str) -> None:
    variables = {name: text for name, text in meta.WhatsApp().variables().items() if name != missing}
    channels = build_channels(read_channel_settings(variables, "LAMOON_"))
    assert channels.adapters == {}
    assert told in channels.problems["whatsapp"]


def test_a_wrong_account_stops_no_other_of_the_app() -> None:
    variables = meta.WhatsApp().variables() | meta.Messenger().variables() | {"LAMOON_MESSENGER_PAGE_ID": "lamoon"}
    channels = build_channels(read_channel_settings(variables, "LAMOON_"))
    assert list(channels.adapters) == ["whatsapp"]
    assert list(channels.problems) == ["messenger"]


def test_no_channel_is_on_unless_it_is_configured() -> None:
    channels = build_channels(ChannelSettings())
    assert (channels.adapters, channels.problems) == ({}, {})


def test_secrets_travel_encrypted_only() -> None:
    variables = meta.WhatsApp().variables() | {"LAMOON_META_API": "http://graph.example.com/v23.0"}
    assert "https" in build_channels(read_channel_settings(variables, "LAMOON_")).problems["whatsapp"]
