from __future__ import annotations

import pytest

from lamoon.screening import Screener

# One line each: the id that must be among the mentions, and the message.
MESSAGES = """
suspected_dvt | left lower leg is puffed up and burning since the bus ride
suspected_dvt | the calf got thick, red and tender after I was bedridden
suspected_dvt | right thigh swollen and sore, I'm on the pill
chest_pain | there's a crushing weight on my breastbone
chest_pain | pain in the chest running into the left arm
chest_pain | my chest is tight and I've broken out in a cold sweat
chest_pain | my resting pulse is 140
chest_pain | I think I'm having a heart attack
breathing | I'm struggling for air
breathing | can't get my breath lying flat
breathing | her lips turned blue
pulmonary_embolism | brought up blood when I coughed
pulmonary_embolism | a stab with every breath, three days after my hip operation
stroke | half of her face hangs down
stroke | his speech turned to gibberish
stroke | suddenly blind in the right eye
stroke | the most sudden thunderclap headache
stroke | weakness down my whole left side
cauda_equina | no feeling between my thighs and my back is terrible
cauda_equina | I can't hold my urine since the disc slipped
cauda_equina | both legs went numb and weak
suicidal | I'd rather not be alive
suicidal | sometimes I think of hanging myself
suicidal | there's no point in living like this
suicidal | my son wants to end his life
head_injury | slammed my head on the kerb and keep vomiting
head_injury | she was knocked out when she fell
severe_bleeding | the gash keeps bleeding and won't stop
severe_bleeding | vomiting blood since breakfast
major_trauma | knocked down by a car and can't feel my feet
major_trauma | there's bone sticking out of my shin
sepsis_meningitis | rigid neck, high fever and I can't bear the light
sepsis_meningitis | a red stripe is creeping up my leg from the bite
sepsis_meningitis | the wound smells, I have a fever and I'm confused
anaphylaxis | tongue swelling after shrimp
anaphylaxis | covered in hives and can hardly breathe
overdose | swallowed thirty paracetamol
overdose | my toddler drank bleach
collapse | grandpa fainted and won't wake up
collapse | a man here is having a seizure right now
pregnancy_bleeding | pregnant and bleeding
pregnancy_bleeding | 30 weeks, and the baby stopped moving
""".strip().splitlines()


@pytest.mark.parametrize("line", MESSAGES)
def test_it_is_found(screener: Screener, line: str) -> None:
    name, _, message = line.partition(" | ")
    found = screener.screen(message)
    assert found["outcome"] == "emergency"
    assert name in {mention["id"] for mention in found["conditions"] if mention["status"] == "affirmed"}


@pytest.mark.parametrize(
    "message",
    [
        "Tuesday at nine would suit me, and by the way my mouth droops on the left since this morning",
        "how long is a session? asking because I can't feel anything between my legs and need my back done",
        "HELP. MY DAD COLLAPSED.",
        "chest pain. bad. arm too",
        "i cnat breahte",
        "my husbnd is unconcious",
    ],
)
def test_it_is_found_inside_other_matters_and_in_bad_spelling(screener: Screener, message: str) -> None:
    assert screener.screen(message)["outcome"] == "emergency"


def test_signs_in_two_sentences_count_together(screener: Screener) -> None:
    assert screener.screen("My left leg is swollen. It's also red and hot.")["outcome"] == "emergency"


def test_signs_far_apart_do_not(screener: Screener) -> None:
    text = "My leg is tired. I would like a session. Do you have parking? My sister was swollen with pride. It was hot."
    assert screener.screen(text)["outcome"] == "none"


@pytest.mark.parametrize(
    "message",
    [
        "chest and shoulders tight from the bench press",
        "out of breath after my run, legs are jelly",
        "cycling makes my backside numb",
        "my arm falls asleep at night",
        "can't lift my arm over my head, frozen shoulder",
        "I'm dying to try this",
        "that bill nearly gave me a heart attack",
        "killing myself at the gym lately",
        "feels like I've been hit by a truck after leg day",
        "fainted from joy when I heard about the offer lol, nearly fainted when I saw the price",
        "the traffic was suicide squad level",
    ],
)
def test_harmless_likenesses_are_no_emergency(screener: Screener, message: str) -> None:
    assert screener.screen(message)["outcome"] != "emergency"


def test_milder_readings_of_the_same_signs_are_left_out(screener: Screener) -> None:
    found = screener.screen("I've got chest pain down my left arm")
    assert {mention["id"] for mention in found["conditions"]} == {"chest_pain"}
