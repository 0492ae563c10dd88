"""Wishes to get no more messages, in words: "please stop messaging me", "unsubscribe", "take me off your list".

A lone "stop" is not one of them where a conversation goes on: it ends a form. Text messages are the exception, because
carriers have the word for themselves; see `lamoon.channels.twilio`.

The words follow the list that carriers require in the United States (CTIA, Messaging Principles 5.1.3: "any reasonable
manner") and the standard keywords of Twilio in other languages.
"""

from __future__ import annotations

import re
from typing import Final

from lamoon.text.clean import straight_quotes

LONGEST: Final = 80
"""Characters. A longer message says something else too, and is answered."""

_WRITING: Final = r"(?:text|contact|send|e-?mail|bother|ping|spam|spamm|messag|writ)(?:e|ing)?(?:\ to)?"
_SENTENCES: Final = re.compile(
    rf"""
    (?:please|pls|hi|hey|ok|okay|just|can|could|you|would|will|i|want|need|d|like|to|and|now|\s)*
    (?:
        (?:stop|quit|cease|no\ more|don'?t|do\ not|never)\ (?:ever\ )?(?:{_WRITING}|the\ (?:texts|messages|sms))
            (?:\ (?:me|us|this\ number|my\ (?:phone|number)|messages|texts|anything))*
      | (?:i\ )?(?:no\ longer\ want|don'?t\ want)\ (?:any\ (?:more\ )?|your\ |these\ |more\ |to\ get\ )*(?:messages|texts|sms)
      | no\ more\ (?:messages|texts|sms)
      | unsubscribe|un-subscribe|opt(?:ing)?[- ]?(?:me\ )?out|revoke\ (?:my\ )?(?:consent|permission)
      | (?:remove|take|delete)\ (?:me|my\ number)\ (?:from|off)\ (?:of\ )?(?:your|the|this)\ (?:list|contacts)
      | stop\ (?:all|everything)|stopall
      | (?:stop|end|quit|cancel)[.!,\ ]+(?:thank\ you|thanks|thx)
      # Spanish, French, German, Portuguese, Italian, Chinese, Vietnamese, Tagalog, Russian
      | (?:no\ me\ (?:escrib|mand|env)\w+\ m[aá]s|dejen?\ de\ escribirme|dar(?:me)?\ de\ baja)
      | (?:arr[eê]tez?\ (?:de\ m.[eé]crire|les\ messages)|d[eé]sabonne[zr]?(?:-moi)?)
      | (?:keine\ nachrichten\ mehr|bitte\ nicht\ mehr\ schreiben|abmelden)
      | (?:n[aã]o\ me\ (?:mande|envie|escreva)\ mais\ \w+|cancelar\ inscri[cç][aã]o)
      | (?:non\ scrivetemi\ pi[uù]|basta\ messaggi|cancellatemi)
      | 退订|不要再发(?:短信|消息|信息)?(?:了)?|别再发(?:短信|消息|信息)?了
      | (?:đừng\ nhắn\ (?:tin\ )?nữa|hủy\ đăng\ ký)
      | (?:huwag\ na\ (?:kayong|mo\ akong)\ mag-?text|tigilan\ na\ ang\ pag-?text)
      | (?:отпис(?:аться|ка)|не\ пишите\ (?:мне\ )?больше|больше\ не\ пишите)
    )
    (?:\ (?:me|us|please|pls|any\ ?more|again|now|thanks|thank\ you|immediately|at\ once))*
    """,
    re.VERBOSE | re.IGNORECASE,
)
_EDGES: Final = " \t\n.!,;:-–—*\"'()"


def wants_no_more(text: str) -> bool:
    """Whether a message asks for no more messages, and nothing else."""
    if len(text) > LONGEST:
        return False
    plain = " ".join(straight_quotes(text).replace(",", " ").split()).strip(_EDGES)
    return bool(plain) and _SENTENCES.fullmatch(plain) is not None


def bare_word(text: str) -> str:
    """The message in small letters without punctuation around it: "STOP!" is "stop"."""
    return text.strip().strip(_EDGES).lower()
