"""Moves of a message in a form, outside of one, and after a request was sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from lamoon.booking.moves import (
    after_sending,
    area_code,
    asks_team,
    bargains,
    changes_mind,
    complains,
    consents,
    drops,
    form_move,
    names_way_only,
    new_ending,
    offer_reply,
    resumes,
    says_something_to_team,
    says_yes,
    wants_booking,
)
from lamoon.booking.reading.message import read_message


@pytest.mark.parametrize(
    ("text", "move"),
    [
        ("go back", "back"),
        ("could we go one step back?", "back"),
        ("my lower back", ""),
        ("skip this one please", "skip"),
        ("hang on, I typed the wrong e-mail", "redo"),
        ("my name is misspelled", "redo"),
        ("can I change the day?", "redo"),
        ("wrong floor, sorry", ""),
        ("what have you noted so far?", "so_far"),
        ("why do you want my number?", "why"),
        ("an appointment is what I need", ""),
        ("who reads that?", "who_sees"),
        ("will somebody ring me or write?", "which_way"),
        ("when will they get back to me?", "how_long"),
        ("my neck, friday", ""),
        ("does sending it bind me?", "not_fixed"),
        ("so is that only a request for now?", "not_fixed"),
        ("do i get a firm appointment out of this?", "not_fixed"),
        ("can I cancel later on if I'm ill?", "not_fixed"),
    ],
)
def test_moves_in_a_form(text: str, move: str) -> None:
    assert form_move(text) == move


@pytest.mark.parametrize(
    ("text", "wants"),
    [
        ("I should love to be pencilled in for something for my calves", True),
        ("I'd want one of your therapists to work on my hips", True),
        ("she needs to have her neck looked at", True),
        ("keen to see you about my jaw", True),
        ("my back is screaming for a session", True),
        ("I'm after some little treatment for my mother", True),
        ("may I still be booked in?", True),
        ("I can never reach that spot between my shoulder blades", False),
        ("I promised I'd organise a facial for her", True),
        ("I'd like to be treated like a grown-up", False),
        ("I'd like somebody to explain what fascia is", False),
        ("I would like to see what you offer", False),
        ("I'm ready to see a doctor about it", False),
        ("I need to get my car looked after", False),
        ("I'd like to be told more", False),
    ],
)
def test_a_wish_to_come_in_by_its_structure(text: str, wants: bool) -> None:
    assert wants_booking(text, {}) is wants


@pytest.mark.parametrize(
    "text",
    ["ok then book", "I'll take one of those", "can you see my husband on friday", "a booking, please", "appointment how?",
     "I would like to give my aunt an appointment", "so what about an appointment", "any openings on tuesday", "how do I arrange one? book it for me",
     "kindly arrange appointment, my knee is diabetic", "would take a rendez-vous for the back please",
     "two appointments side by side for my partner and me", "sign me up", "could I just pop in?", "handle my booking here", "let's find a time then", "book for friday, i have varicose veins",
     "could the therapist squeeze me in on friday", "can she fit us in", "my wife says book me in", "have somebody put me down for tuesday"],
)  # fmt: skip
def test_plain_wishes_to_book(text: str) -> None:
    assert wants_booking(text, {})


@pytest.mark.parametrize(
    "text",
    ["do I need an appointment?", "what happens in a session?", "I had an appointment last week", "is it good for golf?",
     "who else, which other clients have a slot with you on Friday, please", "can you roll it every day this week", "can I bring my dog to the appointment", "can I exercise after a session",
     "how can I make one session last longer", "can you explain what a session is like", "do you have massage guns",
     "would it be ok if I brought my dog?", "would it be fine if I came with a friend",
     "my cardiologist has put me on a new tablet", "the doctor put me on warfarin", "the GP put me down for physio", "they put us on hold", "my friend booked me a place elsewhere"],
)  # fmt: skip
def test_talk_about_appointments_is_no_wish(text: str) -> None:
    assert not wants_booking(text, {})


def test_a_contact_with_more_is_a_booking_unless_it_cancels() -> None:
    assert wants_booking("Ana, a@example.com", {"name": "Ana", "email": "a@example.com"})
    assert not wants_booking("a@example.com", {"email": "a@example.com"})
    assert not wants_booking("cancel", {"name": "Ana", "email": "a@example.com", "intent": "cancel"})


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "send it",
        "yes, send it off now",
        "you may",
        "go",
        "I agree",
        "looks good",
        "no objections",
        "why not",
        "that's correct",
        "by all means",
        "yeah the team may see everything",
        "ok, let them have it",
    ],
)
def test_words_that_agree(text: str) -> None:
    assert says_yes(text)


@pytest.mark.parametrize(
    "text",
    ["send it tomorrow after work", "don't send it", "go back", "can you send a photo", "ok but not friday", "maybe"],
)
def test_words_that_do_not(text: str) -> None:
    assert not says_yes(text)


@pytest.mark.parametrize(
    ("text", "health", "move"),
    [
        ("what was the reference again", False, "reference"),
        ("is it confirmed yet?", False, "status"),
        ("when do they call me?", False, "when"),
        ("I forgot the warfarin", True, "add"),
        ("please cancel it all", False, "call_off"),
        ("does it hurt?", False, ""),
    ],
)
def test_what_is_said_of_a_request_that_was_sent(text: str, health: bool, move: str) -> None:
    assert after_sending(text, health) == move


def test_an_area_code_is_three_digits_alone() -> None:
    assert area_code("617 in front of it") == "617"
    assert area_code("617 555 0133") == area_code("after 3") == ""


def test_a_message_for_the_team_says_what_it_is_about() -> None:
    assert says_something_to_team("could somebody write to my sister about her knee")
    assert not says_something_to_team("can I talk to a person about this")


def test_how_is_no_contact_without_where() -> None:
    assert names_way_only("just call me please")
    assert names_way_only("by text")
    assert not names_way_only("please")
    assert not names_way_only("call my sister")


def test_a_change_of_mind_and_a_wish_to_go_on() -> None:
    assert changes_mind("actually, never mind, book me")
    assert not changes_mind("my knee is bad")
    assert resumes("let's continue")
    assert resumes("ok back to my booking")
    assert not resumes("continue with the facts")


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("take LM-7K3F9", "take_time"),
        ("I'll take it", "take_time"),
        ("yes, take the time please", "take_time"),
        ("Pass LM-7K3F9", "pass_time"),
        ("no, i'll pass", "pass_time"),
        ("how long does it take?", ""),
        ("I take warfarin", ""),
        ("pass it on to the team", ""),
    ],
)
def test_an_offered_time_is_taken_or_left(text: str, reply: str) -> None:
    assert offer_reply(text) == reply


@pytest.mark.parametrize(
    "text",
    [
        "my op is on thursday and my knee is swollen",
        "on painkillers for my back til sunday",
        "mum died in march and my neck is tight since",
        "scan on my shoulder tomorrow morning",
        "I have a hearing at three",
    ],
)
def test_a_day_in_a_statement_is_no_wish(text: str) -> None:
    assert not wants_booking(text, reading(text))


@pytest.mark.parametrize(
    "text",
    [
        "my calves are stiff, monday or friday after six",
        "tuesday 4pm facial, Ines",
        "count me in",
        "id love to come in on friday",
        "how do people get in with you",
        "um, would it be all right if I booked a massage?",
        "do you mind if I book one",
        "get my husband a massage please",
    ],
)
def test_a_wish_is_heard_in_ordinary_words(text: str) -> None:
    assert wants_booking(text, reading(text))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("my number ends in 4, not 1", "+13125550134"),
        ("the last two digits of my number are 77", "+13125550177"),
        ("my phone ends in 31", ""),
        ("make it 4", ""),
    ],
)
def test_an_ending_is_corrected(text: str, number: str) -> None:
    assert new_ending(text, "+1 312-555-0131") == number


@pytest.mark.parametrize(
    ("move", "text"),
    [
        (asks_team, "could someone ask the team whether I can bring my dog"),
        (asks_team, "pls check with the therapist if she does kids"),
        (complains, "a week now and still no reply"),
        (complains, "you people never call back"),
        (bargains, "give me a free session or i'll tell everyone"),
        (bargains, "i want 50% off"),
        (drops, "never mind, how much is it"),
    ],
)
def test_what_a_message_wants_of_the_team(move: Callable[[str], bool], text: str) -> None:
    assert move(text)


@pytest.mark.parametrize(
    ("move", "text"),
    [
        (asks_team, "I'll ask my doctor first"),
        (asks_team, "can I ask the therapist to stop"),
        (complains, "nobody knows why it hurts"),
        (bargains, "do you have student discounts"),
        (bargains, "can you give me a free slot"),
        (drops, "I never mind a strong hand"),
    ],
)
def test_what_it_does_not_want(move: Callable[[str], bool], text: str) -> None:
    assert not move(text)


def test_a_question_to_pass_on_is_the_message() -> None:
    assert says_something_to_team("could you check with the therapist if she treats riders too?")


def reading(text: str) -> dict[str, object]:
    return read_message(text, now=datetime(2026, 11, 30, 10)).as_json()


@pytest.mark.parametrize(
    ("text", "agreed"),
    [
        ("yes, that is right by me, on you go", True),
        ("certainly, they are free to read every word", True),
        ("that's fine, tell them all of it", True),
        ("well, yes, pass the lot along to the ladies", True),
        ("very well, send it along then", True),
        ("fair enough, yes", True),
        ("fair enough, but yes only by mail", False),
        ("send it to my sister instead", False),
        ("yes, but leave out the phone", False),
        ("yes, if it stays between us", False),
        ("yes, what happens to it then", False),
        ("yes, Thursday is better", False),
        ("yes, I have asthma", False),
        ("yes, erase all of it", False),
        ("they may do as they please", False),
    ],
)
def test_a_yes_that_begins_a_message_is_consent_unless_a_doubt_follows(text: str, agreed: bool) -> None:
    assert consents(text) is agreed
