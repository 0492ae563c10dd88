"""Development tools: checks, evaluation, benchmarks and tuning. The product imports none of them."""
