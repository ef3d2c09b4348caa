"""statsforecast's Theta methods forecast the same files: `NAME.MODEL.csv` has the columns
that `shenggui outlook forecast` writes, with the bounds of the 80 % interval as p10 and p90.

Times are those of the points alone, one series after the other on one thread, after a call
that does not count; intervals are asked for apart. Forecasts below zero are taken as zero, as
ours are. Example: python theta_yardstick.py FOLDER NAME HORIZON MODEL
"""

import csv
import json
import pathlib
import sys
import warnings

import numpy
import statsforecast
from statsforecast import models

from timing import timed

SEASON = 12


def series_of(path):
    series = {}
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            series.setdefault(row["id"], []).append(float(row["value"]))
    return {name: numpy.array(values) for name, values in series.items()}


def main(folder, name, horizon, model):
    warnings.simplefilter("ignore")
    folder = pathlib.Path(folder)
    series = series_of(folder / f"{name}.csv")
    method = getattr(models, model)(season_length=SEASON)
    method.forecast(y=next(iter(series.values())), h=horizon)
    points = lambda: {own: method.forecast(y=y, h=horizon)["mean"] for own, y in series.items()}
    seconds, means = timed(points)
    with open(folder / f"{name}.{model}.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("id", "month", "point", "p10", "p50", "p90"))
        for own, values in series.items():
            wide = method.forecast(y=values, h=horizon, level=[80])
            bounds = (means[own], wide["lo-80"], wide["hi-80"])
            for ahead, row in enumerate(zip(*bounds), start=1):
                point, low, high = (max(float(value), 0.0) for value in row)
                writer.writerow((own, ahead, point, low, point, high))
    told = {
        "engine": f"statsforecast {statsforecast.__version__}, {model}",
        "series": len(series),
        "micros": seconds * 1e6,
    }
    print(json.dumps(told))


main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
