"""How near forecasts came: the same sums for everybody.

Symmetric mean absolute percentage error over all months ahead, mean absolute error of the sum
of the first twelve in percent, and how often the truth lay between p10 and p90. The n-th row
of a series is n months ahead. Example: python forecast_scores.py TRUTH.csv FORECAST.csv
"""

import csv
import json
import sys

YEAR = 12


def rows_of(path, columns):
    rows = {}
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            rows.setdefault(row["id"], []).append([float(row[column]) for column in columns])
    return rows


def mean(values):
    return sum(values) / len(values)


def main(truth, forecast):
    truth = rows_of(truth, ["value"])
    forecast = rows_of(forecast, ["point", "p10", "p90"])
    errors, totals, within = [], [], []
    for own, values in truth.items():
        values = [value for (value,) in values]
        said = forecast[own]
        for value, (point, low, high) in zip(values, said, strict=True):
            size = abs(value) + abs(point)
            errors.append(200 * abs(value - point) / size if size > 0 else 0.0)
            within.append(100 * (low <= value <= high))
        total = sum(values[:YEAR])
        if len(values) >= YEAR and total != 0:
            expected = sum(point for point, _, _ in said[:YEAR])
            totals.append(100 * abs(total - expected) / abs(total))
    scores = {"smape": mean(errors), "total": mean(totals), "within": mean(within)}
    print(json.dumps(scores))


main(sys.argv[1], sys.argv[2])
