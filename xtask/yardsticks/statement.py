"""The statement that `shenggui measures sql` writes, taken apart: what it asks of each
measure (`m0`, `m1` …), the amounts (`m0_0` …), and how a verdict follows from them.

Knows sqlglot and the few kinds of nodes that the statement is made of; a node that it does
not know is an error, never a guess. Example: Statement(folder).conditions["m3"].
"""

import pathlib
import re

import sqlglot
from sqlglot import exp


class Statement:
    def __init__(self, folder):
        self.sql = (pathlib.Path(folder) / "statement.sql").read_text()
        tree = sqlglot.parse_one(self.sql, dialect="duckdb")
        inner = tree.find(exp.CTE).this.expressions[1:]
        asked = {column.alias: column.this for column in inner}
        is_condition = re.compile(r"^[mp]\d+$").match
        self.conditions = {name: t for name, t in asked.items() if is_condition(name)}
        self.amounts = {name: t for name, t in asked.items() if not is_condition(name)}
        self.answers = [(column.alias, column.this) for column in tree.expressions[1:]]

    def conditions_sql(self, shape="planes"):
        """Only the conditions: a column of truths for each, or how many hold and fail."""
        texts = {name: tree.sql(dialect="duckdb") for name, tree in self.conditions.items()}
        if shape == "planes":
            columns = [f'{text} AS "{name}"' for name, text in texts.items()]
            return "SELECT " + ", ".join(columns) + " FROM firms"
        inner = ", ".join(f'{text} AS "{name}"' for name, text in texts.items())
        counts = [
            f'count(*) FILTER ("{name}"), count(*) FILTER (NOT "{name}")' for name in texts
        ]
        return f"SELECT {', '.join(counts)} FROM (SELECT {inner} FROM firms)"


def columns_of(trees):
    """Names of the facts that some of the trees read, each once, in order."""
    names = {column.name: None for tree in trees for column in tree.find_all(exp.Column)}
    return list(names)


def translate(tree, words):
    """Folds a tree with `words`, which says what each kind of node becomes."""
    of = lambda node: translate(node, words)
    match tree:
        case exp.Paren():
            return of(tree.this)
        case exp.Column():
            return words.column(tree.name)
        case exp.Literal():
            return words.text(tree.this) if tree.is_string else words.number(int(tree.this))
        case exp.Neg() if isinstance(tree.this, exp.Literal):
            return words.number(-int(tree.this.this))
        case exp.Boolean():
            return words.truth(tree.this)
        case exp.Null():
            return words.null()
        case exp.Cast():
            return of(tree.this)
        case exp.Not():
            return words.negation(of(tree.this))
        case exp.Is() if isinstance(tree.expression, exp.Null):
            return words.is_null(of(tree.this))
        case exp.In():
            return words.one_of(of(tree.this), [literal.this for literal in tree.expressions])
        case exp.Like():
            pattern = tree.expression.this
            if not pattern.endswith("%") or "%" in pattern[:-1] or "_" in pattern:
                raise ValueError(f"LIKE '{pattern}'")
            return words.begins(of(tree.this), pattern[:-1])
        case exp.Least() | exp.Greatest():
            parts = [of(part) for part in [tree.this, *tree.expressions]]
            return words.extreme(parts, isinstance(tree, exp.Least))
        case exp.Case() if tree.this is None:
            arms = [(of(arm.this), of(arm.args["true"])) for arm in tree.args["ifs"]]
            default = tree.args.get("default")
            return words.case(arms, of(default) if default is not None else words.null())
        case exp.IntDiv():
            return words.whole_quotient(of(tree.this), of(tree.expression))
    for kind, sign in SIGNS.items():
        if type(tree) is kind:
            return words.both(sign, of(tree.this), of(tree.expression))
    raise ValueError(f"{type(tree).__name__} in {tree.sql()}")


SIGNS = {
    exp.And: "and",
    exp.Or: "or",
    exp.EQ: "==",
    exp.NEQ: "!=",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.Add: "+",
    exp.Sub: "-",
    exp.Mul: "*",
    exp.Mod: "%",
}
