"""Treatment, parts of the body, minutes, for whom and which therapist."""

from __future__ import annotations

import pytest
from booking.reading.conftest import Read


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("neck massage", ("massage",)),
        ("deep tissue massage", ("deep_tissue",)),
        ("a facial and a massage", ("facial", "massage")),
        ("myofasical relese", ("mfr",)),
        ("No deep tissue then. Just the facial.", ("facial",)),
        ("swap the cupping for reflexology", ("other",)),
        ("a gift card, 60 minutes", ("gift_voucher",)),
        ("do you have gift cards? friday for my neck", ()),
    ],
)
def test_services(read: Read, text: str, services: tuple[str, ...]) -> None:
    assert read(text).services == services


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("neck, jaw and temples", ("neck", "jaw", "temple")),
        ("between the shoulder blades", ("upper_back",)),
        ("the back of my legs", ("leg",)),
        ("quads and IT band", ("thigh", "it_band")),
        ("head to toe", ("full_body",)),
        ("not my neck, my lower back", ("lower_back",)),
        ("when will you call me back?", ()),
        ("back to back slots", ()),
        ("thihgs", ("thigh",)),
    ],
)
def test_body(read: Read, text: str, body: tuple[str, ...]) -> None:
    assert read(text, "wish").body == body


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("half an hour's enough", 30),
        ("an hour and fifteen minutes", 75),
        ("one and a half hours", 90),
        ("2 hrs", 120),
        ("three quarters of an hour", 45),
        ("30 min, no wait, 60 min", 60),
        ("an hour later", None),
        ("in an hour", None),
        ("push it back an hour", None),
    ],
)
def test_minutes(read: Read, text: str, minutes: int | None) -> None:
    assert read(text, "wish").minutes == minutes


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        ("bring my ten year old son", "child"),
        ("My mother would like a facial", "mother"),
        ("my wife loves it, I'd like to treat her", "partner"),
        ("my husband and I", "two_people"),
        ("five of us, a hen party", "group"),
        ("It's not for me, it's for my dad", "father"),
        ("my partner's thumbs have given up", ""),
        ("my sister told me about you", ""),
        ("for myself", "self"),
    ],
)
def test_for_whom(read: Read, text: str, whom: str) -> None:
    assert read(text).for_whom == whom


@pytest.mark.parametrize(
    ("text", "therapist"),
    [
        ("a lady therapist please", "female"),
        ("I'd rather have a man", "male"),
        ("I don't mind who", "none"),
        ("the same therapist as last time", "same"),
        ("with Ana please", "Ana"),
        ("with love", ""),
    ],
)
def test_therapist(read: Read, text: str, therapist: str) -> None:
    assert read(text).therapist == therapist


@pytest.mark.parametrize(
    ("text", "therapist"),
    [
        ("a lady, if that can be arranged. I was treated badly by a man", "female"),
        ("it has to be a woman because a male masseur frightened me", "female"),
        ("not a bloke, one of them hurt my wrist", "female"),
        ("please, no men", "female"),
        ("I would rather it wasn't a guy", "female"),
        ("anybody but a man", "female"),
        ("I don't feel at ease with men", "female"),
        ("a woman over a man, always", "female"),
        ("a male masseur is out of the question, sorry", "female"),
        ("not a woman but a man", "male"),
        ("a gentleman would be better for me", "male"),
        ("can I get a guy? a woman was too gentle last year", "male"),
        ("doesn't need to be a woman, whoever is free", "none"),
        ("with a woman or a man, all the same", "none"),
        ("I wouldn't mind a man", ""),
        ("I was pushed over by a man", ""),
        ("I'm a man of 50 with a stiff back", ""),
        ("as a woman I'm a bit shy", ""),
        ("it's for a lady in her eighties", ""),
        ("the lady at the desk told me to write", ""),
        ("my wife saw a man at yours", ""),
        ("cheers man, Friday at 3", ""),
        ("not the same person as last time", ""),
    ],
)
def test_only_a_clause_that_wishes_names_a_gender(read: Read, text: str, therapist: str) -> None:
    assert read(text, "wish").therapist == therapist


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("my left elbow", {"elbow": "left elbow"}),
        ("both of my elbows", {"elbow": "both elbows"}),
        ("her upper arm on the right", {"arm": "upper arm on the right"}),
        ("the outer side of my right thigh", {"thigh": "outer side of the right thigh"}),
        ("wrist (left)", {"wrist": "left wrist"}),
        ("one hip, the right one", {"hip": "right hip"}),
        ("R ankle and L calf", {"ankle": "right ankle", "calf": "left calf"}),
        ("left elbow and right elbow", {"elbow": "left elbow, right elbow"}),
        ("Rotator cuff, and the lumbar region", {"shoulder": "rotator cuff", "lower_back": "lumbar region"}),
        ("not my left ankle, my right ankle", {"ankle": "right ankle"}),
        ("the left hip instead of the right hip", {"hip": "left hip"}),
        ("that's all right, a hand massage", {}),
    ],
)
def test_the_words_for_an_area_are_kept(read: Read, text: str, words: dict[str, str]) -> None:
    assert read(text, "wish").areas == words


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("no, the left one, not the right", "left"),
        ("sorry, I meant the right", "right"),
        ("it's the other side", "other"),
        ("that's the right one", ""),
        ("yes, right", ""),
        ("there is nothing left on Friday", ""),
    ],
)
def test_a_side_without_an_area(read: Read, text: str, side: str) -> None:
    assert read(text).side == side


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("reflexology instead of the hand massage", ("hand",)),
        ("swap my calves for my thighs", ("calf",)),
        ("everywhere, but leave out the knees", ("knee",)),
        ("neck and knees", ()),
    ],
)
def test_areas_no_longer_wished(read: Read, text: str, without: tuple[str, ...]) -> None:
    assert read(text, "wish").without == without
