"""Polars judges the same statement, translated node by node into its lazy expressions.

AND and OR of Polars know unknown as SQL does. TIMES above 1 lays the firms so often after
each other, and asks the conditions only.
Example: POLARS_MAX_THREADS=2 python polars_yardstick.py FOLDER ROUNDS TIMES
"""

import functools
import json
import operator
import sys

import polars as pl

from statement import Statement, columns_of, translate
from timing import best, timed


class Expressions:
    """What each node becomes."""

    OPERATORS = {
        "and": operator.and_,
        "or": operator.or_,
        "==": operator.eq,
        "!=": operator.ne,
        "<": operator.lt,
        "<=": operator.le,
        ">": operator.gt,
        ">=": operator.ge,
        "+": operator.add,
        "-": operator.sub,
        "*": operator.mul,
        "%": operator.mod,
    }
    column = staticmethod(pl.col)
    truth = text = staticmethod(pl.lit)
    number = staticmethod(lambda number: pl.lit(number, dtype=pl.Int64))
    null = staticmethod(lambda: pl.lit(None))
    negation = staticmethod(lambda value: ~value)
    is_null = staticmethod(lambda value: value.is_null())
    one_of = staticmethod(lambda value, texts: value.is_in(texts))
    begins = staticmethod(lambda value, prefix: value.str.starts_with(prefix))

    def both(self, sign, left, right):
        return self.OPERATORS[sign](left, right)

    def extreme(self, parts, is_least):
        return pl.min_horizontal(parts) if is_least else pl.max_horizontal(parts)

    def whole_quotient(self, left, right):
        # Towards zero; Polars rounds down.
        return pl.when(left < 0).then(-((-left) // right)).otherwise(left // right)

    def case(self, arms, default):
        chain = functools.reduce(lambda made, arm: made.when(arm[0]).then(arm[1]), arms, pl)
        return chain.otherwise(default)


def named(trees):
    words = Expressions()
    return [translate(tree, words).alias(name) for name, tree in trees.items()]


def main(folder, rounds, times):
    statement = Statement(folder)
    read = columns_of((statement.conditions | statement.amounts).values())

    def load():
        facts = pl.read_ipc(f"{folder}/facts.arrow", columns=["uscc", *read])
        return pl.concat([facts] * times).rechunk()

    load_seconds, facts = timed(load)

    def conditions():
        query = facts.lazy().select(named(statement.conditions))
        query.explain()
        return query

    compile_seconds, query = best(rounds, conditions)
    ways = {}
    for way in ("in-memory", "streaming"):
        ways[way], _ = best(rounds, lambda: query.collect(engine=way))
    way = min(ways, key=ways.get)
    planes = pl.all()
    holds, fails = planes.sum().name.suffix("_holds"), planes.not_().sum().name.suffix("_fails")
    counts = query.select(holds, fails)
    counts_seconds, _ = best(rounds, lambda: counts.collect(engine=way))
    found = {
        "engine": f"Polars {pl.__version__} ({way})",
        "firms": facts.height,
        "threads": pl.thread_pool_size(),
        "load_seconds": load_seconds,
        "compile_seconds": compile_seconds,
        # Every execution optimises anew.
        "evaluate_seconds": max(ways[way] - compile_seconds, 0),
        "counts_seconds": max(counts_seconds - compile_seconds, 0),
    }
    if times == 1:
        found |= compared(statement, folder, facts)
    print(json.dumps(found))


def compared(statement, folder, facts):
    """The whole statement, and how many of its answers are not ours."""

    def whole():
        asked = facts.lazy().select("uscc", *named(statement.conditions | statement.amounts))
        answers = dict(statement.answers)
        return asked.select("uscc", *named(answers)).sort("uscc").collect()

    statement_seconds, answered = best(1, whole)
    ours = pl.read_ipc(f"{folder}/verdicts.arrow").sort("uscc")
    pairs = zip(answered.columns, ours.columns)
    return {
        "statement_seconds": statement_seconds,
        "compared": facts.height * len(statement.answers),
        "unequal": sum((answered[theirs].ne_missing(ours[own])).sum() for theirs, own in pairs),
    }


main(sys.argv[1], *map(int, sys.argv[2:]))
