"""The trained model as a function from text to parse result, without servers; the weights of its confidence."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rasa.core.agent import Agent
from rasa.utils.log_utils import configure_structlog

from tools.evaluation.scores import outcome
from tools.labelled import Question

Parse = Callable[[str], dict[str, Any]]


def load_parser(model: Path) -> Parse:
    """Loads a model.

    Args:
        model: a .tar.gz that `rasa train` made.

    Returns:
        A function that gives what Rasa's `/model/parse` would.
    """
    configure_structlog(logging.WARNING)  # Rasa's debug lines hold the text of messages
    agent = Agent.load(str(model))
    loop = asyncio.new_event_loop()

    def parse(text: str) -> dict[str, Any]:
        result: dict[str, Any] = loop.run_until_complete(agent.parse_message(text))
        return result

    return parse


def fit_confidence(questions: Sequence[Question], parse: Parse) -> str:
    """Lines for the classifier in config.yml.

    Args:
        questions: development questions; never those that figures are published on.
        parse: the trained model; its parse results carry `evidence` with `lead`.
    """
    from sklearn.linear_model import LogisticRegression

    rows, right = [], []
    for question in questions:
        parsed = parse(question.text)
        if "evidence" in parsed:
            rows.append([parsed["evidence"]["lead"]])
            right.append(outcome(question, parsed).best in question.labels)
    model = LogisticRegression(C=10).fit(np.array(rows), np.array(right))
    return (
        f"    lead_weight: {model.coef_[0][0]:.2f}\n"
        f"    confidence_bias: {model.intercept_[0]:.2f}    # fitted on {len(rows)} questions"
    )
