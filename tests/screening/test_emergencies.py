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


# As strangers put it: the sign in other words, in any order, at the end of a story.
STRANGERS = """
suspected_dvt | my trousers are tight on one leg only and that calf is hot and aching
suspected_dvt | was laid up with flu for a week, now the back of my leg is scorching and puffy
chest_pain | something heavy sits behind my breastbone and I'm drenched
chest_pain | grandad came in holding his arm, he looks like putty
breathing | I have to stop for air every few steps since last night
breathing | his ribs are sucking in and he's gone a funny colour
pulmonary_embolism | spat something red into a tissue after coughing
stroke | mum dropped her tea and now her words are all jumbled
stroke | his right hand won't write since breakfast
cauda_equina | my bits went dead after I lifted the sofa
cauda_equina | had no idea I'd wet the bed, my back went on Monday
suicidal | my nephew went off with the shotgun after he kissed us all goodbye
suicidal | I keep standing on the edge of the jetty after work
suicidal | if nothing helps I am killing myself in autumn
suicidal | the sleeping pills are counted out, and it is enough to never wake
overdose | our lad had half a roxy and he is snoring and limp
overdose | the paraffin heater was on in the tent and now we both have pounding heads
breathing | her lips are turning grey
pulmonary_embolism | coughing up blood, and like a knife in my ribs whenever I breathe
collapse | fell in the canal last night, fished out, and now my fingers will not grip
head_injury | she had an elbow to the temple at practice and has slept most of the day
stroke | a headache went off like a cannon while I was on the phone
collapse | ran my first marathon on Sunday and my wee is nearly black
suicidal | I only cut if it all gets too much
suicidal | they'd all be happier if I was out of the picture
suicidal | keep the deposit, I won't be needing anything soon, goodbye
suicidal | my brother says he's going to jump off the bridge
head_injury | nutted the door frame an hour ago and I keep drifting off
severe_bleeding | I've gone through three tea towels and the cut is deep
major_trauma | a van reversed over my foot and it's purple
major_trauma | she slipped on the ice, her foot points outwards and she can't get up
sepsis_meningitis | gran has a water infection, she's freezing and seeing cats
anaphylaxis | had a cashew and my lips are like sausages
overdose | chucked back a load of pills
overdose | nan took a week's worth of her tablets at once by mistake
collapse | dad slid off his chair and won't open his eyes
pregnancy_bleeding | 34 weeks, splitting head and everything is sparkly
""".strip().splitlines()


# As nurses write, and as people say what they would rather not say.
SHORTHAND = """
chest_pain | c/o CP, diaphoretic, since 0700
breathing | sats 84% at rest
stroke | FAST positive
head_injury | slipped in the bath, GCS 12
cauda_equina | bilat leg pain, altered perianal sensation, bladder scan PVR 700 ml
major_trauma | MVA today, c spine pain, paraesthesia in both arms
collapse | glucose 2.2, clammy and talking rubbish
suicidal | he keeps saying he'll do away with himself
suicidal | I'd be doing my family a favour if I was not around any more
major_trauma | the gate fell on his leg, his toes are white and he can't feel them
suspected_dvt | calf gone solid as a rock and swollen, I sit all day
""".strip().splitlines()


@pytest.mark.parametrize("line", STRANGERS + SHORTHAND)
def test_it_is_found_in_strangers_wording(screener: Screener, line: str) -> None:
    condition, _, message = line.partition(" | ")
    found = screener.screen(message)
    assert found["outcome"] == "emergency"
    assert condition in {mention["id"] for mention in found["conditions"]}


@pytest.mark.parametrize(
    "message",
    [
        "my chest hurts and my left arm is heavy, and after that could we do my desk job neck, pecs and posture on Tuesday?",
        "a car knocked me down and I can't feel my feet, is it too late to change my own appointment on thursday?",
    ],
)
def test_other_matters_in_the_same_sentence_explain_nothing_away(screener: Screener, message: str) -> None:
    assert screener.screen(message)["outcome"] == "emergency"


@pytest.mark.parametrize(
    "message",
    [
        "can trigger points cause pain in the chest?",
        "does massage help with a numb bottom?",
    ],
)
def test_one_symptom_in_a_general_question_is_no_emergency(screener: Screener, message: str) -> None:
    assert screener.screen(message)["outcome"] != "emergency"


def test_signs_in_two_sentences_count_together(screener: Screener) -> None:
    assert screener.screen("My left leg is swollen. It's also red and hot.")["outcome"] == "emergency"


def test_signs_far_apart_do_not(screener: Screener) -> None:
    text = "My leg is tired. I would like a session. Do you have parking? My sister was swollen with pride. It was hot."
    assert screener.screen(text)["outcome"] == "none"


@pytest.mark.parametrize(
    "message",
    [
        "my back has been bad for years, but since Sunday I can't hold my wee",
        "had a knee operation last month and now that calf is hot, red and swollen",
        "years ago I had a stroke, today my mouth droops again",
        "could a session help if I can't breathe and my chest hurts?",
    ],
)
def test_an_older_time_in_the_sentence_does_not_make_it_past(screener: Screener, message: str) -> None:
    assert screener.screen(message)["outcome"] == "emergency"


@pytest.mark.parametrize(
    "message",
    [
        "I had a heart attack years ago, can I come on Saturday?",
        "mum's stroke was in 2012, since then she naps a lot",
    ],
)
def test_a_wish_for_a_day_does_not_make_a_past_one_present(screener: Screener, message: str) -> None:
    assert screener.screen(message)["outcome"] != "emergency"


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
        "glad to get that off my chest",
        "my jaw dropped at the price list",
        "soaked through from the rain, give me five minutes",
        "I hop off the train at the bridge and walk over",
        "she's not moving house before March",
        "he won't wake up before noon on a weekend",
        "nobody is responding, not responding to my emails either",
        "out cold by ten after your session, as soon as my head hit the pillow",
        "tablet at 9 and 21 every day, nothing else",
        "I can't find the words to describe how good that was",
        "hips keep seizing today",
        "back x-rayed yesterday, all clear",
        "the shelf came down on my laptop, I'm fine but late",
        "I teach CPR all day",
    ],
)
def test_harmless_likenesses_are_no_emergency(screener: Screener, message: str) -> None:
    assert screener.screen(message)["outcome"] != "emergency"


def test_milder_readings_of_the_same_signs_are_left_out(screener: Screener) -> None:
    found = screener.screen("I've got chest pain down my left arm")
    assert {mention["id"] for mention in found["conditions"]} == {"chest_pain"}


@pytest.mark.parametrize(
    "text",
    [
        "I'm diabetic and the tip of my toe turned black",
        "diabetes for years, and my heel smells awful",
        "type 1 diabetic, there's a sore under my foot and it's numb",
    ],
)
def test_a_diabetic_foot_that_turns_bad_is_seen_today(screener: Screener, text: str) -> None:
    found = screener.screen(text)
    assert found["outcome"] == "emergency"
    assert "wound_gone_bad" in {mention["id"] for mention in found["conditions"]}


@pytest.mark.parametrize("text", ["diabetic, my black shoes rub on the heel", "I'm diabetic and my feet are tired"])
def test_a_diabetics_tired_foot_is_no_emergency(screener: Screener, text: str) -> None:
    assert screener.screen(text)["outcome"] == "ask_doctor"
