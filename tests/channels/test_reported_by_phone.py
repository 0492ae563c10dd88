"""What others reported, by other inputs, through phone, platform, gateway, Rasa and action server."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from web.serving import until

from channels.talking import ChannelTalk

Talks = Callable[[str], ChannelTalk]
ASKED = "Good day, Ottilie Marsh here, ottilie@example.com, myofascial release for my hips on Friday after three"


def text(said: str) -> Callable[[Any, str], Any]:
    return lambda simulator, address: simulator.text(address, said)


def reacts(emoji: str) -> Callable[[Any, str], Any]:
    return lambda simulator, address: simulator.reaction(address, emoji)


def thumb_of_messenger(simulator: Any, address: str) -> Any:
    """The button beside Messenger's input: a sticker with a number of its own."""
    number = 369239263222822
    sticker = {"type": "image", "payload": {"url": "https://cdn.example/like.png", "sticker_id": number}}
    return simulator._event(
        address, {"message": {"mid": f"m_{simulator.next_id()}", "sticker_id": number, "attachments": [sticker]}}
    )


def quoting(words: str) -> Callable[[Any, str], Any]:
    """A reaction as phones write it in a text message: with the words of ours that it is on."""
    return lambda simulator, address: simulator.text(address, words.format(simulator.inbox(address)[-1].text))


liked = quoting("Liked \u201c{}\u201d")
thumbed = quoting("\u200a\U0001f44d\u200b to \u201c{}\u201d")
disliked = quoting("Disliked \u201c{}\u201d")

YES = [
    ("telegram", text("👍🏿")),
    ("telegram", reacts("👌")),
    ("telegram", reacts("💯")),
    ("whatsapp", reacts("✅")),
    ("whatsapp", text("👍🏽👍🏽")),
    ("whatsapp", text("ok 👍")),
    ("messenger", reacts("👍")),
    ("messenger", thumb_of_messenger),
    ("instagram", text("✔️")),
    ("sms", text("👌🏼")),
    ("sms", liked),
    ("sms", thumbed),
    ("twilio_whatsapp", text("🆗 thanks")),
]
NO = [
    ("telegram", reacts("👎")),
    ("whatsapp", text("👎🏻")),
    ("messenger", text("❌")),
    ("sms", disliked),
]


def asked_to_send(talk: ChannelTalk, name: str) -> None:
    """Somebody at the read-back of a booking."""
    for said in (ASKED, "none of those", "you have my permission"):
        talk.say(name, said)
    assert talk.tracker(name)["slots"]["requested_slot"] == "send_booking"


@pytest.mark.parametrize(("channel", "does"), YES)
def test_a_yes_without_letters_sends(channel: str, does: Any, talks: Talks, request: pytest.FixtureRequest) -> None:
    talk, name = talks(channel), request.node.name
    asked_to_send(talk, name)
    talk.do(name, does)
    assert len(talk.requests(name)) == 1


@pytest.mark.parametrize(("channel", "does"), NO)
def test_a_no_without_letters_sends_nothing(
    channel: str, does: Any, talks: Talks, request: pytest.FixtureRequest
) -> None:
    talk, name = talks(channel), request.node.name
    asked_to_send(talk, name)
    replies = talk.do(name, does)
    assert talk.requests(name) == []
    assert "change" in replies[0]["text"]


@pytest.mark.parametrize(("channel", "does"), [YES[0], YES[1], YES[3], YES[7], YES[10]])
def test_consent_to_pass_on_health_takes_a_word(
    channel: str, does: Any, talks: Talks, request: pytest.FixtureRequest
) -> None:
    talk, name = talks(channel), request.node.name
    for said in (ASKED, "yes, I had a blood clot last year"):
        talk.say(name, said)
    assert talk.tracker(name)["slots"]["requested_slot"] == "consent"
    talk.do(name, does)
    assert talk.tracker(name)["slots"]["requested_slot"] == "consent"
    assert talk.requests(name) == []
    talk.say(name, "yes, you may")
    assert talk.tracker(name)["slots"]["requested_slot"] == "send_booking"


@pytest.mark.parametrize(
    ("channel", "before", "after"),
    [
        ("telegram", ASKED, ASKED.replace("Marsh", "Marshall")),
        ("whatsapp", ASKED, ASKED.replace("hips", "neck")),
        ("messenger", "none of those", "I do have one of those: a blood clot last year"),
    ],
)
def test_an_edited_answer_corrects_the_request(
    channel: str, before: str, after: str, talks: Talks, request: pytest.FixtureRequest
) -> None:
    talk, name = talks(channel), request.node.name
    events = {said: talk.said(name, said) for said in (ASKED, "none of those", "you have my permission")}
    talk.do(name, lambda simulator, _: simulator.edited(events[before], after))
    for said in ("you have my permission", "yes, send it"):
        if not talk.requests(name):
            talk.say(name, said)
    (sent,) = talk.requests(name)
    assert sent.name == ("Ottilie Marshall" if "Marshall" in after else "Ottilie Marsh")
    assert ("neck" if "neck" in after else "hips") in sent.wish
    assert sent.hold is ("clot" in after)


@pytest.mark.parametrize("channel", ["instagram", "whatsapp"])
def test_a_deleted_message_leaves_its_result_and_no_words(
    channel: str, talks: Talks, request: pytest.FixtureRequest
) -> None:
    talk, name = talks(channel), request.node.name
    talk.say(name, ASKED)
    word = f"plover{uuid.uuid4().hex[:12]}"
    told = talk.said(name, f"yes, a blood clot in the left calf after my flight to {word}")
    for said in ("you have my permission", "yes, send it"):
        talk.say(name, said)
    (sent,) = talk.requests(name)
    assert sent.hold
    assert talk.files_with(word), "the search finds what is there"
    talk.delivers(name, lambda simulator, _: simulator.unsent(told))
    until(lambda: talk.files_with(word) == [], "the words to be gone")
    assert "[deleted]" in str(talk.everything_kept(name))
    (kept,) = talk.requests(name)
    assert kept.hold
    assert [condition.id for condition in kept.conditions] == ["blood_clot"]
