"""Benchmarks of Pactwatch's rooms, each run as `python -m benchmarks.NAME`."""
