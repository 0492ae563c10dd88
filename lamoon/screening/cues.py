"""The names of the cues that the code looks for; the catalogue must define every one of them."""

from __future__ import annotations

from typing import Final

REQUIRED_CUES: Final = frozenset(
    {
        "negation", "not_a_negation", "bridge", "verb_bridge", "none_of", "taken_back", "denied_after", "tested", "feared",
        "all_well", "disproved", "found_nothing", "found_after_all", "comes_after_all", "no_answer",
        "self_word", "pronoun", "person", "reporter", "for_other", "also_me", "also_me_end", "not_me", "at_large",
        "in_family", "figure", "booking_given_up", "trade_time", "work", "workplace", "plural",
        "long_ago", "some_time_ago", "healed", "not_healed", "cancer_past", "cancer_now", "turn",
        "supposed", "not_mine",
        "question_start", "question_frame", "own_question", "that_is_me", "asks_permission", "in_general", "definition",
        "just_happened",
        "guide_question",
        "answer_no", "answer_yes", "answer_asks_back", "courtesy",
    }
)  # fmt: skip
