from __future__ import annotations

import pytest

from lamoon.screening import Screener

SILENT = """
Tuesday, Bcc everyone
dose it hert a lot
the airport terminal is close by
is there a dressing room
car boot sale on Sunday
therapist came late and flustered
merci beaucoup
which strokes does a Swedish massage use
your hours of operation please
the payment page is broken
my tablet has a cracked screen
coffee break at eleven
can you break down old adhesions
his infectious laugh
I'm a Cancer, is that bad luck
this zip is killing me
I'm expecting a parcel
my thighs burn after lunges
I have thick skin
feeling fragile after the party
which days are you open
tight pecs from typing
a heart attack on a plate
a stitch in my side when I run
we were in stitches
clotted cream at the cafe
paint thinner smell in the corridor
please crack my back
the cast of the show was great
walking boots on
an old injury from school days
how to prevent injuries
torn between two offers
pulled an all-nighter
the app crashed
I fell asleep on the table
in the fall season
boil the kettle
first aid course
hay fever season
cold hands
cold stone therapy
sick of waiting
I'll be there at six
before covid I came monthly
lump sum payment
a golf ball sized knot
bumped into your receptionist
a condition of the voucher
terms and conditions
air conditioning
rash decision
bargain hunting spots left
disc golf
type A personality
pins and needles from sitting
rolling pin
shot of ginger
what fits me best
rolled my calves with a roller
bruises from the massage gun
my physio wrote me a note that it helps
a year off the booze and proud of it
my lower back is shattered from the shift
our tank kept bleeding out in the raid
this gadget wants to die again
nearly drowned the pasta
put the plates back in the drawer
what crabs cost these days
useless menu, may I talk to a human
trying to shift the baby weight
mum will die when she sees the voucher
rather confused about what fascia is
my arm goes dead on the desk
won't be around on Thursday, another day?
can't bear this neck another day
the page keeps repeating itself
stuck at the question about names
my knees are shot
will she press on my chest too
after grandad died I rather let things slide, and I am back now
""".strip().splitlines()


@pytest.mark.parametrize("message", SILENT)
def test_everyday_words_stay_silent(screener: Screener, message: str) -> None:
    found = screener.screen(message)
    assert (found["outcome"], found["conditions"]) == ("none", [])


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("my phone is broken and so is my wrist bone, it's fractured", "recent_fracture"),
        ("I'm a Cancer by birth and I do have lymphoma", "tumor_cancer"),
        ("cold hands today and a bad infection in my foot", "infection"),
    ],
)
def test_a_look_alike_does_not_hide_the_real_thing(screener: Screener, message: str, name: str) -> None:
    found = screener.screen(message)
    assert name in {mention["id"] for mention in found["conditions"] if mention["status"] == "affirmed"}


@pytest.mark.parametrize(
    "message",
    [
        "glad to get it off my chest, but the chest pain is back and I'm clammy",
        "took a tablet at 8 and then thirty paracetamol",
        "I teach CPR, and now my dad has collapsed and won't wake up",
        "I hop off the train every day and want to kill myself",
        "let me talk to someone, dad can't speak and one arm is limp",
        "confused about your prices, and mum is suddenly confused and slurring",
        "since he died I don't want to live any more",
        "my knees are shot and a man was shot in the car park",
    ],
)
def test_a_look_alike_does_not_hide_an_emergency(screener: Screener, message: str) -> None:
    assert screener.screen(message)["outcome"] == "emergency"
