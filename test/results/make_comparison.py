"""Writes comparison.json: made-up leave-one-group-out values of four models, and what NumPy, SciPy and statsmodels make of them.

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

models = {}
for name, level in {"a": 1.30, "b": 1.27, "c": 0.9, "d": 1.31}.items():
    models[name] = {
        metric: {
            "kld": [level * scale + 0.01 * v for v in common + 0.3 * rng.normal(0, 1, G)],
            "excess": [level * scale - 0.4 + 0.01 * v for v in common + 0.5 * rng.normal(0, 1, G)],
            "cv": [(level * scale - 0.3) / G + 0.01 * v for v in common + 0.6 * rng.normal(0, 1, G)],
        }
        for metric, scale in {"kmer": 1.0, "angular": 0.3}.items()
    }


def left_out(values):
    return np.sqrt((G - 1) / G * np.sum((values - np.mean(values)) ** 2))


def parts(values):
    return np.sqrt(G / (G - 1) * np.sum((values - np.mean(values)) ** 2))


def value(of, statistic):
    return float(np.sum(of) if statistic == "cv" else np.mean(of))


def se(of, statistic):
    return float((parts if statistic == "cv" else left_out)(np.array(of)))


expected = []
for statistic in ["cv", "excess", "kld"]:
    for metric in ["kmer", "angular"]:
        family = []
        for x, y in combinations(models, 2):
            a, b = models[x][metric][statistic], models[y][metric][statistic]
            difference = value(a, statistic) - value(b, statistic)
            paired = se(np.array(a) - np.array(b), statistic)
            apart = float(np.hypot(se(a, statistic), se(b, statistic)))
            family.append({
                "statistic": statistic, "metric": metric, "pair": x + y, "difference": difference,
                "paired": {"se": paired, "p": float(2 * stats.norm.sf(abs(difference) / paired))},
                "apart": {"se": apart, "p": float(2 * stats.norm.sf(abs(difference) / apart))},
            })
        for kind in ["paired", "apart"]:
            adjusted = multipletests([one[kind]["p"] for one in family], method="holm")[1]
            for one, p in zip(family, adjusted):
                one[kind]["p_holm"] = float(p)
        expected += family

out = {
    "groups": GROUPS,
    "models": {
        name: {metric: {s: {"parts": of, "value": value(of, s), "se": se(of, s)} for s, of in per.items()}
               for metric, per in metrics.items()}
        for name, metrics in models.items()
    },
    "expected": expected,
}
Path(__file__).with_name("comparison.json").write_text(json.dumps(out) + "\n")
