"""Platforms on loopback: they sign, batch, repeat and refuse as the true ones do, and enforce their limits."""
