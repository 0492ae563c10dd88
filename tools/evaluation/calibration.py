"""Fits the weights of confidence: how far to trust the classifier, learned from development questions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tools.evaluation.parser import Parse
from tools.evaluation.questions import Question
from tools.evaluation.scores import outcome


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
