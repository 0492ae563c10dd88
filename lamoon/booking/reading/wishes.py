"""What a visitor wishes: treatment, parts of the body, minutes, for whom, which therapist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from lamoon.booking.reading.corrections import last_correction
from lamoon.booking.reading.line import Line

_TREATMENTS: Final = (
    ("gift_voucher", r"gift (?:vouchers?|cards?|certificates?)|vouchers?|gift (?:for|massage|session)|certificates?"),
    ("mfr", r"mfr|m f r|(?:myo ?-? ?fascial?|myofacial|myo)(?: (?:release|treatment|therapy|work|session|massage|technique|kind))*|fascia(?:l)?(?: (?:release|work|treatment|therapy|session|massage))*"),
    ("deep_tissue", r"deep ?-? ?tissue(?: (?:massages?|session|treatment|work))?|tissue massage|dt(?: massage)?|deep massage"),
    ("other", r"(?:hot|warm) ?-? ?stones?(?: (?:massage|session|treatment|therapy))?|cupping(?: (?:session|massage|therapy))?|reflexology|reflexolog\w+|lymph\w*(?: (?:massage|drainage|drain\w*))?|manual lymph\w*(?: drainage)?"
              r"|shiatsu(?: massage)?|thai(?: massage)?|reiki|acupuncture|dry needling|aromatherapy(?: massage)?|body scrub|scrub|body wrap|pedicure|manicure|gua sha|waxing|sauna|lomi lomi|craniosacral(?: therapy)?|ayurved\w+(?: massage)?|ear candling|trigger points?(?: therapy| massage| release| work)?"),
    ("facial", r"facials?(?: (?:treatment|massage|session))?|face (?:treatment|massage)|facial"),
    ("massage", r"(?:swedish|classical|classic|regular|normal|plain|ordinary|relaxation|relaxing|sports?|gentle|prenatal|pregnancy|chair|couples?)? ?massages?(?! (?:therapist|practitioner|gun|chair|table|school|oil))|back rub|rub ?-? ?down|swedish"),
)  # fmt: skip
_TREATMENT: Final = re.compile("|".join(rf"(?P<{name}>(?<![\w'])(?:{words})(?![\w']))" for name, words in _TREATMENTS))
_OFFERED: Final = re.compile(
    r"\b(?:are there|do you (?:have|sell|do|offer|also do|also have)|how much (?:is|are|for|does)|is there)(?: a| any| the| your)* $"
)
_UNWANTED: Final = re.compile(
    r"(?<!why )\b(?:no|not|without|don't want|do not want|skip|anything but|never had|never tried|never done)(?: the| a| any| to have| more| my| another)* $"
)

_BODY: Final = (
    ("full_body", r"(?:full|whole|entire) body|all (?:over )?(?:the|my|of my) body|all over(?! the place)|head to toe|everywhere|all of me|total body"),
    ("upper_back", r"upper (?:part of )?(?:the |my )?back|between (?:my |the |both |her |his )?shoulder ?-? ?blades?|(?:(?:left|right) )?shoulder ?-? ?blades?|scapulas?|rhomboids?|top of (?:my |the )?back|thoracic"),
    ("lower_back", r"(?:lower|low|small of (?:my|the|his|her)|bottom of (?:my|the)|base of (?:my|the)) ?-? ?(?:part of (?:my |the )?)?(?:back|spine)|lumbar(?: (?:spine|region|area))?|lumbago|(?:lower|bottom) (?:half|part|bit|end) of it|lowerback|tailbone|sacrum"),
    ("it_band", r"(?:it|i t) ?-? ?bands?|itb|iliotibial(?: band)?|iliotibial tract"),
    ("hip", r"hips?|hip flexors?|groin|psoas"), ("glute", r"glutes?|gluteals?|buttocks?|bum|butt|backside|piriformis|gluts?"),
    ("hamstring", r"hamstrings?|hammies|hammy"), ("thigh", r"thighs?|quads?|quadriceps"), ("knee", r"knees?|kneecaps?"),
    ("calf", r"cal(?:f|ves|fs)"), ("ankle", r"ankles?"),
    ("foot", r"foot(?! (?:the bill|path|ball))|feets?|heels?|soles?(?= |$)|arch(?:es)?(?= of)|plantar(?: fasciitis)?|toes?|instep"),
    ("leg", r"legs?(?! room)|shins?"), ("jaw", r"jaws?|tmj|tmd"), ("temple", r"temples?"), ("neck", r"necks?|cervical"),
    ("forearm", r"fore ?-? ?arms?"), ("arm", r"(?:upper )?arms?|biceps?|triceps?"), ("elbow", r"elbows?"),
    ("wrist", r"wrists?|carpal tunnel"), ("hand", r"(?:palms?|fingers?|thumbs?)|hands?(?! (?:over|on|made|cream|book|it|them|in))"),
    ("chest", r"chest|pecs?|pectorals?|sternum"), ("rib", r"ribs?|ribcage|rib cage"),
    ("shoulder", r"shoulders?|traps?|trapezius|rotator cuff|delts?"), ("head", r"head|scalp|headaches?|migraines?|skull"),
    ("back", r"(?:(?:my|the|her|his|mid|middle|whole|entire) )?back|backs|spine|backache"),
)  # fmt: skip
_PART: Final = re.compile("|".join(rf"(?P<{name}>(?<![\w'])(?:{words})(?![\w']))" for name, words in _BODY))
_NO_PART_BEFORE: Final = re.compile(
    r"(?:\b(?:come|comes|came|coming|get|got|getting|be|been|i'm|am|is|call|go|going|went|write|hear|text|bring|move|moved|push|message|reply|ring|report|welcome|way|phone|email|ping|years|weeks|months|days|while|far|one|other|second|at|by|close|shake|first|give (?:me )?a|lend (?:me )?a|a big)(?: me| you| us| him| her| it| them)?"
    r"|\boff the top of my|\bon the other|\bat (?:the )?|\bgo|\b(?:my |her |his )?(?:partner|wife|husband|mother|friend)'?s?) $"
)
_BACK_AFTER: Final = re.compile(
    r"^ (?:an? |\d|of (?:my|the|his|her|both) (?!body)|from|to|in|home|at|again|by|soon|when|after|then|and forth|later|on (?:the|monday|tuesday|wednesday|thursday|friday))\b"
)
_MY_PART: Final = re.compile(r"^(?:my|the|her|his)\b|^(?:mid|middle|whole|entire)\b")
_NOT_PART: Final = re.compile(
    r"\b(?:not|no|without|except|avoid|skip|instead of|anything but|leave out|don't touch|nothing on)(?: (?:for|on|the|my|a|do|work on))* $"
)

_AMOUNT: Final = re.compile(
    r"(?<![\w.:/$])(?:"
    r"(?P<min>\d{2,3}) ?-? ?(?:minutes?|minuten|m\b|'(?!\w))"
    r"|(?P<three>(?:three|3) quarters of an hour)"
    r"|(?P<half>(?:a )?half ?-? ?(?:an |a )?hour(?:'s)?|1 / 2 hour|(?:a )?half of (?:an )?hour)"
    r"|(?P<ha>(?:1|an|a)? ?hours? and (?:a |1 )?(?:half|1 / 2)|1 and (?:a )?half hours?|hour and half|1 1 / 2 hours?)"
    r"|(?P<hq>(?:1|an) hour and (?:a )?quarter)"
    r"|(?P<am>an hour and (?P<more>\d\d) minutes)"
    r"|(?P<h2>\d) (?:and a half|1 / 2) (?:hours?)"
    r"|(?P<h3>\d) hours? and (?:a )?half"
    r"|(?P<hm>\d) ?(?:h|hours?) (?:and )?(?P<m>\d\d)(?: minutes?)?(?!\d)"
    r"|(?P<h>\d(?:[.,]\d+)?) ?-? ?(?:hours?\b|h\b)"
    r"|(?P<after>(?<=tissue )|(?<=massage )|(?<=facial )|(?<=release )|(?<=mfr )|(?<=dt ))(?P<plain>45|60|75|90|120)(?= ?(?:$|[,.;]))"
    r"|(?P<an>an? (?:full |whole |good )?hour)(?:'s)?"
    r"|(?P<bare>(?<=\bfull )hour|(?<=\bwhole )hour|hour(?=(?: |'s)(?:session|plenty)|'s| session| massage| slot| long| facial| deep| of )|(?<!\w)hour's)"
    r")(?![\w.])"
)
_NO_AMOUNT_AFTER: Final = re.compile(
    r"^ ?(?:later|earlier|ago|before|after(?! all)|away|drive|from|notice|in advance|late|early|by car|walk|hence|on the (?:road|train|bus|plane|phone)|of traffic|commute)\b"
)
_NO_AMOUNT_BEFORE: Final = re.compile(
    r"(?:\b(?:in|within|every|takes(?: me)?|last|past|run(?:ning)?|about (?:to|an) drive|after|24|back|forward|by|for another|extra) )$"
)
_AT_CLOCK: Final = re.compile(r"\b(?:at|from|after|before|to|until|the|les) $")

_RELATIONS: Final = (
    ("grandparent", r"grand ?-?(?:mother|father|ma|pa|dad|mum|mom|parents?)'?s?|granny|gran|nan|nana|nanna|grandad|granddad|abuela|oma|opa"),
    ("mother", r"mothers?(?:[ -]in[ -]law)?|mums?|moms?|mam|mummy|mommy|mama|stepmum|stepmom|stepmother"),
    ("father", r"fathers?|dads?|daddy|papa|stepdad|stepfather|pop"),
    ("partner", r"wife|wifes|husband|husbands|hubby|partner|spouse|fiancee?|boyfriend|girlfriend|other half|better half|missus|bf|gf"),
    ("child", r"sons?|daughters?|kids?|child|children|teenager|teen|toddler|baby|boy|girl|lad|lass|little one|stepson|stepdaughter"),
    ("sibling", r"sisters?|brothers?|sis|bro|siblings?|twin"),
    ("friend", r"friends?|mate|bestie|buddy|pal|neighbou?r|colleague|coworker|flatmate|roommate|housemate"),
)  # fmt: skip
_RELATION: Final = "|".join(words for _, words in _RELATIONS)
_KIN: Final = tuple((name, re.compile(rf"(?:{words})(?:'s)?")) for name, words in _RELATIONS)
_AGE: Final = r"(?:(?:\d{1,2}|elderly|old|older|younger|little|big|dear|lovely|poor|best|good|eldest|youngest|teenage|pregnant|year|years|-) ?){0,5}"
_MY: Final = r"(?:my|our|a|his|her|the|mine|an) "
_FOR: Final = re.compile(
    rf"\b(?:for|bring|bringing|brings|book(?:ing)?(?: in)?|squeez(?:e|ing)|fit(?:ting)?|get|treat|behalf of|is|it's|it is|be|seeing|see|surprise|send(?:ing)?|in for|have|take|want|put)(?: in)? (?:the |our |both )?{_MY}{_AGE}(?P<kin>{_RELATION})(?![\w-]|'s (?:thumbs?|hands?|place|car|house|idea|recommendation|number|phone|email|name))(?! (?:told|recommended|said|gave|swears|suggested|set|sent|and i\b|and me\b|and myself))"
)
_KIN_BY_NAME: Final = re.compile(
    r"\b(?:for|bring|bringing|book|get|squeeze|send)(?: in)? (?P<kin>grandpa|grandma|granny|gran|nana?|mum|mom|mummy|mama|dad|daddy|papa|grandad)\b"
)
_KIN_NEEDS: Final = re.compile(
    rf"\b{_MY}{_AGE}(?P<kin>{_RELATION})(?:,? \w+)?,? (?:who |she |he |they |also |really |would |could |can |should |will |has |have )*(?:needs?|wants?|would like|'d like|would love|come|comes|likes?|is looking|is after|has|have|hurt|is the one|could do with|is coming|'s coming|who's coming|get|suffers?|deserves|who'll|would be|is having|wishes|complains|is interested|is pregnant|feel|feels|be seen|turned|turns|is turning|will come|who comes)\b"
)
_TWO: Final = re.compile(
    rf"\b(?:(?:the )?2 of us|both of us|the both of us|us both|for 2(?! (?:hours?|minutes|weeks|days|\w+ days))|2 people|2 persons|for a couple|couples?(?! of)(?: massage| session| room| appointment)?|for both|side by side|for us 2|we are 2|we're 2|2 massages?|2 facials?|2 sessions? (?:at|in) (?:the )?same time|double (?:booking|room|appointment)"
    rf"|(?:i|me|myself|mine) (?:and|plus|\+) (?:my |a )?{_AGE}(?:{_RELATION})|{_MY}{_AGE}(?:{_RELATION})(?:'s)?,? (?:and|plus|\+) (?:i|me|myself|mine)\b|(?:with|add(?:ing)?) my {_AGE}(?:{_RELATION})|(?:my )?(?:{_RELATION}) and (?:my )?(?:{_RELATION})|together with my|(?<!not )for me\b[^.]{{1,40}}\band\b[^.]{{1,25}}\bfor my (?:{_RELATION})|2 of you)\b"
)
_GROUP: Final = re.compile(
    r"\b(?:group (?:of|booking)|(?:2|two|3|three|a couple of) (?:friends|sisters|colleagues|mates) and (?:i|me)\b|me and (?:my )?(?:2|3|two|three) |(?:[3-9]|1\d) of us|(?:[3-9]|1\d) (?:people|persons|friends|women|men|ladies|girls|guests)|party of (?:[3-9]|1\d)|hen (?:do|party|night)|bachelorette|bridal (?:party|shower)|whole (?:team|family|office)|my team|for (?:the|our) (?:team|office|group)|us (?:3|4|5|6))\b"
)
_HER: Final = re.compile(
    r"\b(?:(?:treat|surprise|bring|for|book|squeeze|get|give|see|help) (?:her|him)\b(?! (?:number|email))|(?:her|his) name(?:'s| is)|(?:she|he)(?:'s| is) \d)"
)
_SELF: Final = re.compile(
    r"\b(?:for (?:just )?(?:me|myself)(?: only| alone| not| this time)?(?! to| is| it| works| would| that| the| a )|it's me who|just (?:for )?me\b|only (?:for )?me\b|me myself|me, not|i'm the (?:one|client|patient))\b"
)

_PERSON: Final = r"(?:therapists?|masseuse|masseur|practitioner|person|one|hands|lady|guy|staff|member)"
_FEMALE: Final = r"(?:female|woman|women|lady|ladies|girl)"
_MALE: Final = r"(?:male|man|men|gentleman|guy|bloke|gent)"
_WANTS: Final = r"(?:someone|somebody|prefer(?:s|red|ably|ence)?|rather|rather have|have|with|by|from|want|like|love|be|see|get|ideally|please|only|must be|needs? to be|comfortable with|request|book|strictly|more at ease with|same|instead|therapist|ask for|given|it be|to|is)"
_SAME: Final = re.compile(
    r"\b(?:(?:the )?same (?:therapist|person|lady|woman|man|guy|one|practitioner|masseuse|girl|gentleman|hands)|(?:as|like) (?:the )?last time|(?:who|whoever|that|the one|therapist|one|lady|woman|man|guy|person) (?:i|we) (?:had|saw|got)|who (?:treated|did|saw|worked on|looked after|massaged|helped) (?:me|my \w+) (?:last|before|the)|my usual(?: therapist)?|the usual(?: therapist)|same as (?:before|last)|who i usually)\b"
)
_NONE: Final = re.compile(
    r"\b(?:no preference(?! (?:for|on|of) (?:day|time|when))|whoever|any ?one (?:is|will|would|who|free|available|on)|any therapist|anybody(?: is| will| would)?|(?:don't|do not|doesn't|not) (?:mind|care|matter|bother\w*|fussed)(?: about)? (?:who|which therapist|whom|if it's a man|man or)|either (?:is|would|will|therapist|man or)|(?:man|male|men) or (?:woman|female|women)|(?:woman|female|women) or (?:man|male|men)|who does it doesn't matter|all the same who|any of (?:you|your therapists)|whomever|no matter who|not fussed who|not fussy who|it doesn't matter who)\b"
)
_GENDER: Final = re.compile(
    rf"\b(?:(?P<f>{_FEMALE})|(?P<m>{_MALE})) (?:massage )?{_PERSON}\b"
    rf"|\b{_WANTS} (?:if possible )?(?:,? ?)(?:a |an |the |it |one |some |only |with |to |by |be |have )*(?:(?P<f2>{_FEMALE})|(?P<m2>{_MALE}))\b(?! (?:who |that )?(?:told|recommended|on the phone|i know|at))"
    rf"|\b(?:(?P<f3>{_FEMALE})|(?P<m3>{_MALE}))(?:,? ?)(?:please|preferred|if possible|if that's|if you|only|would be)\b|\btherapist (?:should |must |to )?(?:be )?(?:a )?(?:(?P<f4>{_FEMALE})|(?P<m4>{_MALE}))\b"
)
_NO_GENDER: Final = re.compile(
    r"\b(?:no|not a|not|don't want a|anything but a) (?:(?P<f>female|woman|women)|(?P<m>male|man|men))(?: therapists?)?\b"
)
_NAMED: Final = re.compile(
    r"(?i:\b(?:with|w/|by|see|ask for|request|prefer|therapist|want|get|have|book|if|appointment with))(?i: the therapist| your colleague)? (?P<name>(?!Dr|Mr|Mrs|Ms|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|May|June|July|August|September|October|November|December|MFR|I\b|IT\b|My|The|Deep|Myofascial|Swedish)[A-Z][a-z]+)\b"
    r"(?=[,.!?;)]|$| (?i:if|please|again|on|at|is|was|who|because|as|this|next|or|for|and|tomorrow|today|in|last|did|around|sometime)\b)"
)


def services(line: Line) -> list[str]:
    """The treatments named, each once; after a correction the last."""
    matches = line.take_all(_TREATMENT, "treatment")
    wanted = [match for match in matches if not _UNWANTED.search(line.words[: match.start()])]
    wanted = [
        m
        for m in wanted
        if m.lastgroup not in ("gift_voucher", "other") or not _OFFERED.search(line.words[: m.start()])
    ]
    found = [(match.start(), str(match.lastgroup)) for match in wanted]
    names = _after_correction(line, found)
    named = [name for name in names if name != "massage"]
    plain = _joined_massage(line, found)
    return list(dict.fromkeys(named + (["massage"] if "massage" in names and (not named or plain) else [])))


def _joined_massage(line: Line, found: list[tuple[int, str]]) -> bool:
    """Whether a plain massage is wanted beside another treatment: "a facial and a massage"."""
    places = sorted(found)
    for (at, name), (then, other) in pairwise(places):
        if "massage" in (name, other) and name != other:
            between = line.words[at:then]
            if re.search(r"\b(?:and|plus|then|as well as|or)\b|,|\+", between) and len(between) < 40:
                return True
    return False


def _after_correction(line: Line, found: list[tuple[int, str]]) -> list[str]:
    at = last_correction(line)
    late = [name for start, name in sorted(found) if start >= at]
    return late or [name for _, name in sorted(found)]


def body_parts(line: Line) -> list[str]:
    """The parts of the body named, in the singular, each once."""
    found = []
    for match in list(line.find(_PART)):
        name = str(match.lastgroup)
        before, after = line.open[: match.start()], line.open[match.end() :]
        if name in ("back", "hand", "head", "foot", "arm", "chest", "leg") and not _is_part(match[0], before, after):
            continue
        line.take(*match.span(), "body")
        if not _NOT_PART.search(before):
            found.append((match.start(), name))
    names = _after_correction(line, found)
    if "lower_back" in names and re.search(r"\blower (?:half|part|bit) of it\b", line.words):
        names = [name for name in names if name != "back"]
    return list(dict.fromkeys(names))


def _is_part(words: str, before: str, after: str) -> bool:
    if words == "head" and re.match(r" (?:over|out|start|of (?:the|hr)|office|down|massage of)", after):
        return False
    if words in ("hand", "hands", "foot", "head") and re.search(r"\b(?:on|in) $", before):
        return False
    if words == "back" and (re.match(r" to back\b", after) or before.endswith("back to ")):
        return False
    if words.endswith("back") and _BACK_AFTER.match(after):
        return False
    return bool(_MY_PART.match(words)) or not _NO_PART_BEFORE.search(before)


def minutes(line: Line) -> int | None:
    """How long it should take."""
    found = []
    for match in list(line.find(_AMOUNT)):
        before, after = line.open[: match.start()], line.open[match.end() :]
        if _NO_AMOUNT_AFTER.match(after) or _NO_AMOUNT_BEFORE.search(before):
            continue
        value = _value(match)
        if (match["h"] and _AT_CLOCK.search(before)) or not 10 <= value <= 300:
            continue
        line.take(*match.span(), "minutes")
        found.append((match.start(), str(value)))
    values = _after_correction(line, found)
    return int(values[-1]) if values else None


def _value(match: re.Match[str]) -> int:
    if match["min"]:
        return int(match["min"])
    for group, value in (("three", 45), ("half", 30), ("ha", 90), ("hq", 75), ("an", 60), ("bare", 60)):
        if match[group]:
            return value
    for group in ("h2", "h3"):
        if match[group]:
            return 60 * int(match[group]) + 30
    if match["plain"]:
        return int(match["plain"])
    if match["am"]:
        return 60 + int(match["more"])
    if match["hm"]:
        return 60 * int(match["hm"]) + int(match["m"])
    return round(60 * float(match["h"].replace(",", ".")))


def for_whom(line: Line) -> str | None:
    """Who is treated, where that is said."""
    if _GROUP.search(line.words):
        return "group"
    if _TWO.search(line.words):
        return "two_people"
    found = [m for pattern in (_FOR, _KIN_BY_NAME, _KIN_NEEDS) for m in pattern.finditer(line.words)]
    found = [
        m
        for m in found
        if not re.search(r"\b(?:not|no longer|isn't|instead of|rather than)(?: for)? $", line.words[: m.start()])
        and not line.words[m.start() :].startswith("is a")
    ]
    if found:
        last = max(found, key=lambda m: m.start("kin"))
        return next(name for name, words in _KIN if words.fullmatch(last["kin"]))
    if _HER.search(line.words) and (kin := re.search(rf"\bmy {_AGE}(?P<kin>{_RELATION})\b(?!'s)", line.words)):
        return next(name for name, words in _KIN if words.fullmatch(kin["kin"]))
    mine = _SELF.search(line.words)
    return (
        "self"
        if mine
        and not re.search(
            r"\b(?:not|fit|time|day|easier|best|better|good|works?|fine|ok|okay|possible|suits?|impossible|difficult|bad)(?: is)? $",
            line.words[: mine.start()],
        )
        else None
    )


def therapist(line: Line, asked: str | None) -> str | None:
    """Which therapist is wished; by name not in an answer to another question."""
    if _SAME.search(line.words):
        return "same"
    if _NONE.search(line.words):
        return "none"
    if unwanted := _NO_GENDER.search(line.words):
        return "male" if unwanted["f"] else "female"
    genders = list(_GENDER.finditer(line.words))
    if genders:
        found = genders[-1]
        return "female" if any(found[f"f{n}"] for n in ("", "2", "3", "4")) else "male"
    return next(_named_therapists(line), None) if asked in (None, "wish") else None


def _named_therapists(line: Line) -> Iterator[str]:
    for match in _NAMED.finditer(line.text):
        tail = line.text[match.end() :]
        with_if = match[0].lower().startswith("if ")
        if with_if and not re.match(r" (?:is|was)\b", tail):
            continue
        yield match["name"]
