"""The best of several rounds after one that does not count. Example: best(3, query)."""

import time


def timed(once):
    started = time.perf_counter()
    made = once()
    return time.perf_counter() - started, made


def best(rounds, once):
    """Seconds of the best round, and what the last one made."""
    once()
    seconds = float("inf")
    made = None
    for _ in range(rounds):
        # What an earlier round made is given back before the next is timed.
        made = None
        own, made = timed(once)
        seconds = min(seconds, own)
    return seconds, made
