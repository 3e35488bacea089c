"""Benchmarks: `python -m bench` prints what was measured beside what is promised."""
