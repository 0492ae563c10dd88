"""Fit the delta with PyTorch; runs in its own environment: `python -m tools.tuning.fit PREPARED OUT`.

PREPARED is the file written by `tools.tuning`: tokens, labels and weights of the phrases, tokens of the generic
questions and of the sample, the recipe and the path of the packaged model. OUT gets the two factors of each matrix, as
16-bit floats, and the sample's vectors with them.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from lamoon.understanding.onnx_file import OnnxFile
from lamoon.understanding.tuned import EMBEDDINGS, LAYERS, PARTS, matrix, norm, numbers
from tools.tuning.recipe import Recipe

HEADS = 12
EPSILON = 1e-12  # of BERT's layer norms
WINDOW = 32  # batches in which phrases of similar length are grouped, so that little padding is needed
ENCODE = 128


class Layer(nn.Module):
    """One layer of BERT; with `rank`, its matrices have a delta to be learned."""

    def __init__(self, model: OnnxFile, number: int, rank: int, scale: float) -> None:
        super().__init__()
        self.scale = scale
        self.weights, self.biases = {}, {}
        for part in PARTS:
            weight, bias = matrix(model, number, part)
            self.weights[part], self.biases[part] = torch.from_numpy(weight), torch.from_numpy(bias)
        self.norms = [
            [torch.from_numpy(array) for array in norm(model, f"encoder.layer.{number}.{part}")]
            for part in ("attention.output", "output")
        ]
        self.down, self.up = nn.ParameterDict(), nn.ParameterDict()
        for part, weight in self.weights.items() if rank else ():
            inputs, outputs = weight.shape
            name = part.replace(".", "_")
            self.down[name] = nn.Parameter(torch.empty(inputs, rank).uniform_(-1, 1) / inputs**0.5)
            self.up[name] = nn.Parameter(torch.zeros(rank, outputs))

    def linear(self, rows: Tensor, part: str, tuned: bool) -> Tensor:
        """A matrix and its delta."""
        found = torch.addmm(self.biases[part], rows.flatten(0, 1), self.weights[part]).view(*rows.shape[:2], -1)
        name = part.replace(".", "_")
        if tuned and name in self.down:
            found = found + self.scale * ((rows @ self.down[name]) @ self.up[name])
        return found

    def forward(self, rows: Tensor, mask: Tensor, tuned: bool) -> Tensor:
        """Return hidden states of shape (texts, tokens, 384)."""
        query, key, value = (
            self.linear(rows, f"attention.self.{name}", tuned).unflatten(2, (HEADS, -1)).transpose(1, 2)
            for name in ("query", "key", "value")
        )
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask[:, None, None, :])
        seen = self.linear(seen.transpose(1, 2).flatten(2), "attention.output.dense", tuned)
        rows = functional.layer_norm(rows + seen, rows.shape[-1:], *self.norms[0], EPSILON)
        wide = functional.gelu(self.linear(rows, "intermediate.dense", tuned))
        return functional.layer_norm(
            rows + self.linear(wide, "output.dense", tuned), rows.shape[-1:], *self.norms[1], EPSILON
        )


class Encoder(nn.Module):
    """MiniLM from the packaged file; its upper layers have deltas."""

    def __init__(self, model: OnnxFile, recipe: Recipe) -> None:
        super().__init__()
        self.words, self.kinds, self.places = (torch.from_numpy(numbers(model, name)) for name in EMBEDDINGS)
        self.norm = [torch.from_numpy(array) for array in norm(model, "embeddings")]
        first = LAYERS - recipe.layers
        self.lower = [Layer(model, number, 0, 0) for number in range(first)]
        self.upper = nn.ModuleList(Layer(model, n, recipe.rank, recipe.scale) for n in range(first, LAYERS))

    def below(self, tokens: list[list[int]]) -> list[Tensor]:
        """Return the input of the upper layers for each text."""
        found: list[Tensor] = [torch.empty(0)] * len(tokens)
        order = sorted(range(len(tokens)), key=lambda i: len(tokens[i]))
        for start in range(0, len(order), ENCODE):
            rows = order[start : start + ENCODE]
            ids, mask = padded([torch.tensor(tokens[i]) for i in rows])
            hidden = self.words[ids] + self.kinds[0] + self.places[: ids.shape[1]]
            hidden = functional.layer_norm(hidden, hidden.shape[-1:], *self.norm, EPSILON)
            for layer in self.lower:
                hidden = layer(hidden, mask, tuned=False)
            for i, one in zip(rows, hidden, strict=True):
                found[i] = one[: len(tokens[i])].clone()
        return found

    def forward(self, below: list[Tensor], tuned: bool = True) -> Tensor:
        """Return unit vectors of shape (texts, 384)."""
        hidden, mask = padded(below)
        for layer in self.upper:
            hidden = layer(hidden, mask, tuned)
        weights = mask[:, :, None].float()
        return functional.normalize((hidden * weights).sum(1) / weights.sum(1))


def padded(rows: list[Tensor]) -> tuple[Tensor, Tensor]:
    """Return rows padded to one length, and their mask."""
    lengths = torch.tensor([len(row) for row in rows])
    return nn.utils.rnn.pad_sequence(rows, batch_first=True), torch.arange(int(lengths.max())) < lengths[:, None]


def batches(lengths: list[int], recipe: Recipe, order: torch.Generator) -> Iterator[list[int]]:
    """Yield all phrases once, in random batches of similar length."""
    shuffled = torch.randperm(len(lengths), generator=order).tolist()
    found = []
    for start in range(0, len(shuffled), WINDOW * recipe.batch):
        window = sorted(shuffled[start : start + WINDOW * recipe.batch], key=lengths.__getitem__)
        found += [window[i : i + recipe.batch] for i in range(0, len(window), recipe.batch)]
    for i in torch.randperm(len(found), generator=order).tolist():
        yield found[i]


def fit(prepared: Path) -> dict[str, npt.NDArray[Any]]:
    """Return the factors by name, such as "3.output.dense.down", and the vectors of the sample."""
    data = json.loads(prepared.read_text(encoding="utf-8"))
    recipe = Recipe(**data["recipe"])
    torch.set_num_threads(1)  # the same sums in the same order on every machine
    torch.manual_seed(recipe.seed)
    order = torch.Generator().manual_seed(recipe.seed)
    encoder = Encoder(OnnxFile.read(Path(data["model"])), recipe)
    with torch.no_grad():
        below, generic = encoder.below(data["tokens"]), encoder.below(data["generic"])
        parts = range(0, len(below), ENCODE)
        untuned = torch.cat([encoder(below[start : start + ENCODE], tuned=False) for start in parts])
    labels, trust = torch.tensor(data["labels"]), torch.tensor(data["trust"])
    kinds = int(labels.max()) + 1
    sums = torch.zeros(kinds, untuned.shape[1]).index_add_(0, labels, untuned)
    targets = nn.Parameter(functional.normalize(sums))
    optimiser = torch.optim.AdamW([*encoder.parameters(), targets], lr=recipe.rate)
    steps = recipe.epochs * -(-len(below) // recipe.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: max(0.0, 1 - step / steps))
    lengths = [len(row) for row in below]
    held = [recipe.held] if generic else []
    started, step = time.monotonic(), 0
    for epoch in range(recipe.epochs):
        total = 0.0
        for rows in batches(lengths, recipe, order):
            vectors = encoder([below[i] for i in rows])
            scores = recipe.sharpness * vectors @ functional.normalize(targets).T
            losses = functional.cross_entropy(scores, labels[rows], reduction="none", label_smoothing=recipe.smoothing)
            loss = (losses * trust[rows]).sum() / trust[rows].sum()
            for count in held:
                asked = [generic[i] for i in torch.randint(len(generic), (count,), generator=order).tolist()]
                with torch.no_grad():
                    before = encoder(asked, tuned=False)
                loss = loss + recipe.holding * (1 - (encoder(asked) * before).sum(1)).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total, step = total + loss.item(), step + 1
            if step % 50 == 0:
                print(f"  step {step} of {steps}, {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
        print(f"epoch {epoch + 1} of {recipe.epochs}: loss {total / (steps / recipe.epochs):.4f}", flush=True)
    first = LAYERS - recipe.layers
    found: dict[str, npt.NDArray[Any]] = {}
    with torch.no_grad():
        for i, layer in enumerate(encoder.upper):
            for part in PARTS:
                for side in ("down", "up"):
                    factor = getattr(layer, side)[part.replace(".", "_")]
                    factor.copy_(factor.half())  # the sample's vectors must match the stored factors
                    found[f"{first + i}.{part}.{side}"] = factor.half().numpy()
        found["sample"] = encoder(encoder.below(data["sample"])).numpy()
    return found


if __name__ == "__main__":
    np.savez(sys.argv[2], **fit(Path(sys.argv[1])))
