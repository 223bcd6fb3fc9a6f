"""Writes what others' code says of the fixtures of real maps: cross-validated values, what composition and positions alone
explain, support, and what maps have in common, by the NumPy of data-samples/expected.py.

    python make_agreement.py        (numpy, pyarrow)

Compares with expected-agreement.json of the synthetic networks first, which a third implementation wrote: to 1e-9, errors to 1e-6.
"""

import json
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
FIXTURES = HERE.parent / "fixtures"
sys.path.insert(0, str(HERE.parent.parent / "data-samples"))
import expected as oracle  # noqa: E402


def of(maps, codes):
    ids = [str(row) for row in range(len(maps))]
    groups = np.array([oracle.group_of(name) for name in ids])
    angular = oracle.angular(maps, groups, **oracle.PAPER)
    return {**oracle.agreement(maps, codes, ids), "angular": {key: angular[key] for key in ["cv_nats", "cv_a", "cv_se_nats"]}}


def check(name, found, expected):
    composition = found["kmer"]["composition"]
    pairs = [(found["kmer"][a], expected[b]) for a, b in [("cv_nats", "kmer_cv"), ("cv_a", "kmer_cv_a"), ("cv_se_nats", "kmer_cv_se_ratio")]]
    pairs += [(found["angular"][f"cv{a}"], expected[f"angular_cv_area{b}"]) for a, b in [("_nats", ""), ("_a", "_a"), ("_se_nats", "_se")]]
    pairs += [(composition[key], expected[key.replace("_nats", "")]) for key in composition]
    pairs += [(found["support"][key], expected[key]) for key in ["positive_share", "positive_share_se"]]
    worst = max(abs(a / b - 1) for a, b in pairs)
    print(f"{name}: {len(pairs)} values agree to {worst:.1e}")
    assert worst < 1e-9


folder = FIXTURES / "synthetic"
codes = list(np.load(folder / "sequences.npz")["one_hot"].argmax(axis=2).astype(np.int64))
expected = json.loads((folder / "expected-agreement.json").read_text())["models"]
answers = {}
for name in sorted(expected):
    answers[name] = of(np.load(folder / "maps" / f"{name}.npz")["attributions"], codes)
    check(name, answers[name], expected[name])
maps = np.load(FIXTURES / "tf-mindi" / "sample_contrib.npz")["contrib"].transpose(0, 2, 1)
own = list(np.load(FIXTURES / "tf-mindi" / "sample_oh.npz")["oh"].argmax(axis=1).astype(np.int64))
answers["tf-mindi"] = of(maps, own)
(HERE / "agreement.json").write_text(json.dumps(answers, indent=2) + "\n")
