"""Names, and what is never a name."""

from __future__ import annotations

import pytest
from booking.reading.conftest import Read


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Anna-Lena Müller-Schmidt", "Anna-Lena Müller-Schmidt"),
        ("Thu Trang Lê", "Thu Trang Lê"),
        ("please write it down as Marie-Claire Dufour", "Marie-Claire Dufour"),
        ("marek that's m a r e k wolski", "Marek Wolski"),
        ("Siobhan Keogh, people never get it, that's S-I-O-B-H-A-N", "Siobhan Keogh"),
        ("Noor, N-O-O-R", "Noor"),
        ("प्रिया शर्मा", "प्रिया शर्मा"),
        ("สมชาย ใจดี", "สมชาย ใจดี"),
        ("jean-luc picard", "Jean-Luc Picard"),
        ("van der Berg, Lotte", "Lotte van der Berg"),
        ("Back, Sebastian", "Sebastian Back"),
        ("Mrs. Tuesday Weld", "Tuesday Weld"),
        ("Wednesday Addams", "Wednesday Addams"),
        ("my name's may", "May"),
        ("The name's Bond, James Bond", "James Bond"),
        ("a massage for my mom, she's called Ngozi Umeh", "Ngozi Umeh"),
        ("can you book my brother, he is called tom reid", "Tom Reid"),
        ("First name Olga, last name Petrova", "Olga Petrova"),
        ("Lind with a d: Eva Lind", "Eva Lind"),
        ("it's for my daughter Mia Torres", "Mia Torres"),
        ("Nguyễn Thị Mai", "Nguyễn Thị Mai"),
        ("هند الشريف", "هند الشريف"),
        ("Jo Marsh, sorry, Jill Marsh", "Jill Marsh"),
        ("Do Kyung-soo", "Do Kyung-soo"),
        ("He Ping", "He Ping"),
        ("Sure Anna Lind", "Anna Lind"),
        ("monday vance", "Monday Vance"),
        ("June Sunday, june.sunday@example.com", "June Sunday"),
        ("Sara Lund, or rather Sarah", "Sarah Lund"),
    ],
)
def test_names_that_answer_the_question(read: Read, text: str, name: str) -> None:
    message = read(text, "name")
    assert (message.name, message.when, message.body) == (name, (), ())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Wed 3pm, knees, Lou Park 202-555-0143", "Lou Park"),
        ("massage sat 2pm jo diaz 2025550143", "Jo Diaz"),
        ("Could you reserve an hour for Mrs. Eugenia Papadakis on Thursday?", "Eugenia Papadakis"),
        ("Hi, Sunday Okafor here, could I come Monday at 4?", "Sunday Okafor"),
        ("Friday with Sofia at 3, it's Helen", "Helen"),
        ("My doctor, Dr. Shaw, sent me. Neck, Friday 1pm, Lars Ek", "Lars Ek"),
        ("book me tuesday at 3 for my neck, the name is olga petrova", "Olga Petrova"),
        ("early bird, early.bird@example.com, jaw on friday", "Early Bird"),
        ("I only have mornings this week, so any of them, Augusta Price, (541) 555-0121", "Augusta Price"),
        ("My name is Ana Costa, no wait, Anna Costa, 312 555 0123", "Anna Costa"),
        ("Are you able to see my dad? His name's Walter Simms, mine's Joy", "Walter Simms"),
    ],
)
def test_names_inside_requests(read: Read, text: str, name: str) -> None:
    assert read(text).name == name


@pytest.mark.parametrize(
    "text",
    [
        "left leg, tomorrow", "Jaw. Also neck.", "monday", "It's Wednesday", "deep tissue", "Facial for Tuesday", "no", "ok", "not sure yet",
        "tomorrow morning please", "why do you need my name?", "none of your business", "I'm pregnant by the way", "monday preferably", "friday works", "Lower back pain", "skip",
    ],
)  # fmt: skip
def test_what_is_no_name_though_a_name_was_asked(read: Read, text: str) -> None:
    assert read(text, "name").name == ""


@pytest.mark.parametrize(
    "text",
    [
        "Hello There, Any Slots On Friday?", "Lower Back, Monday Morning, Please", "Knee, Tuesday, 3pm.", "Hi La Moon! Saturday?",
        "I'm in Boston until Thursday, could I come Friday?", "I'm vegan, is the oil ok? Friday at 2", "It's urgent. Today please.",
        "Merry Christmas! Any gap on the 28th?", "with Hana on the 9th", "my old cell is gone, 646 555 0181 is active", "Muggins here threw her back out. Friday?",
        "Hello, I am exchange student and I would like one massage", "I am nurse and want book massage", "hi im uni student can i book",
        "Relieved, put me down for friday at 3", "instead of Maria I'd like the male therapist",
    ],
)  # fmt: skip
def test_what_is_no_name_in_a_request(read: Read, text: str) -> None:
    assert read(text).name == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Buenos días, could I have a facial?", ""),
        ("Dobrý den, a massage on Friday please", ""),
        ("Talofa, do you have anything free?", ""),
        ("Merhaba Deniz Kaya here, a facial please", "Deniz Kaya"),
        ("Jambo. Wanjiru Otieno, 312 555 0164, hips", "Wanjiru Otieno"),
        ("Shalom Peretz, 312 555 0164, hips", "Shalom Peretz"),
        ("Splendid, sign me up", ""),
        ("My colleague Ottilie raves about you. I'd like a facial", ""),
        ("ready to sign up. its jovana ilic", "Jovana Ilic"),
        ("thanks. it's quang here, can I come friday", "Quang"),
        ("sign me up under the name of farah aziz", "Farah Aziz"),
        ("its lumbago", ""),
        ("it's torture", ""),
        ("it's pouring here", ""),
        ("its cramping badly", ""),
    ],
)
def test_a_greeting_or_a_state_is_no_name(read: Read, text: str, name: str) -> None:
    assert read(text).name == name


@pytest.mark.parametrize(
    ("text", "name"),
    [("Aloha, Kalani", "Kalani"), ("Guten Abend. Jörg Thoma", "Jörg Thoma"), ("Noa Shalom", "Noa Shalom")],
)
def test_a_greeting_before_the_answer(read: Read, text: str, name: str) -> None:
    assert read(text, "name").name == name
