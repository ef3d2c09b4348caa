"""OpenFisca-core with the same formulas: a variable for each fact that is read, one for each
measure's condition, one for each of the first amounts.

OpenFisca has no unknown: a missing input is its variable's default, 0 or false. Money is a
float there, of 32 bits. Both are left as they are, and what follows is counted.
Example: python openfisca_yardstick.py FOLDER ROUNDS AMOUNTS
"""

import json
import sys

import numpy
import polars as pl
from importlib.metadata import version
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from statement import Statement, columns_of, translate
from timing import timed

FIRM = build_entity("firm", "firms", "", is_person=True)
PERIOD = "2026-09"
# Whole numbers beyond this are not exact in the 32 bits of OpenFisca's float.
EXACT_MAX = 2**24


class Formulas:
    """Texts of numpy; `f` is the firms, as a formula gets them."""

    OPERATORS = {"and": "&", "or": "|"}
    column = staticmethod(lambda name: f"f('{name}', p)")
    text = staticmethod(lambda text: f"b'{text}'")
    number = staticmethod(str)
    truth = staticmethod(str)
    null = staticmethod(lambda: "0")
    negation = staticmethod(lambda value: f"(~({value}))")
    # Nothing is ever missing.
    is_null = staticmethod(lambda value: f"(numpy.zeros(f.count, bool))")
    one_of = staticmethod(lambda value, texts: f"numpy.isin({value}, {[t.encode() for t in texts]})")
    begins = staticmethod(
        lambda value, prefix: f"numpy.char.startswith({value}, b'{prefix}')"
    )

    def both(self, sign, left, right):
        return f"({left} {self.OPERATORS.get(sign, sign)} {right})"

    def extreme(self, parts, is_least):
        text = parts[0]
        for part in parts[1:]:
            text = f"numpy.{'minimum' if is_least else 'maximum'}({text}, {part})"
        return text

    def case(self, arms, default):
        conditions = ", ".join(condition for condition, _ in arms)
        values = ", ".join(value for _, value in arms)
        return f"numpy.select([{conditions}], [{values}], {default})"

    def whole_quotient(self, left, right):
        return f"numpy.trunc({left} / {right})"


def input_of(name, values):
    """An input variable, and its numbers with the defaults where nothing is known."""
    attributes = {"entity": FIRM, "definition_period": DateUnit.MONTH, "label": name}
    if values.dtype == pl.Boolean:
        attributes["value_type"] = bool
        numbers = values.fill_null(False).to_numpy()
    elif values.dtype == pl.String:
        attributes["value_type"] = str
        attributes["max_length"] = int(values.str.len_bytes().max() or 1)
        numbers = values.fill_null("").to_numpy().astype(f"S{attributes['max_length']}")
    else:
        largest = max(abs(values.max() or 0), abs(values.min() or 0))
        attributes["value_type"] = int if largest < EXACT_MAX else float
        numbers = values.fill_null(0).to_numpy()
        numbers = numbers.astype("int32" if largest < EXACT_MAX else "float32")
    return type(name, (Variable,), attributes), numbers


def formula_variable(name, text, kind):
    scope = {"numpy": numpy}
    exec(f"def formula(f, p, parameters):\n    return {text}", scope)
    attributes = {
        "entity": FIRM,
        "definition_period": DateUnit.MONTH,
        "label": name,
        "value_type": kind,
        "formula": scope["formula"],
    }
    return type(name, (Variable,), attributes)


def main(folder, rounds, amounts):
    statement = Statement(folder)
    some = dict(list(statement.amounts.items())[:amounts])
    asked = statement.conditions | some
    read = columns_of(asked.values())
    facts = pl.read_ipc(f"{folder}/facts.arrow", columns=["uscc", *read])
    load_seconds, inputs = timed(lambda: [input_of(name, facts[name]) for name in read])
    words = Formulas()

    def build():
        system = TaxBenefitSystem([FIRM])
        for variable, _ in inputs:
            system.add_variable(variable)
        for name, tree in asked.items():
            kind = bool if name in statement.conditions else float
            system.add_variable(formula_variable(name, translate(tree, words), kind))
        return system

    compile_seconds, system = timed(build)

    def simulation():
        made = SimulationBuilder().build_default_simulation(system, facts.height)
        for variable, numbers in inputs:
            made.set_input(variable.__name__, PERIOD, numbers)
        return made

    seconds, answers = float("inf"), {}
    for _ in range(rounds):
        set_seconds, made = timed(simulation)
        own, answers = timed(lambda: {name: made.calculate(name, PERIOD) for name in asked})
        seconds = min(seconds, own)
    found = compared(statement, facts, answers, folder)
    found |= {
        "engine": f"OpenFisca-core {version('openfisca-core')}",
        "firms": facts.height,
        "threads": 1,
        "conditions": len(statement.conditions),
        "amounts": len(some),
        "load_seconds": load_seconds + set_seconds,
        "compile_seconds": compile_seconds,
        "evaluate_seconds": seconds,
    }
    print(json.dumps(found))


def compared(statement, facts, answers, folder):
    """How often OpenFisca says otherwise where we know, and answers where we do not."""
    ours = pl.read_ipc(f"{folder}/verdicts.arrow")
    count = {"compared": 0, "unequal": 0, "guesses": 0, "amounts_unequal": 0}
    for place, (_, tree) in enumerate(statement.answers):
        own = ours[f"a{place}"]
        names = columns_of([tree])
        if own.dtype == pl.String and names and names[0] in answers:
            unknown = (own == "unknown").to_numpy()
            holds = (~own.is_in(["unknown", "not-entitled"])).to_numpy()
            theirs = answers[names[0]]
            count["compared"] += len(own)
            count["unequal"] += int(((holds != theirs) & ~unknown).sum())
            count["guesses"] += int(unknown.sum())
        elif own.dtype != pl.String and names[-1] in answers:
            known = own.is_not_null().to_numpy()
            theirs = answers[names[-1]].astype("float64")
            exact = own.fill_null(0).to_numpy().astype("float64")
            count["amounts_unequal"] += int(((theirs != exact) & known).sum())
            count["amounts_known"] = count.get("amounts_known", 0) + int(known.sum())
    return count


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
