"""Wishes to get no more messages: "please stop messaging me", "unsubscribe", "take me off your list", "BAJA".

A lone "stop" is not one of them where a conversation goes on: it ends a form. Text messages are the exception, because
carriers have the word for themselves; see `lamoon.channels.twilio`.

Sources: CTIA, Messaging Principles and Best Practices, 5.1.3 (the standard words, "normal language"); 47 CFR 64.1200(a)(10)
(any reasonable wording); the standard words of Twilio's Advanced Opt-Out in other languages.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from lamoon.text.clean import fold_accents, straight_quotes

LONGEST: Final = 80
"""Characters. A longer message says something else too, and is answered."""
CARRIER_WORDS: Final = frozenset(
    # English; French, Spanish, Portuguese, German, Dutch, Italian, Swedish, Polish, Tagalog, Vietnamese
    "cancel end optout opt-out quit revoke stop stopall unsubscribe "
    "arret arreter alto baja parar pare detener cancelar sair stopp ende aufhoeren aufhören uit basta ferma avsluta "
    "zatrzymaj itigil tigil dung "
    # Chinese, Japanese, Korean, Russian, Arabic, Hebrew, Hindi
    "停止 取消 退订 td 停止する 配信停止 중지 수신거부 стоп توقف إيقاف עצור הסר रोकें".split()
)
"""A text message of one of these words alone, without accents and in small letters, is such a wish."""

_WRITING: Final = (
    r"(?:(?:text|contact|send|e-?mail|bother|ping|spam|spamm|messag|writ|bug|harass|annoy|disturb|notify)(?:e|ing)?)"
    r"(?:\ to)?"
)
_MESSAGES: Final = (
    r"(?:text\ ?|chat\ ?)?(?:messages?|texts?|sms|msgs?|notifications?|updates?|reminders?|things?|stuff|spam)"
)
_NEVER: Final = r"(?:don'?t|do\ not|never)(?:\ ever)?"
_TO_ME: Final = (
    r"(?:\ (?:me|us|this\ (?:number|phone)|my\ (?:phone|number|cell)|any|all|anything|these|those|the|more|your|such"
    rf"|so\ many|further|{_MESSAGES}))"
)
_SENTENCES: Final = re.compile(
    rf"""
    (?:please|pls|plz|hi|hey|hello|ok|okay|just|can|could|you|would|will|i|want|need|d|i'?d|like|to|and|now|kindly|ever|\s)*
    (?:
        (?:(?:stop|quit|cease|no\ more)\ {_WRITING}|{_NEVER}\ (?!send){_WRITING}){_TO_ME}*
      | {_NEVER}\ send{_TO_ME}*\ {_MESSAGES}  # not "don't send it", at "Shall I send it?"
      | (?:stop|quit|end|cease|cancel)\ (?:with\ )?(?:all\ )?(?:(?:of\ )?(?:the|these|those|your)\ )?{_MESSAGES}
      | (?:i\ )?(?:no\ longer\ (?:want|wish)|don'?t\ (?:want|wish|need)|dont\ want|do\ not\ (?:want|wish))
            \ (?:to\ (?:get|receive|hear)\ |any\ (?:more\ |further\ )?|your\ |these\ |more\ |further\ )*{_MESSAGES}(?:\ (?:from|by)\ (?:you|this\ number))?
      | (?:i\ )?(?:don'?t|do\ not)\ want\ to\ hear\ (?:any\ more\ )?from\ you
      | no\ (?:more|further)\ {_MESSAGES}
      | un-?subscribe(?:\ (?:me|from\ (?:this|these|your|all)(?:\ (?:list|{_MESSAGES}))?))*
      | (?:i\ (?:hereby\ )?)?opt(?:ing)?[-\ ]?(?:me\ )?out(?:\ (?:of|from)\ (?:all\ )?(?:(?:the|these|those|your)\ )?{_MESSAGES})?|(?:i\ )?(?:revoke|withdraw)\ (?:my\ )?(?:consent|permission)
      | (?:remove|take|delete)\ (?:me|my\ (?:phone\ )?number|this\ number)\ (?:from|off)\ (?:of\ )?(?:your|the|this)\ (?:(?:contact|mailing|text)\ )?(?:list|contacts|system|database)
      | (?:lose|forget|drop|remove)\ (?:my|this)\ (?:phone\ )?number|remove\ me|leave\ me\ alone|(?:don'?t|do\ not)\ (?:ever\ )?text\ here
      | stop\ (?:all|everything)|stopall
      | (?:stop|end|quit|cancel)[.!,\ ]+(?:thank\ you|thanks|thx)
      # Spanish, French, German, Portuguese, Italian, Dutch
      | (?:no\ me\ (?:escrib|mand|env|contact)\w+(?:\ (?:m[aá]s|mensajes|nada))+|no\ (?:quiero|m[aá]s)\ (?:recibir\ )?(?:m[aá]s\ )?mensajes)
      | (?:(?:deje|para|paren|basta)n?\ (?:de\ )?(?:escribirme|mandarme\ mensajes|enviarme\ mensajes)|dar(?:me)?\ de\ baja|denme\ de\ baja|baja|desuscribir(?:me)?|cancelar\ suscripci[oó]n)
      | (?:(?:arr[eê]te[zr]?|cesse[zr]?)\ (?:de\ m'?\ ?(?:[eé]crire|envoyer\ (?:des|ces|vos)\ (?:messages|sms|textos))|les\ messages|vos\ messages)|ne\ m'[eé]crive[zs]\ plus|plus\ de\ messages|d[eé]sabonne[zr]?(?:[-\ ]moi)?|d[eé]sinscri(?:re|ption))
      | (?:keine\ (?:nachrichten|sms)\ mehr|(?:schreib(?:en)?\ (?:sie\ )?mir\ )?(?:bitte\ )?nicht\ mehr(?:\ schreiben)?|(?:mich\ )?abmelden|abbestellen|schreib(?:en\ sie)?\ mir\ nicht\ mehr)
      | (?:n[aã]o\ me\ (?:mande|envie|escreva)m?\ mais(?:\ \w+)?|pare\ de\ me\ (?:mandar|enviar)\ mensagens|cancelar\ inscri[cç][aã]o|descadastrar)
      | (?:non\ (?:scrivetemi|scrivermi|mandarmi)\ pi[uù](?:\ \w+)?|basta\ messaggi|cancellatemi|disiscrivi(?:mi|ti)?)
      | (?:geen\ berichten\ meer|stop\ met\ (?:berichten|sms'?en)|uitschrijven|afmelden)
      # Chinese, Japanese, Korean, Vietnamese, Tagalog, Russian, Polish, Arabic, Hindi
      | 退订|取消订阅|(?:请)?(?:不要再|别再|停止)发(?:送)?(?:短信|消息|信息)?(?:给我)?(?:了)?|配信停止|もう送らないでください|수신\ ?거부|그만\ 보내(?:세요|주세요)
      | (?:(?:xin\ )?đừng\ nhắn\ (?:tin\ )?(?:cho\ tôi\ )?nữa|hủy\ đăng\ ký)
      | (?:huwag\ na\ (?:kayong|mo\ akong|po\ kayong)\ mag-?text|tigilan\ na\ ang\ pag-?text)
      | (?:отпис(?:аться|ка|ите\ меня)|(?:пожалуйста\ )?не\ пишите\ (?:мне\ )?больше|больше\ не\ пишите(?:\ мне)?|хватит\ писать)
      | (?:nie\ pisz(?:cie)?\ (?:do\ mnie\ )?więcej|wypisz\ mnie|rezygnuję\ z\ wiadomości)
      | (?:لا\ ترسل(?:وا)?\ (?:لي\ )?(?:رسائل|بعد\ الآن)|إلغاء\ الاشتراك|मुझे\ मैसेज\ मत\ भेजो)
    )
    (?:\ (?:me|us|please|pls|any\ ?more|again|now|already|asap|thanks|thank\ you|immediately|at\ once|por\ favor|s'il\ vous\ pla[iî]t|bitte))*
    """,
    re.VERBOSE | re.IGNORECASE,
)
_REASON: Final = re.compile(
    r"wrong (?:number|person)|(?:i'?m |i am )?not interested|(?:you|u) (?:have|got|'?ve got) the wrong (?:number|person)"
    r"|this is (?:the|a) wrong number|i (?:don'?t|do not) know (?:you|who this is)"
    r"|i (?:never|didn'?t|did not) (?:sign(?:ed)? up|ask(?:ed)?|subscribe[d]?|agree[d]?)(?: (?:for|to))?(?: (?:this|these|it|any of (?:this|these)))?",
    re.IGNORECASE,
)
"""Why people do not want messages."""
_CLAUSE: Final = re.compile(r"[.,;!?\n]+\s*|\s+-+\s+")
_COURTESY: Final = frozenset(
    ("please", "pls", "sorry", "hi", "hello", "hey", "thanks", "thank you", "thx", "ty", "ok", "okay", "no", "enough")
)
_WEAK_WORDS: Final = frozenset("please pls plz now thanks thx".split())
_STRONG_WORDS: Final = frozenset("stop stopall unsubscribe optout revoke".split())
_WORDS_ONLY: Final = re.compile(r"[^\w'\-.! ]+")


def wants_no_more(text: str) -> bool:
    """Whether a message asks for no more messages, and says nothing else than why."""
    if len(text) > LONGEST:
        return False
    if _is_wish(text):
        return True
    clauses = [clause for clause in _CLAUSE.split(straight_quotes(text)) if _spoken(clause)]
    wishes = [clause for clause in clauses if _is_wish(clause)]
    words = [clause for clause in clauses if _is_strong(clause)]
    beside = [clause for clause in clauses if clause not in wishes and clause not in words]
    reasons = [clause for clause in beside if _REASON.fullmatch(_spoken(clause))]
    if any(_spoken(clause).casefold() not in _COURTESY for clause in beside if clause not in reasons):
        return False
    return bool(wishes or (words and reasons))  # "wrong number, stop"


def is_carrier_word(text: str) -> bool:
    """Whether a text message is one of the words that carriers have for it: "STOP!", "Arr\u00eat", "stop please", "STOP STOP"."""
    word = _spoken(text)
    return word.casefold() in CARRIER_WORDS or fold_accents(word) in CARRIER_WORDS or _is_strong(text)


def _is_wish(text: str) -> bool:
    plain = _spoken(text)
    return bool(plain) and _SENTENCES.fullmatch(plain) is not None


def _is_strong(text: str) -> bool:
    """Whether a text is such a word alone, perhaps several times, with "please" or "now"."""
    words = re.findall(r"\w+", text.casefold())
    return bool(_STRONG_WORDS.intersection(words)) and set(words) <= _STRONG_WORDS | _WEAK_WORDS


def _spoken(text: str) -> str:
    """The words on one line, without emoji, and without punctuation around them."""
    straight = straight_quotes(unicodedata.normalize("NFC", text))
    return " ".join(_WORDS_ONLY.sub(" ", straight).split()).strip(" .!-'")
