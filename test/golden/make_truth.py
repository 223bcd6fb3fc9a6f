"""Writes truth.json: small records with ground truth, and what method.md section 7 says of them, by NumPy and scikit-learn.

    python make_truth.py        (numpy, scikit-learn)
"""

import json
from pathlib import Path

import numpy as np
from sklearn.metrics import auc, precision_recall_curve, roc_auc_score

rng = np.random.default_rng(7)
LETTERS = "ACGTN"


def measure(record, kind, use, dtype):
    """(signal or None, noise or None, ranked: (auroc, aupr) or None) of a record; None for a dead map."""
    attribution = np.array(record["attribution"], dtype=dtype).astype(np.float64).reshape(-1, 4)
    codes = np.array([LETTERS.index(letter) for letter in record["sequence"]])
    known = codes < 4
    corrected = attribution - attribution.mean(axis=1, keepdims=True)
    if not (np.linalg.norm(corrected[known], axis=1) > 0).any():
        return None
    score = (corrected if use == "corrected" else attribution)[known][np.arange(known.sum()), codes[known]]
    if kind == "labels":
        label = np.array(record["truth"])[known] == 1
        background = ~label
    else:
        g = np.array(record["truth"], dtype=dtype).astype(np.float64).reshape(-1, 4)[known]
        information = 2 + np.sum(g * np.log2(g + 1e-10), axis=1)
        label = information > 0.1
        background = information - information.min() <= 1e-6
    signal = score[label].mean() if label.any() else None
    loud = np.sort(score[background & (score > 0)])[::-1]
    noise = loud[:10].mean() if len(loud) >= 10 else None
    ranked = None
    used = label | background
    if label[used].any() and not label[used].all():
        precision, recall, _ = precision_recall_curve(label[used], score[used])
        ranked = (roc_auc_score(label[used], score[used]), auc(recall, precision))
    return signal, noise, ranked


def mean(values):
    return float(np.mean(values)) if len(values) > 0 else None


def expect(case):
    out = {}
    for use in ["corrected", "raw"]:
        each = [measure(r, case["kind"], use, case["dtype"]) for r in case["records"] if r["truth"] is not None]
        each = [one for one in each if one is not None]
        without = [
            r for r in case["records"]
            if r["truth"] is None and measure({**r, "truth": [0] * len(r["sequence"])}, "labels", use, case["dtype"])
        ]
        signals = [s for s, _, _ in each if s is not None]
        zero = [0.0 if n is None else s / n for s, n, _ in each if s is not None]
        out[use] = {
            "records": len(each),
            "records_without_truth": len(without),
            "records_without_signal": sum(s is None for s, _, _ in each),
            "records_without_noise": sum(n is None for s, n, _ in each if s is not None),
            "records_of_one_class": sum(r is None for _, _, r in each),
            "signal": mean(signals),
            "noise": mean([n for s, n, _ in each if s is not None and n is not None]),
            "snr": {
                "zero": mean(zero),
                "exclude": mean([s / n for s, n, _ in each if s is not None and n is not None]),
            },
            "auroc": mean([r[0] for _, _, r in each if r is not None]),
            "aupr": mean([r[1] for _, _, r in each if r is not None]),
        }
    return out


def sequence(length, unknown=0.0):
    codes = rng.integers(0, 4, length)
    codes[rng.random(length) < unknown] = 4
    return "".join(LETTERS[c] for c in codes)


def probabilities(length, start, width, sharpness=8.0):
    g = np.full((length, 4), 0.25)
    for i in range(start, min(length, start + width)):
        g[i] = rng.dirichlet(np.full(4, 1 / sharpness))
    return g


def record(number, length, truth, attribution, unknown=0.0):
    return {
        "id": f"record {number}",
        "sequence": sequence(length, unknown),
        "attribution": short(attribution),
        "truth": None if truth is None else short(truth),
    }


def short(values):
    """Four digits are enough, and short to store."""
    return [float(f"{v:.4g}") for v in np.asarray(values).reshape(-1)]


def noise(length, scale=1.0):
    return rng.normal(0, scale, (length, 4)).astype(np.float32)


def case(why, kind, records, dtype="float32"):
    made = {"why": why, "kind": kind, "dtype": dtype, "records": records}
    return {**made, "expected": expect(made)}


def of(count, make):
    return [make(number) for number in range(count)]


def whole(length):
    return rng.integers(-2, 3, (length, 4)).astype(np.float32)


L = 60
one = np.eye(4)[rng.integers(0, 4, L)]
cases = {
    "probabilities": case("motifs of probabilities over noise, in twenty records of other lengths", "probabilities",
        of(20, lambda n: record(n, 40 + 3 * n, probabilities(40 + 3 * n, 5, 12), noise(40 + 3 * n)))),
    "labels": case("labels in place of probabilities", "labels",
        of(9, lambda n: record(n, L, (np.arange(L) % 7 < 2).astype(int), noise(L)))),
    "ties": case("whole numbers: most scores are equal to others", "labels",
        of(9, lambda n: record(n, L, (rng.random(L) < 0.3).astype(int), whole(L)))),
    "all-equal": case("one score for all positions of raw maps", "labels",
        of(3, lambda n: record(n, L, (rng.random(L) < 0.5).astype(int), np.ones((L, 4)) * [[1, 1, 1, 1.5]]))),
    "unknown-bases": case("N: no positions, whatever their truth", "probabilities",
        of(8, lambda n: record(n, L, probabilities(L, 10, 15), noise(L), unknown=0.2))),
    "few-background": case("about ten positions of background that score above 0", "labels",
        of(8, lambda n: record(n, 30, (np.arange(30) < 10).astype(int), noise(30)))),
    "without-signal": case("records in which nothing was embedded, between others", "probabilities",
        of(8, lambda n: record(n, L, probabilities(L, 10, 15 if n % 3 else 0), noise(L)))),
    "all-signal": case("records of motif only: the least information is above 0.1 too", "probabilities",
        of(4, lambda n: record(n, L, one, noise(L)))),
    "uncertain": case("positions of little information, above the least but not above 0.1, are of neither class", "probabilities",
        of(6, lambda n: record(n, L,
            np.where((np.arange(L) % 3 == 0)[:, None], [[0.3, 0.2, 0.25, 0.25]], probabilities(L, 20, 20)), noise(L)))),
    "dead": case("maps without a magnitude above 0 add nothing", "probabilities",
        of(6, lambda n: record(n, L, probabilities(L, 5, 10), np.full((L, 4), n % 2 * 1.0) if n < 3 else noise(L)))),
    "without-truth": case("records whose truth is null", "probabilities",
        of(8, lambda n: record(n, L, None if n % 2 else probabilities(L, 5, 10), noise(L)))),
    "negative-signal": case("motifs that score below 0: the ratio is negative", "probabilities",
        of(8, lambda n: record(n, L, probabilities(L, 5, 20), noise(L) + np.where((np.arange(L)[:, None] >= 5)
            & (np.arange(L)[:, None] < 25), -5 * np.array([[1, 1, 1, -3]]), 0)))),
    "short": case("fewer positions than ten", "labels",
        of(5, lambda n: record(n, 7, [0, 1, 0, 1, 0, 0, 1], noise(7)))),
    "wide": case("magnitudes of many orders, in float64", "probabilities",
        of(10, lambda n: record(n, L, probabilities(L, 5, 20), rng.normal(0, 1, (L, 4)) * 10.0 ** rng.integers(-30, 31, (L, 1)))),
        "float64"),
}
path = Path(__file__).with_name("truth.json")
path.write_text(json.dumps(cases, separators=(",", ":")).replace('},"', '},\n"') + "\n")
for name, made in cases.items():
    print(name, {use: {k: v for k, v in e.items()} for use, e in made["expected"].items()}["corrected"])
