"""The recipe of the encoder's tuning: everything that determines the result."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """The recipe, written into the delta.

    Attributes:
        layers: how many, from the top; the layers below are as packaged.
        rank: of each matrix's delta, which is `scale` x (inputs x rank) x (rank x outputs).
        sharpness: the factor of the cosines of a phrase and the labels' vectors before the softmax.
        smoothing: the share of each target spread over all labels.
        balance: as in the classifier's settings.
        held: generic questions a batch, held at their untuned vectors with the weight `holding`.
        rate: of AdamW at the start; it falls to 0 in a straight line.
        batch, epochs, seed: as usual.
    """

    layers: int = 3
    rank: int = 16
    scale: float = 2.0
    sharpness: float = 18.0
    smoothing: float = 0.05
    balance: float = 0.5
    held: int = 6
    holding: float = 2.0
    rate: float = 1e-3
    batch: int = 64
    epochs: int = 2
    seed: int = 20
