"""Writes what NumPy says of the agreement of models on the same sequences, and of the scores of their mean.

    python make_map_agreement.py        (numpy, pyarrow)

Two networks of the fixtures, and a population made up here: three models, sequences of several lengths with N, dead maps, maps with
nothing left once the mean of each base is taken off, negative agreement, and ids that only some models have. Shares no code with src/.
"""

import json
import sys
from itertools import combinations
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
FIXTURES = HERE.parent / "fixtures"
sys.path.insert(0, str(HERE.parent.parent / "data-samples"))
import expected as oracle  # noqa: E402

N = 4


def corrected(a, codes):
    c = a.astype(np.float64) - a.astype(np.float64).mean(axis=1, keepdims=True)
    c[codes == N] = 0
    return c


def centred(c, codes):
    u = c.copy()
    for base in range(4):
        at = codes == base
        if at.any():
            u[at] -= c[at].mean(axis=0)
    return u


def ratio(x, y):
    return float((x * y).sum() / np.sqrt((x * x).sum()) / np.sqrt((y * y).sum()))


def tops(c, codes, q=0.9):
    seen = np.flatnonzero(codes != N)
    m = np.sqrt((c[seen] ** 2).sum(axis=1))
    return set(seen[m > np.quantile(m, q)]) if len(seen) else set()


def measures(a, b, codes):
    """Cosine, agreement and overlap of two corrected maps; None where undefined."""
    out = dict(cosine=None, agreement=None, overlap=None)
    if not a.any() or not b.any():
        return out
    out["cosine"] = ratio(a, b)
    u, v = centred(a, codes), centred(b, codes)
    norm = np.linalg.norm
    if norm(u) > 1e-12 * norm(a) and norm(v) > 1e-12 * norm(b):
        out["agreement"] = ratio(u, v)
    s, t = tops(a, codes), tops(b, codes)
    chance = len(s) * len(t) / (codes != N).sum()
    if min(len(s), len(t)) - chance > 0:
        out["overlap"] = (len(s & t) - chance) / (min(len(s), len(t)) - chance)
    return out


def mean_se(values, groups):
    """Mean of the values that are not None, and its error with each group of records left out in turn."""
    known = [(v, g) for v, g in zip(values, groups) if v is not None]
    if not known:
        return None, None
    left = []
    for group in sorted(set(groups)):
        rest = [v for v, g in known if g != group]
        left.append(np.mean(rest) if rest else np.nan)
    value = float(np.mean([v for v, _ in known]))
    return value, jackknife(left)


def jackknife(left):
    if len(left) < 8 or not np.isfinite(left).all():
        return None
    left = np.array(left)
    return float(np.sqrt((len(left) - 1) / len(left) * ((left - left.mean()) ** 2).sum()))


def spearman_brown(r, k):
    return None if r is None or r <= -1 / (k - 1) else k * r / (1 + (k - 1) * r)


def agreement(models, codes, ids):
    """`models`: name to list of maps, in the order of the ids; `codes`: base codes of each."""
    names = sorted(models)
    groups = [oracle.group_of(i) for i in ids]
    maps = {name: [corrected(a, c) for a, c in zip(models[name], codes)] for name in names}
    found = {p: [measures(a, b, c) for a, b, c in zip(maps[p[0]], maps[p[1]], codes)] for p in combinations(names, 2)}
    pairs = []
    for (a, b), each in found.items():
        row = dict(a=a, b=b, records=sum(m["agreement"] is not None for m in each))
        for what in ["cosine", "agreement", "overlap"]:
            row[what], row[f"{what}_se"] = mean_se([m[what] for m in each], groups)
        for what in ["cosine", "overlap"]:
            row[f"{what}_records"] = sum(m[what] is not None for m in each)
        pairs.append(row)
    whole = [all(each[i]["agreement"] is not None for each in found.values()) for i in range(len(ids))]
    over = [np.mean([each[i]["agreement"] for each in found.values()]) if whole[i] else None for i in range(len(ids))]
    r, se = mean_se(over, groups)
    k = len(names)
    left = []
    for group in sorted(set(groups)):
        rest = [v for v, g in zip(over, groups) if v is not None and g != group]
        left.append(spearman_brown(float(np.mean(rest)), k) if rest else None)
    known = all(v is not None for v in left) and r is not None
    everything = dict(
        records=sum(whole),
        agreement=r,
        agreement_se=se,
        ensemble_agreement=spearman_brown(r, k),
        ensemble_agreement_se=jackknife(np.array(left)) if known else None,
    )
    of_models = []
    for name in names:
        mine = [each for pair, each in found.items() if name in pair]
        values = [np.mean([each[i]["agreement"] for each in mine]) if whole[i] else None for i in range(len(ids))]
        value, error = mean_se(values, groups)
        dead = sum(not m.any() for m in maps[name])
        of_models.append(dict(model=name, agreement_with_others=value, agreement_with_others_se=error, dead_maps=dead))
    return dict(all=everything, pairs=pairs, models=of_models)


def average(models, codes, norm):
    """The mean of the corrected maps, or of these divided by their norms."""
    out = []
    for i, c in enumerate(codes):
        total = 0
        for name in sorted(models):
            one = corrected(models[name][i], c)
            length = np.linalg.norm(one)
            total = total + (one / length if norm == "l2" and length > 0 else one)
        out.append(total / len(models))
    return out


def made_up():
    """Three models; each lacks some of the ids and has them in an order of its own."""
    rng = np.random.default_rng(11)
    ids = [f"seq {i}" for i in range(64)]
    sequences, signal = [], []
    for i in range(len(ids)):
        length = 4 if i == 3 else int(rng.integers(6, 16))
        codes = rng.integers(0, 4, length)
        if i == 3:
            codes = np.arange(4)  # each base once
        elif i % 5 == 0:
            codes[rng.integers(0, length, 2)] = N
        sequences.append(codes)
        signal.append(rng.normal(size=(length, 4)))
    models = {}
    for name, weight, scale in [("first", 1.0, 1.0), ("second", 0.8, 30.0), ("third", -0.5, 1.0)]:
        rows = []
        for i in rng.permutation(len(ids)):
            if (i + len(name)) % 13 == 0:
                continue
            noise = rng.normal(size=signal[i].shape)
            a = np.round(scale * (weight * signal[i] + 0.7 * noise), 3)
            if i == 7 and name == "second":
                a[:] = 0.25  # the same for all bases: dead
            if i == 9 and name == "first":
                a = np.round(np.eye(5, 4)[sequences[i]] * 2, 3)  # what goes with the base alone
            rows.append((ids[i], "".join("ACGTN"[b] for b in sequences[i]), a))
        models[name] = rows
    return models


def joined(models):
    common = set.intersection(*[{row[0] for row in rows} for rows in models.values()])
    union = set.union(*[{row[0] for row in rows} for rows in models.values()])
    ids = sorted(common)
    by_id = {name: {row[0]: row for row in rows} for name, rows in models.items()}
    codes = [np.array(["ACGTN".index(b) for b in by_id["first"][i][1]]) for i in ids]
    return ids, codes, {name: [by_id[name][i][2] for i in ids] for name in models}, len(union) - len(common)


folder = FIXTURES / "synthetic"
expected = json.loads((folder / "expected-agreement.json").read_text())
codes = list(np.load(folder / "sequences.npz")["one_hot"].argmax(axis=2).astype(np.int64))
networks = {name: list(np.load(folder / "maps" / f"{name}.npz")["attributions"]) for name in sorted(expected["models"])}
ids = [str(row) for row in range(len(codes))]
of_networks = agreement(networks, codes, ids)
for row, other in zip(of_networks["pairs"], expected["pairs"]):
    for key, value in other.items():
        assert row[key] == value if isinstance(value, (str, int)) else abs(row[key] / value - 1) < 1e-9, key
averages = {}
for norm in ["none", "l2"]:
    maps = np.array(average(networks, codes, norm))
    groups = np.array([oracle.group_of(i) for i in ids])
    angular = oracle.angular(maps, groups, **oracle.PAPER)
    averages[norm] = {
        **oracle.agreement(maps, codes, ids),
        "angular": {key: angular[key] for key in ["kld_nats", "cv_nats", "cv_a", "cv_se_nats"]},
    }
models = made_up()
common, sequences, maps, unmatched = joined(models)
mean = {norm: [a.ravel().tolist() for a in average(maps, sequences, norm)] for norm in ["none", "l2"]}
made = dict(
    input={
        name: [dict(id=i, sequence=s, attributions=a.ravel().tolist()) for i, s, a in rows]
        for name, rows in models.items()
    },
    expected={**agreement(maps, sequences, common), "records": len(common), "unmatched": unmatched},
    average=dict(ids=common, **mean),
)
out = dict(networks=of_networks, averages=averages, made_up=made)
(HERE / "map-agreement.json").write_text(json.dumps(out) + "\n")
print(len(common), unmatched, json.dumps(made["expected"]["all"]), averages["none"]["kmer"]["cv_nats"])
