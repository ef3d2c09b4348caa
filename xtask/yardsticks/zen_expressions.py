"""Writes every condition in ZEN's expression language, and a sample of firms as JSON rows
with our verdict of each; the program in `zen` evaluates them row by row.

What is unknown is null, as ZEN has it. Example: python zen_expressions.py FOLDER 20000
"""

import json
import sys

import polars as pl

from statement import Statement, columns_of, translate


class Expressions:
    """Texts of the language; every compound stands in brackets."""

    column = staticmethod(lambda name: name)
    text = staticmethod(lambda text: f"'{text}'")
    number = staticmethod(str)
    truth = staticmethod(lambda truth: str(truth).lower())
    null = staticmethod(lambda: "null")
    negation = staticmethod(lambda value: f"not ({value})")
    is_null = staticmethod(lambda value: f"({value} == null)")
    one_of = staticmethod(
        lambda value, texts: f"({value} in [{', '.join(repr(text) for text in texts)}])"
    )
    begins = staticmethod(lambda value, prefix: f"startsWith({value}, '{prefix}')")
    both = staticmethod(lambda sign, left, right: f"({left} {sign} {right})")

    def extreme(self, parts, is_least):
        return f"{'min' if is_least else 'max'}([{', '.join(parts)}])"

    def case(self, arms, default):
        text = default
        for condition, value in reversed(arms):
            text = f"({condition} ? {value} : {text})"
        return text

    def whole_quotient(self, left, right):
        return f"floor({left} / {right})"


def main(folder, count):
    statement = Statement(folder)
    facts = pl.read_ipc(f"{folder}/facts.arrow")
    sample = facts.gather_every(max(facts.height // count, 1)).head(count)
    ours = pl.read_ipc(f"{folder}/verdicts.arrow")
    ours = sample.select("uscc").join(ours, on="uscc", how="left", maintain_order="left")
    words = Expressions()
    verdicts = {}
    for place, (name, tree) in enumerate(statement.answers):
        condition = next(iter(columns_of([tree])), "")
        if condition in statement.conditions and "__" not in name:
            verdicts.setdefault(condition, f"a{place}")
    texts = {
        name: translate(tree, words)
        for name, tree in statement.conditions.items()
        if name in verdicts
    }
    read = columns_of(statement.conditions[name] for name in texts)
    with open(f"{folder}/zen.jsonl", "w") as out:
        out.write(json.dumps(list(texts.values())) + "\n")
        said = {"not-entitled": False, "unknown": None}
        columns = [[said.get(v, True) for v in ours[verdicts[name]]] for name in texts]
        for row, answers in zip(sample.select(read).iter_rows(named=True), zip(*columns)):
            out.write(json.dumps([row, answers]) + "\n")


main(sys.argv[1], int(sys.argv[2]))
