"""Ten further inputs for each kind of fault that others reported, by other words and on other platforms.

Kinds by docs of the platforms: corrections and deletions, words as typed, wishes for silence, what is not text, and clocks.
Answers without letters and corrections of a booking need the real assistant: see test_reported_by_phone.py.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import pytest
from web.serving import EMERGENCY, until

from channels.conftest import Line
from channels.simulator.meta import Messenger, WhatsApp
from channels.simulator.platform import Event, Simulator
from channels.simulator.telegram import Telegram
from lamoon.chat.withdrawals import Withdrawals
from lamoon.phrasebook import say
from lamoon.text.clean import plain_text

HOUR = 3600
ALL = ("telegram", "whatsapp", "messenger", "instagram", "sms", "twilio_whatsapp")


def transcript(line: Line, address: str) -> list[str]:
    """What the desk shows of somebody."""
    return [message.text for message in line.parts.store.history(line.person(address).conversation.id)]


def heard(line: Line) -> list[str]:
    return [body["message"] for body in line.rasa.heard]


# --- F5: corrections and deletions -------------------------------------------------------------------------------

EDITS = [
    ("telegram", "my knee is stiff", f"my knee is stiff, {EMERGENCY}"),
    ("telegram", "is Monday free", "is Tuesday free"),
    ("whatsapp", "my name is Ann", "my name is Anne"),
    ("whatsapp", "does it hurt", f"it hurts so much, {EMERGENCY}"),
    ("messenger", "a facial please", "a massage please"),
]
DELETIONS = [
    ("whatsapp", "I had a blood clot in June"),
    ("instagram", "I have cancer, please do not say it to anybody"),
    ("instagram", "my number is 212 555 0100"),
]


@pytest.mark.parametrize(("platform", "before", "after"), EDITS, indirect=["platform"])
def test_a_correction_is_read(line: Line, simulator: Simulator, before: str, after: str) -> None:
    address = line.acquainted()
    first = simulator.text(address, before)
    simulator.insist(first)
    simulator.wait(address, 1)
    edit = simulator.edited(first, after)
    simulator.insist(edit)
    simulator.insist(edit)
    said = f"I meant: {after}" if len(after.split()) >= 6 else after
    assert line.texts(address, 2)[-1] == f"re {said}"
    assert heard(line) == [before, said]
    assert after in transcript(line, address)


@pytest.mark.parametrize(("platform", "text"), DELETIONS, indirect=["platform"])
def test_a_deletion_leaves_no_words(line: Line, simulator: Simulator, text: str) -> None:
    address = line.acquainted()
    said = simulator.text(address, text)
    line.rasa.reply({"text": f"You said: {text}"})
    simulator.insist(said)
    simulator.wait(address, 1)
    simulator.insist(simulator.unsent(said))
    line.arrived(address, 1)
    until(lambda: line.rasa.withdrawn, "Rasa to be asked to forget")
    until(lambda: not Withdrawals(line.parts.bookings.database).pending(), "the words to be taken out")
    assert not [kept for kept in transcript(line, address) if text in kept]
    assert say("message_withdrawn") in transcript(line, address)
    assert heard(line) == [text]


@pytest.mark.parametrize("platform", ["telegram"], indirect=True)
def test_an_edit_that_changes_no_word_is_not_answered(line: Line, simulator: Telegram) -> None:
    """A link preview, a reaction count, a live place that moves: Telegram sends all of them as an edit."""
    address = line.acquainted()
    first = simulator.text(address, "see https://example.com")
    simulator.insist(first)
    simulator.wait(address, 1)
    simulator.insist(simulator.edited(first, "see https://example.com"))
    assert line.texts(address, 1) == ["re see https://example.com"]
    place = simulator._message(address, None, location={"latitude": 1.0, "longitude": 2.0, "live_period": 900})
    simulator.insist(place)
    line.arrived(address, 2)
    for north in (1.1, 1.2, 1.3):
        moved = place["message"] | {"location": {"latitude": north, "longitude": 2.0}, "edit_date": int(time.time())}
        simulator.insist({"update_id": simulator.next_id(), "edited_message": moved})
    line.arrived(address, 2)


@pytest.mark.parametrize("platform", ["whatsapp"], indirect=True)
def test_an_edit_that_cannot_be_seen_is_asked_for_again(line: Line, simulator: WhatsApp) -> None:
    """The Cloud API says "unsupported" of an edit, without its words."""
    address = line.acquainted()
    event = simulator._event(address, "unsupported", {"type": "edit"})
    event["value"]["messages"][0]["errors"] = [{"code": 131051, "title": "Message type unknown"}]
    simulator.insist(event)
    (answer,) = line.texts(address, 1)
    assert "new message" in answer
    assert "911" in answer


# --- F9: words as typed ------------------------------------------------------------------------------------------

TYPED = [
    ("telegram", "1) a towel\n2) a *long* walk_home_\n\n> and 60 < 90 & <b>easy</b> :)"),
    ("telegram", "# 12 is your locker\n+ a key\n---\n14. December at 3 pm is free."),
    ("telegram", "see https://example.com/a_b_c?x=1*2*3&y=~z~ and call_me_at_noon"),
    ("whatsapp", "*60* minutes is _longer_ than ~90~, ask for `code` or ```3```"),
    ("whatsapp", "5*60*2 = 600, a_b_c, :*) and 2 * 3 * 4\n- first\n* second\n> third\n7. December"),
    ("messenger", "|a|b|\n[link](https://x.example) ![x](y) \\_/ &amp; &lt;"),
    ("instagram", "שלום, מחר ב-10:30? ✅ 👩‍👩‍👧 5*60*2"),
    ("sms", "a  b   c\n    four spaces\n\ttab\n2. January, #1, *free*"),
    ("twilio_whatsapp", "_Ask_ for *Mia* at 14. December ~maybe~"),
    ("twilio_whatsapp", "https://example.com/_private_/*x*/~y~"),
]


@pytest.mark.parametrize(("platform", "text"), TYPED, indirect=["platform"])
def test_words_of_both_sides_arrive_as_typed(line: Line, simulator: Simulator, text: str) -> None:
    address = line.acquainted()
    line.team_says(line.person(address).conversation.id, text)
    shown = "\n".join(" ".join(part.split()) for part in text.split("\n"))  # no page shows more than one space
    assert line.texts(address, 1) == [shown]
    simulator.insist(simulator.text(address, text))
    line.settle()
    assert heard(line) == [plain_text(text)]
    assert shown in transcript(line, address)[-3:]


# --- F11: wishes for silence, and help ---------------------------------------------------------------------------

SILENCE = {
    "sms": [
        "Stop texting",
        "STOP.",
        "End!",
        "Arrêt",
        "ALTO",
        "parar",
        "Stopp",
        "no more msgs pls",
        "Lose my number",
        "STOP 🛑",
    ],
    "telegram": ["please don't message me again", "Stop sending me these things", "leave me alone please"],
    "whatsapp": ["BAJA", "i want to unsubscribe from this", "Stop contacting me immediately"],
    "messenger": ["take my number off your list", "I don't want to receive any more messages from you"],
    "instagram": ["Could you please stop sending messages?", "Unsubscribe!!!"],
    "twilio_whatsapp": ["no me manden mensajes", "cesse de m'envoyer des messages", "Optout please"],
}
SPEAKING = {
    "sms": ["should I stop rolling?", "when does it stop hurting", "end of the month please", "the bus stop near you?"],
    "telegram": ["stop the pain please", "I had to stop work", "please don't cancel my booking"],
    "whatsapp": ["can you text me when it is free", "don't stop now", "I stopped taking ibuprofen, is that ok"],
    "messenger": ["do you send messages about offers?", "no more pain please"],
    "instagram": ["stop. my chest hurts", "unsubscribed from the gym, can I come to you?"],
    "twilio_whatsapp": [
        "quit smoking last week, may I come?",
        "help me stop clenching my jaw",
        "don't send it",
        "don't send anything yet",
    ],
}


@pytest.mark.parametrize("platform", ALL, indirect=True)
def test_a_wish_for_silence_is_obeyed(line: Line, simulator: Simulator) -> None:
    wrong = []
    for number, text in enumerate(SILENCE[simulator.channel], 1):
        address = line.acquainted(number)
        simulator.insist(simulator.text(address, text))
        line.settle()
        if not line.person(address).stopped or heard(line):
            wrong.append(text)
        line.rasa.heard.clear()
    assert wrong == []


@pytest.mark.parametrize("platform", ALL, indirect=True)
def test_what_says_something_else_is_answered(line: Line, simulator: Simulator) -> None:
    wrong = []
    for number, text in enumerate(SPEAKING[simulator.channel], 1):
        address = line.acquainted(number)
        simulator.insist(simulator.text(address, text))
        line.settle()
        if line.person(address).stopped or heard(line) != [text]:
            wrong.append(text)
        line.rasa.heard.clear()
    assert wrong == []


@pytest.mark.parametrize("platform", ["sms", "twilio_whatsapp"], indirect=True)
def test_what_twilio_answered_is_not_answered_again(line: Line, simulator: Simulator) -> None:
    address = line.acquainted()
    for word, kind in (("AYUDA", "HELP"), ("info", "HELP"), ("Arrêt", "STOP")):
        simulator.insist(simulator.text(address, word) | {"OptOutType": kind})
    line.arrived(address, 0)
    assert line.person(address).stopped
    simulator.insist(simulator.text(address, "empezar") | {"OptOutType": "START"})
    line.settle()
    assert not line.person(address).stopped
    assert heard(line) == []


@pytest.mark.parametrize("platform", ["sms"], indirect=True)
def test_help_is_answered_once(line: Line, simulator: Simulator) -> None:
    """Without Advanced Opt-Out Twilio answers the words HELP and INFO, and does not say so."""
    address = line.acquainted()
    for word in ("HELP", "help", " Info ", "INFO"):
        simulator.insist(simulator.text(address, word))
    line.arrived(address, 0)
    for text in ("help!", "help me", "info please"):
        simulator.insist(simulator.text(address, text))
        line.settle()
    assert heard(line) == ["help!", "help me", "info please"]


@pytest.mark.parametrize("platform", ["whatsapp", "twilio_whatsapp"], indirect=True)
def test_help_is_a_message_where_nobody_else_answers_it(line: Line, simulator: Simulator) -> None:
    address = line.acquainted()
    simulator.insist(simulator.text(address, "HELP"))
    line.settle()
    assert heard(line) == ["HELP"]


# --- F13: what is not text ---------------------------------------------------------------------------------------


def telegram_message(simulator: Any, address: str, **content: Any) -> Event:
    return simulator._message(address, None, **content)


PHOTO = [{"file_id": "x", "file_size": 51_200}]
OTHERS: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "poll": ("telegram", {"poll": {"id": "1", "question": "Which day?", "options": []}}, "can't", "Poll"),
    "video note": ("telegram", {"video_note": {"file_id": "x", "duration": 4, "file_size": 9000}}, "video", "Video"),
    "document": (
        "telegram",
        {"document": {"file_id": "x", "file_name": "mri.pdf", "mime_type": "application/pdf", "file_size": 2_000_000}},
        "document",
        "mri.pdf",
    ),
    "sticker": ("telegram", {"sticker": {"file_id": "x", "emoji": "🙂"}}, "", "Sticker"),
    "wa sticker": ("whatsapp", {"sticker": {"id": "1", "mime_type": "image/webp"}}, "", "Sticker"),
    "wa document": (
        "whatsapp",
        {"document": {"id": "1", "filename": "report.docx", "mime_type": "application/msword"}},
        "document",
        "report.docx",
    ),
    "wa order": ("whatsapp", {"order": {"catalog_id": "1", "product_items": []}}, "can't", "Order"),
    "wa place": (
        "whatsapp",
        {"location": {"latitude": 40.7, "longitude": -74.0, "name": "Home", "address": "5 Elm St"}},
        "location",
        "5 Elm St",
    ),
}


@pytest.mark.parametrize(
    ("platform", "name"), [(case[0], name) for name, case in OTHERS.items()], indirect=["platform"]
)
def test_what_is_not_text_gets_a_fitting_sentence_and_staff_see_it(line: Line, simulator: Any, name: str) -> None:
    _, content, said, shown = OTHERS[name]
    address = line.acquainted()
    if simulator.channel == "telegram":
        event = simulator._message(address, None, **content)
    else:
        (kind,) = content
        event = simulator._event(address, kind, content[kind])
    simulator.insist(event)
    (answer,) = line.texts(address, 1)
    assert said in answer
    assert [kept for kept in transcript(line, address) if shown in kept]


@pytest.mark.parametrize("platform", ["whatsapp"], indirect=True)
def test_an_album_with_one_caption_is_answered_once(line: Line, simulator: WhatsApp) -> None:
    """WhatsApp sends the pictures of an album one by one, the caption with the first."""
    address = line.acquainted()
    pictures = [simulator._event(address, "image", {"id": str(number)}) for number in range(4)]
    pictures[0]["value"]["messages"][0]["image"]["caption"] = "it hurts here"
    for picture in pictures:
        simulator.insist(picture)
    texts = line.texts(address, 2)
    assert "re it hurts here" in texts


@pytest.mark.parametrize("platform", ["messenger", "instagram"], indirect=True)
def test_what_messenger_calls_attachments_is_described(line: Line, simulator: Messenger) -> None:
    def sent(*attachments: dict[str, Any], **more: Any) -> Event:
        return simulator._event(
            address, {"message": {"mid": f"m_{simulator.next_id()}", "attachments": list(attachments), **more}}
        )

    address = line.acquainted()
    link = "https://cdn.example/voice.mp4"
    simulator.insist(sent({"type": "audio", "payload": {"url": link}}))
    assert "voice" in line.texts(address, 1)[0]
    assert [kept for kept in transcript(line, address) if link in kept]
    simulator.insist(simulator.text(address, "and this"))
    simulator.wait(address, 2)
    simulator.insist(sent({"type": "file", "payload": {"url": "https://cdn.example/report.pdf"}}))
    assert "document" in line.texts(address, 3)[-1]


@pytest.mark.parametrize("platform", ALL, indirect=True)
def test_whoever_opens_the_chat_is_greeted_once(line: Line, simulator: Any) -> None:
    address = simulator.address(1)
    opened = {
        "telegram": lambda: simulator.text(address, "/start from_the_website"),
        "whatsapp": lambda: simulator._event(address, "request_welcome", {}),
        "messenger": lambda: simulator._event(
            address, {"postback": {"title": "Get started", "payload": "GET_STARTED"}}
        ),
        "instagram": lambda: simulator._event(address, {"postback": {"title": "Start", "payload": "GET_STARTED"}}),
        "sms": lambda: simulator.text(address, "START"),
        "twilio_whatsapp": lambda: simulator.text(address, "start"),
    }[simulator.channel]()
    simulator.insist(opened)
    simulator.insist(opened)
    (greeting,) = line.texts(address, 1)
    assert "not medical advice" in greeting
    assert heard(line) == []


# --- F15: clocks --------------------------------------------------------------------------------------------------

CLOCKS = [
    ("telegram", [HOUR, -HOUR, 0]),
    ("telegram", [0, -10 * HOUR, -20 * HOUR]),
    ("whatsapp", [400 * 24 * HOUR, 0, -HOUR]),
    ("whatsapp", [-2 * HOUR, -3 * HOUR, -4 * HOUR]),
    ("messenger", [10 * HOUR, 5 * HOUR, 0]),
    ("messenger", [-HOUR, HOUR, -2 * HOUR]),
    ("instagram", [30 * 24 * HOUR, -HOUR, 30 * 24 * HOUR]),
    ("instagram", [-5, -10, -15]),
]


@pytest.mark.parametrize(("platform", "clocks"), CLOCKS, indirect=["platform"])
def test_the_order_of_arrival_counts_whatever_the_clocks_say(
    line: Line, simulator: Simulator, clocks: Sequence[float]
) -> None:
    address = line.acquainted()
    words = [f"number {number}" for number in range(len(clocks))]
    for text, clock in zip(words, clocks, strict=True):
        simulator.insist(simulator.text(address, text, at=time.time() + clock))
    assert line.texts(address, len(clocks)) == [f"re {text}" for text in words]
    assert heard(line) == words
    assert abs(line.person(address).heard_at.timestamp() - time.time()) < HOUR / 10


@pytest.mark.parametrize("platform", ["whatsapp", "messenger"], indirect=True)
def test_one_second_holds_several_messages_of_a_batch(line: Line, simulator: Simulator) -> None:
    """WhatsApp's times are whole seconds: what has the same one stays as it came."""
    address = line.acquainted()
    now = time.time()
    words = [f"part {number}" for number in range(5)]
    simulator.insist(*(simulator.text(address, text, at=now) for text in words))
    line.settle()
    assert heard(line) == words
