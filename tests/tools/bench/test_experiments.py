"""The blocks of the classifier's experiments."""

from __future__ import annotations

from tools.bench.experiments import BLOCKS, blocks_of


def test_every_label_is_cut_into_runs_in_the_order_of_its_phrases() -> None:
    labels = ["a", "b"] * 10
    blocks = blocks_of(labels)
    for label in ("a", "b"):
        own = [int(block) for block, one in zip(blocks, labels, strict=True) if one == label]
        assert own == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]


def test_a_label_with_few_phrases_is_never_held_out_whole() -> None:
    blocks = blocks_of(["rare"] * 2 + ["often"] * 50)
    assert len(set(blocks[:2])) == 2
    assert set(blocks) == set(range(BLOCKS))
