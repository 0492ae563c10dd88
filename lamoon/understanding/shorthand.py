"""The shorthand of chats, written out: the sentence encoder has read books and forums, where "u" is hardly a word.

Only what means one thing to a massage studio's visitors stands here: no "pt" (physiotherapist, patient), no "2" or "4".
"""

from __future__ import annotations

import re
from typing import Final

_TABLE: Final = """
u=you, ya=you, yous=you, y'all=you, yall=you, ur=your, r=are, n=and, nd=and, w/=with, w/o=without, b4=before, abt=about,
cuz=because, cos=because, coz=because, bc=because, tho=though, thru=through, ppl=people, enuf=enough, atm=at the moment,
rn=right now, asap=as soon as possible, 2day=today, 2moro=tomorrow, 2nite=tonight, nite=night, tmr=tomorrow, tmrw=tomorrow,
tmrrw=tomorrow, hr=hour, hrs=hours, mins=minutes, wk=week, wks=weeks, mth=month, mths=months, yr=year, yrs=years,
hw=how, wen=when, wot=what, wut=what, whr=where, wd=would, wld=would, cd=could, shd=should, sth=something, smth=something,
summat=something, sumthing=something, nuffin=nothing, nothin=nothing, probs=probably, prob=probably, defo=definitely,
obvs=obviously, gud=good, gr8=great, bak=back, bk=back, fav=favourite, pls=please, plz=please, ty=thank you,
tysm=thank you so much, thx=thanks, thnx=thanks, thanx=thanks, tnx=thanks, sry=sorry, soz=sorry, cya=see you, l8r=later,
ttyl=talk to you later, gtg=got to go, g2g=got to go, brb=be right back, idk=i don't know, dunno=don't know,
tbh=to be honest, imo=in my opinion, btw=by the way, omg=oh my god, m8=mate, luv=love, kk=okay, bf=boyfriend,
gf=girlfriend, hubby=husband, appt=appointment, appts=appointments, appmt=appointment, sesh=session, msg=message,
msgs=messages, mssg=message, gonna=going to, wanna=want to, gotta=have to, gimme=give me, lemme=let me,
kinda=kind of, sorta=sort of, outta=out of, im=i'm, ive=i've, youre=you're, theyre=they're, whats=what's, hows=how's,
wheres=where's, whos=who's, thats=that's, theres=there's, cant=can't, wont=won't, dont=don't, doesnt=doesn't,
didnt=didn't, isnt=isn't, arent=aren't, wasnt=wasn't, couldnt=couldn't, shouldnt=shouldn't, wouldnt=wouldn't,
havent=haven't, hasnt=hasn't
"""
SHORTHAND: Final[dict[str, str]] = {
    short.strip(): full for short, _, full in (" ".join(pair.split()).partition("=") for pair in _TABLE.split(","))
}
_SHORT: Final = re.compile(
    rf"(?<![\w'/])(?:{'|'.join(map(re.escape, sorted(SHORTHAND, key=len, reverse=True)))})(?![\w'/])", re.IGNORECASE
)


def written_out(text: str) -> str:
    """`text` with its shorthand written out in full words."""
    return _SHORT.sub(lambda match: SHORTHAND[match.group().lower()], text)
