"""The workshop: checks, evaluation and tools.bench. The product imports none of it."""
