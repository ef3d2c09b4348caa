"""DuckDB judges the statement as it is, over a table in memory with the facts that it reads.

TIMES above 1 lays the firms so often after each other, and asks the conditions only.
Example: python duckdb_yardstick.py FOLDER ROUNDS TIMES THREADS
"""

import json
import sys

import duckdb
import pyarrow

from statement import Statement, columns_of
from timing import best, timed


def main(folder, rounds, times, threads):
    statement = Statement(folder)
    database = duckdb.connect()
    database.execute(f"SET threads = {threads}")

    def load():
        read = columns_of((statement.conditions | statement.amounts).values())
        facts = pyarrow.ipc.open_file(f"{folder}/facts.arrow").read_all()
        facts = facts.select(["uscc", *read])
        database.register("arrow_facts", facts)
        database.execute(
            f"CREATE TABLE firms AS SELECT arrow_facts.* FROM range({times}), arrow_facts"
        )
        database.unregister("arrow_facts")
        return facts.num_rows * times

    load_seconds, firms = timed(load)
    planes, counts = (statement.conditions_sql(shape) for shape in ("planes", "counts"))
    run = lambda sql: database.execute(sql).fetchall()
    keep = lambda sql: run(f"CREATE OR REPLACE TEMP TABLE answers AS {sql}")
    compile_seconds, _ = best(rounds, lambda: run(f"EXPLAIN {planes}"))
    planes_seconds, _ = best(rounds, lambda: keep(planes))
    counts_seconds, _ = best(rounds, lambda: run(counts))
    found = {
        "engine": f"DuckDB {duckdb.__version__}",
        "firms": firms,
        "threads": threads,
        "load_seconds": load_seconds,
        "compile_seconds": compile_seconds,
        # Every execution plans anew.
        "evaluate_seconds": planes_seconds - compile_seconds,
        "counts_seconds": counts_seconds - compile_seconds,
    }
    if times == 1:
        found |= compared(statement, folder, database, run, keep)
    print(json.dumps(found))


def compared(statement, folder, database, run, keep):
    """The whole statement, and how many of its answers are not ours."""
    sql = statement.sql.rstrip().rstrip(";")
    statement_seconds, _ = best(1, lambda: keep(sql))
    ours = pyarrow.ipc.open_file(f"{folder}/verdicts.arrow").read_all()
    database.register("ours", ours)
    unlike = [
        f'count(*) FILTER (answers."{name}" IS DISTINCT FROM ours."a{place}")'
        for place, (name, _) in enumerate(statement.answers)
    ]
    joined = "answers JOIN ours USING (uscc)"
    found = run(f"SELECT count(*), {', '.join(unlike)} FROM {joined}")[0]
    return {
        "statement_seconds": statement_seconds,
        "compared": ours.num_rows * len(statement.answers),
        "unequal": sum(found[1:]) + (ours.num_rows - found[0]),
    }


main(sys.argv[1], *map(int, sys.argv[2:]))
