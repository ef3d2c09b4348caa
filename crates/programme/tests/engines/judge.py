"""Lets DuckDB or Spark answer the questions in a folder; knows nothing of what they mean.

The folder has columns.sql (name and type of each), rows.jsonl (a list of cells a line) and
questions.sql (a SELECT a line); answers.jsonl gets the rows of each answer, a line for each.

Example: python judge.py duckdb /tmp/questions
"""

import json
import pathlib
import sys

COMPILED_LENGTH_MAX = 6000


def duckdb_answers(columns, rows, questions):
    import duckdb

    database = duckdb.connect()
    database.execute("CREATE TABLE wide_firms (%s)" % columns)
    width = len(rows[0])
    insert = "INSERT INTO wide_firms VALUES (%s)" % ", ".join(["?"] * width)
    database.executemany(insert, rows)
    for question in questions:
        yield database.execute(question).fetchall()


def spark_answers(columns, rows, questions):
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]")
    settings = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "2g",
        "spark.sql.shuffle.partitions": "1",
        # It looks for repeated parts in every part, for minutes in a long statement.
        "spark.sql.subexpressionElimination.enabled": "false",
        "spark.ui.enabled": "false",
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    spark.createDataFrame(rows, columns).coalesce(1).createOrReplaceTempView("firms")
    # Kept as columns: the optimiser would otherwise answer while it plans.
    spark.sql("CACHE TABLE wide_firms AS SELECT * FROM firms")
    for number, question in enumerate(questions):
        # Both ways of Spark: overflow is an error, or wraps in silence.
        spark.conf.set("spark.sql.ansi.enabled", str(number % 2 == 0).lower())
        # Long statements do not fit the methods that Spark would compile; it may interpret them.
        is_long = len(question) > COMPILED_LENGTH_MAX
        mode = "NO_CODEGEN" if is_long else "FALLBACK"
        spark.conf.set("spark.sql.codegen.wholeStage", str(not is_long).lower())
        spark.conf.set("spark.sql.codegen.factoryMode", mode)
        yield [list(row) for row in spark.sql(question).collect()]
    spark.stop()


def main(engine, folder):
    folder = pathlib.Path(folder)
    columns = (folder / "columns.sql").read_text()
    rows = [json.loads(line) for line in (folder / "rows.jsonl").open()]
    questions = (folder / "questions.sql").read_text().splitlines()
    judge = {"duckdb": duckdb_answers, "spark": spark_answers}[engine]
    with (folder / "answers.jsonl").open("w") as answers:
        for answer in judge(columns, rows, questions):
            answers.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
