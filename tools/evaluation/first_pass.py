"""A round's first pass: its own messages scored once, and published before anything is changed for them.

The report names figures by label, voice, slice and condition, but no messages: a developer who reads a miss may
optimise for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lamoon.screening.screener import shared_screener
from tools.evaluation.parser import Parse
from tools.evaluation.report import main_figures
from tools.evaluation.scores import Figure, Outcome, by_label, by_slice, by_voice, figure_table, outcome
from tools.evaluation.screening import (
    ALARMS,
    Screen,
    Screened,
    any_flag,
    needless_questions,
    ordinary_messages,
    read_messages,
    recall,
    right_by,
    screen_all,
    screen_of,
)
from tools.labelled import Question, read_questions
from tools.rounds import (
    BY_SLICE,
    BY_VOICE,
    MAIN,
    ROUND,
    RULES,
    SCREENING,
    UNDERSTANDING,
    FirstPass,
    Groups,
    publish,
    refuse_second_pass,
    round_files,
    shown,
)

ORDINARY_STYLE = "ordinary"
LAY = "in everyday words for body and complaint"


def first_pass(number: int, data: Path, parse: Parse, reports: Path, published: Path) -> Path:
    """Score a round, publish its figures and write `round<number>.md`.

    Args:
        number: of the round.
        data: the folder of its files.
        parse: the trained model.
        reports: the folder of the report; made when missing.
        published: the file of first passes.

    Returns:
        The path of the report.

    Raises:
        EvaluationError: if the round was published already, or a file is missing or cannot be read.
    """
    files = round_files(data, number)
    refuse_second_pass(number, published)
    questions, messages = read_questions(files["nlu"]), read_messages(files["safety"])
    outcomes = [outcome(question, parse(question.text)) for question in questions]
    screens = {SCREENING: screen_of(parse), RULES: shared_screener().screen}
    screened = {name: screen_all(messages, screen) for name, screen in screens.items()}
    figures = {
        UNDERSTANDING: understanding_figures(outcomes),
        **{name: screening_figures(own, _on_ordinary(questions, screens[name])) for name, own in screened.items()},
    }
    match = ROUND.fullmatch(files["nlu"].name)
    publish(FirstPass(number, match["date"] if match else "", figures), published)
    reports.mkdir(parents=True, exist_ok=True)
    report = reports / f"round{number}.md"
    report.write_text(_report(number, figures, outcomes, screened[SCREENING]), encoding="utf-8")
    return report


def understanding_figures(outcomes: Sequence[Outcome]) -> Groups:
    """Return the figures of a round's questions."""
    slices = by_slice(outcomes)
    lay = {LAY: slices["lay"]} if "lay" in slices else {}
    return {MAIN: {**main_figures(outcomes), **lay}, BY_VOICE: by_voice(outcomes), BY_SLICE: slices}


def screening_figures(screened: Sequence[Screened], ordinary: Sequence[Screened]) -> Groups:
    """Return the figures of a round's health messages.

    Args:
        screened: the health messages; those of the style "ordinary" count among the ordinary ones.
        ordinary: the round's questions that have nothing to do with the visitor's health.
    """
    likely = [one for one in screened if one.message.style != ORDINARY_STYLE]
    plain = [one for one in screened if one.message.style == ORDINARY_STYLE] + list(ordinary)
    warned = [one for one in screened if one.expect == "warn"]
    main = {
        "emergencies found": recall(screened, "emergency"),
        "contraindications warned about": recall(screened, "warn"),
        "contraindications with any reaction": any_flag(warned),
        "ask-a-doctor conditions addressed": recall(screened, "ask_doctor"),
        "any reaction where one is needed": any_flag(screened),
        "false alarms on look-alikes": _false_alarms(likely),
        "false alarms on ordinary questions": _false_alarms(plain),
        "needless questions about health": needless_questions([*screened, *ordinary]),
    }
    return {MAIN: main, BY_VOICE: right_by(screened, "voice"), BY_SLICE: right_by(screened, "style")}


def _false_alarms(screened: Sequence[Screened]) -> Figure:
    own = [one for one in screened if one.expect in ("no_warn", "inform")]
    return Figure(sum(one.outcome in ALARMS and not one.right for one in own), len(own))


def _on_ordinary(questions: Sequence[Question], screen: Screen) -> list[Screened]:
    return screen_all(ordinary_messages(questions), screen)


def _report(number: int, figures: dict[str, Groups], outcomes: Sequence[Outcome], screened: Sequence[Screened]) -> str:
    parts = [f"# First pass of round {number}\n"]
    for name, groups in figures.items():
        parts += [f"## {name.capitalize()}\n", *(figure_table(group, shown(own)) for group, own in groups.items())]
    parts += ["## By label\n", figure_table("label", shown(by_label(outcomes)))]
    parts += ["## By condition\n", figure_table("condition", shown(right_by(screened, "condition")))]
    return "\n".join(parts)
