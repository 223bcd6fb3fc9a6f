"""Writes comparison.json: made-up leave-one-group-out values and deviations of four models, and what NumPy, SciPy and statsmodels make of them.

    python make_comparison.py        (numpy, scipy, statsmodels)
"""

import json
from itertools import combinations
from pathlib import Path

import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests

rng = np.random.default_rng(11)
GROUPS = [g for g in range(64) if g not in (3, 17, 40)]
G = len(GROUPS)
common = rng.normal(0, 1, G)
LEVELS = {"a": 1.30, "b": 1.27, "c": 0.9, "d": 1.31}
SCALES = {"kmer": 1.0, "angular": 0.3}


def centred(values):
    """Deviations add up to 0."""
    return [float(value) for value in np.array(values) - np.mean(values)]


models = {}
for name, level in LEVELS.items():
    models[name] = {
        metric: {
            "kld": [level * scale + 0.01 * v for v in common + 0.3 * rng.normal(0, 1, G)],
            "excess": [level * scale - 0.4 + 0.01 * v for v in common + 0.5 * rng.normal(0, 1, G)],
            "cv": centred([0.01 * v for v in common + 0.6 * rng.normal(0, 1, G)]),
        }
        for metric, scale in SCALES.items()
    }


def left_out(values):
    return np.sqrt((G - 1) / G * np.sum((values - np.mean(values)) ** 2))


def parts(values):
    return np.sqrt(G / (G - 1) * np.sum((values - np.mean(values)) ** 2))


def value(name, metric, statistic):
    """That of cv is made up too: deviations do not tell it."""
    of = models[name][metric][statistic]
    return LEVELS[name] * SCALES[metric] - 0.3 if statistic == "cv" else float(np.mean(of))


def se(of, statistic):
    return float((parts if statistic == "cv" else left_out)(np.array(of)))


expected = []
for statistic in ["cv", "excess", "kld"]:
    for metric in ["kmer", "angular"]:
        family = []
        for x, y in combinations(models, 2):
            a, b = models[x][metric][statistic], models[y][metric][statistic]
            difference = value(x, metric, statistic) - value(y, metric, statistic)
            paired = se(np.array(a) - np.array(b), statistic)
            apart = float(np.hypot(se(a, statistic), se(b, statistic)))
            family.append({
                "statistic": statistic, "metric": metric, "pair": x + y, "difference": difference,
                "paired": {"se": paired, "p": float(2 * stats.t.sf(abs(difference) / paired, G - 1))},
                "apart": {"se": apart, "p": float(2 * stats.t.sf(abs(difference) / apart, G - 1))},
            })
        for kind in ["paired", "apart"]:
            adjusted = multipletests([one[kind]["p"] for one in family], method="holm")[1]
            for one, p in zip(family, adjusted):
                one[kind]["p_holm"] = float(p)
        expected += family

out = {
    "groups": GROUPS,
    "models": {
        name: {metric: {s: {"parts": of, "value": value(name, metric, s), "se": se(of, s)} for s, of in per.items()}
               for metric, per in metrics.items()}
        for name, metrics in models.items()
    },
    "expected": expected,
}
Path(__file__).with_name("comparison.json").write_text(json.dumps(out) + "\n")
