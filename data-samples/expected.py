"""Scores the samples in plain NumPy, in float64, straight from the text of the method: the oracle of attrstream's tests.

    python expected.py                  writes expected.json
    python expected.py --check FIXTURES compares with the expected.json of the full fixtures first, to 1e-9

Shares no code and no formula with src/. Slow and plain on purpose. Needs numpy and pyarrow; sequences without N only.
"""

import gzip
import json
import sys
from pathlib import Path

import numpy as np
import pyarrow.feather as feather
import pyarrow.parquet as parquet

HERE = Path(__file__).resolve().parent

PAPER = dict(
    window=3,
    kind="centered",
    reduce="mean",
    basis="gram-schmidt",
    threshold=("per-sequence", 0.9),
    grid="full",
    prior="symmetric",
    cells="all",
)
ACME = dict(
    window=3,
    kind="forward-circular",
    reduce="sum",
    basis="published",
    threshold=("global", "0.10"),
    grid="halved",
    prior="published",
    cells="interior",
)
CONVENTIONS = {
    "paper": PAPER,
    "acme-atac": ACME,
    "acme-synthetic": {**ACME, "threshold": ("global", "0.99")},
    "d3-pipeline": {**ACME, "window": 6, "threshold": ("global", "0.04")},
}


def corrected(maps):
    maps = maps.astype(np.float64)
    return maps - maps.mean(axis=2, keepdims=True)


# Section 2: the k-mer metric.


def runs_of(mask, buffer):
    """Runs [b, e], both ends included, extended at the 3' end and merged where they overlap."""
    runs = []
    i = 0
    while i < len(mask):
        if mask[i]:
            j = i
            while j + 1 < len(mask) and mask[j + 1]:
                j += 1
            runs.append([i, j])
            i = j + 1
        else:
            i += 1
    merged = []
    for b, e in runs:
        e = min(e + buffer, len(mask) - 1)
        if merged and b <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], e)
        else:
            merged.append([b, e])
    return merged


def kmer_indices(codes, k):
    index = np.zeros(len(codes) - k + 1, dtype=np.int64)
    for j in range(k):
        index = index * 4 + codes[j : len(codes) - k + 1 + j]
    return index


def count_kmers(sequences, k):
    counts = np.zeros(4**k, dtype=np.int64)
    for codes in sequences:
        np.add.at(counts, kmer_indices(codes, k), 1)
    return counts


def attributed(vectors, q=0.9):
    """Which positions of a corrected map are attributed; none of a dead one."""
    magnitude = np.sqrt((vectors**2).sum(axis=1))
    return magnitude > np.quantile(magnitude, q) if (magnitude > 0).any() else np.zeros(len(magnitude), dtype=bool)


def kmers_of_runs(runs, codes, k=6):
    found = [kmer_indices(codes[b : e + 1], k) for b, e in runs if e - b + 1 >= k]
    return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)


def attributed_runs(maps, buffer=2):
    """Attributed runs of each map."""
    return [runs_of(attributed(vectors), buffer) for vectors in corrected(maps)]


def attributed_kmers(maps, sequences, k=6):
    runs = attributed_runs(maps)
    counts = np.zeros(4**k, dtype=np.int64)
    for own, codes in zip(runs, sequences):
        np.add.at(counts, kmers_of_runs(own, codes, k), 1)
    return counts, sum(len(own) for own in runs)


def kld(p, q):
    p = p / p.sum()
    q = q / q.sum()
    on = p > 0
    assert (q[on] > 0).all(), "the prior lacks attributed k-mers"
    return float((p[on] * np.log(p[on] / q[on])).sum())


# Section 5: cross-validation, in groups by the hash of the id; what composition alone explains, and what positions do.


def fnv1a(text, multiplier=0x01000193):
    h = 0x811C9DC5
    for byte in text.encode():
        h = (h ^ byte) * multiplier % 2**32
    return h


def mix(h):
    for shift, multiplier in [(16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)]:
        h = (h ^ h >> shift) * multiplier % 2**32
    return h


def group_of(name):
    return mix(fnv1a(name)) % 64


def key_of(name):
    """What orders the records of a sample."""
    return mix(fnv1a(name)) * 2**32 + mix(fnv1a(name, 0x85EBCA6B))


def root(values):
    return float(np.sqrt(len(values) / (len(values) - 1) * (values**2).sum()))


def largest(parts, shares):
    """The largest over a, its a, its error, by what groups deviate from their share of it, and the parts."""
    a = max(parts, key=lambda a: sum(parts[a]))
    own = np.array(parts[a])
    if own.sum() <= 0:
        return {"cv_nats": 0.0, "cv_a": None, "cv_se_nats": 0.0}
    return {"cv_nats": float(own.sum()), "cv_a": a, "cv_se_nats": root(own - own.sum() * shares)}


def parts_of_counts(counts, q):
    """counts: by group and k-mer; q: the prior, summing to 1. What each group contributes, by a."""
    parts = {a: [] for a in [300, 1000, 3000, 1e4, 3e4, 1e5]}
    total = counts.sum()
    for own in counts:
        rest = counts.sum(axis=0) - own
        on = own > 0
        for a in parts:
            ratio = (rest[on] + a * q[on]) / ((rest.sum() + a) * q[on])
            parts[a].append(float((own[on] * np.log(ratio)).sum() / total))
    return parts


def by_group(kmers, groups):
    """Counts by group that holds records, and 6-mer."""
    counts = np.zeros((64, 4**6), dtype=np.int64)
    for number, own in zip(groups, kmers):
        np.add.at(counts[number], own, 1)
    return counts[np.unique(groups)]


def markov(counts, weights):
    """What bases and what pairs of bases explain, by group; counts by group and 6-mer, weights of the prior."""
    k = 6
    digits = np.array([[x // 4**j % 4 for j in reversed(range(k))] for x in range(4**k)])

    def tables(v):
        bases, first, pairs = np.zeros(4), np.zeros(4), np.zeros((4, 4))
        for j in range(k):
            np.add.at(bases, digits[:, j], v)
        np.add.at(first, digits[:, 0], v)
        for j in range(k - 1):
            np.add.at(pairs, (digits[:, j], digits[:, j + 1]), v)
        return bases, first, pairs

    bases, first, pairs = tables(weights)
    bases, first, pairs = bases / bases.sum(), first / first.sum(), pairs / pairs.sum(axis=1, keepdims=True)
    orders = [[], []]
    for own in counts:
        b, f, d = tables(own)
        ob, of, od = tables(counts.sum(axis=0) - own)
        pb = (ob + bases) / (ob.sum() + 1)
        pf = (of + first) / (of.sum() + 1)
        pd = (od + pairs) / (od.sum(axis=1, keepdims=True) + 1)
        orders[0].append((b * np.log(pb / bases)).sum() / counts.sum())
        orders[1].append(((f * np.log(pf / first)).sum() + (d * np.log(pd / pairs)).sum()) / counts.sum())
    return np.array(orders)


def composition(counts, weights):
    q = weights / weights.sum()
    parts = parts_of_counts(counts, q)
    sizes = counts.sum(axis=1) / counts.sum()
    cv = largest(parts, sizes)
    answer = {}
    for name, short, own in zip(["base", "dinucleotide"], ["base", "composition"], markov(counts, weights)):
        answer[f"{name}_cv_nats"] = float(own.sum())
        answer[f"{name}_cv_se_nats"] = root(own - own.sum() * sizes)
        known = cv["cv_a"] is not None and cv["cv_nats"] >= 3 * cv["cv_se_nats"]
        share = own.sum() / cv["cv_nats"] if known else None
        answer[f"{short}_share"] = float(share) if known else None
        answer[f"{short}_share_se"] = root(own - share * np.array(parts[cv["cv_a"]])) / cv["cv_nats"] if known else None
    return answer


def swapped(runs, sequences, ids, groups, weights):
    """What the attributed positions of other records give, laid on each sequence; all records are in the sample."""
    q = weights / weights.sum()
    live = [i for i in sorted(range(len(ids)), key=lambda i: key_of(ids[i])) if runs[i]]
    by_length = {}
    for i in live:
        by_length.setdefault(len(sequences[i]), []).append(i)
    order = [own for own in by_length.values() if len(own) >= 8]

    def counted(s):
        kmers = [np.zeros(0, dtype=np.int64)] * len(ids)
        for own in order:
            for at, i in enumerate(own):
                kmers[i] = kmers_of_runs(runs[own[(at + s) % len(own)]], sequences[i])
        counts = by_group(kmers, groups)
        parts = parts_of_counts(counts, q)
        best = largest(parts, counts.sum(axis=1) / counts.sum())
        own = np.array(parts[best["cv_a"]]) if best["cv_a"] else np.zeros(len(counts))
        return best["cv_nats"], own - own.sum() * counts.sum(axis=1) / counts.sum()

    (value, deviations), *others = [counted(s) for s in range(5)]
    position = np.mean([other for other, _ in others])
    return {
        "sample_records": sum(len(own) for own in order),
        "sample_cv_nats": value,
        "position_cv_nats": float(position),
        "beyond_position_nats": float(value - position),
        "beyond_position_se_nats": root(deviations - np.mean([u for _, u in others], axis=0)),
    }


def jackknife(hits, trials, groups):
    """A ratio of sums over records, and its error by leaving out one group after another."""
    left = np.array([(hits.sum() - hits[groups == g].sum()) / (trials.sum() - trials[groups == g].sum())
                     for g in np.unique(groups)])
    return float(hits.sum() / trials.sum()), float(np.sqrt((len(left) - 1) / len(left) * ((left - left.mean()) ** 2).sum()))


def signs(maps, sequences, groups):
    """Support, observed bases, and what all maps have in common."""
    vectors = corrected(maps)
    on = [attributed(own) for own in vectors]
    at_observed = [own[np.arange(len(codes)), codes] for own, codes in zip(vectors, sequences)]
    positive = np.array([(own[mask] > 0).mean() if mask.any() else 0 for own, mask in zip(at_observed, on)])
    highest = np.array([
        int(((own[:, None] > vector) | (np.arange(4) == codes[:, None])).all(axis=1)[mask].sum())
        for own, vector, codes, mask in zip(at_observed, vectors, sequences, on)
    ])
    share, share_se = jackknife(positive, np.array([float(mask.any()) for mask in on]), groups)
    observed, observed_se = jackknife(highest, np.array([int(mask.sum()) for mask in on]), groups)
    answer = {
        "support": {
            "positive_share": share,
            "positive_share_se": share_se,
            "non_negative_maps": int(sum(mask.any() and (own >= 0).all() for mask, own in zip(on, maps))),
        },
        "observed_base_share": observed,
        "observed_base_share_se": observed_se,
    }
    live = np.array([own for own, mask in zip(vectors, on) if mask.any()])
    unit = live / np.sqrt((live**2).sum(axis=(1, 2), keepdims=True))
    n = len(unit)
    unseen = ((live == 0).all(axis=2).sum(axis=0) >= 0.99 * n).mean()
    return {**answer, "constant_share": float(((unit.sum(axis=0) ** 2).sum() - n) / (n * (n - 1))), "unseen_share": float(unseen)}


def agreement(maps, sequences, ids):
    """Of the k-mer metric, against the prior of the population; and of the maps."""
    groups = np.array([group_of(name) for name in ids])
    weights = count_kmers(sequences, 6)
    runs = attributed_runs(maps)
    counts = by_group([kmers_of_runs(own, codes) for own, codes in zip(runs, sequences)], groups)
    parts = parts_of_counts(counts, weights / weights.sum())
    return {
        "kmer": {
            **largest(parts, counts.sum(axis=1) / counts.sum()),
            "composition": composition(counts, weights),
            "position": swapped(runs, sequences, ids, groups, weights),
        },
        **signs(maps, sequences, groups),
    }


# Section 3: the k-attr-mean metric.


def windows(vectors, w, kind):
    """Sums of w vectors: (windows that exist, 4)."""
    length = len(vectors)
    if kind == "centered":
        before = (w - 1) // 2
        after = w - 1 - before
        starts = [i - before for i in range(length) if i - before >= 0 and i + after < length]
        return np.array([vectors[s : s + w].sum(axis=0) for s in starts]).reshape(-1, 4)
    return np.array([vectors[(i + np.arange(w)) % length].sum(axis=0) for i in range(length)])


def rows_of(basis):
    e1 = np.array([-1, 1, 0, 0]) / np.sqrt(2)
    e2 = np.array([-1, -1, 2 if basis == "gram-schmidt" else 0, 0]) / np.sqrt(6)
    e3 = np.array([-1, -1, -1, 3]) / np.sqrt(12)
    return np.array([e1, e2, e3])


def cells_of(points, radius, grid):
    """Row (azimuth) and column (polar) of each point, and how many there are of each."""
    e1, e2, e3 = points.T
    theta = np.arccos(np.clip(e1 / radius, -1, 1))
    if grid == "full":
        azimuth = np.arctan2(e3, e2) + np.pi
        rows, columns = 63, 32
    else:
        pi = 3.1416
        with np.errstate(divide="ignore", invalid="ignore"):
            phi = np.arctan(e3 / e2)
        phi = np.where((e2 < 0) & (e3 >= 0), phi + pi, phi)
        phi = np.where((e2 < 0) & (e3 < 0), phi - pi, phi)
        phi = np.where(e2 == 0, pi / 2, phi)
        azimuth = phi / 2 + pi / 2
        rows, columns = 31, 31
    row = np.clip(np.floor(azimuth / 0.1).astype(int), 0, rows - 1)
    column = np.clip(np.floor(theta / 0.1).astype(int), 0, columns - 1)
    return row, column, (rows, columns)


def boxcar(p, kind):
    rows, columns = p.shape
    q = np.zeros_like(p)
    for i in range(rows):
        for j in range(columns):
            if kind == "symmetric":
                around = [(i + d) % rows for d in range(-2, 3)]
                along = [j + d for d in range(-2, 3) if 0 <= j + d < columns]
            else:
                around = [i + d for d in range(-3, 3) if 1 <= i + d <= rows - 1]
                along = [j + d for d in range(-3, 3) if 1 <= j + d <= columns - 1]
            q[i, j] = p[np.ix_(around, along)].mean()
    return q / q.sum() if kind == "symmetric" else q


def by_solid_angle(p):
    """Density per solid angle of the 5 x 5 cells around each, times its own, summing to 1."""
    rows, columns = p.shape
    azimuth = [0.1 * i for i in range(rows)] + [2 * np.pi if rows == 63 else np.pi]
    polar = [0.1 * j for j in range(columns)] + [np.pi]
    area = -np.outer(np.diff(azimuth), np.diff(np.cos(polar)))
    q = np.zeros_like(p)
    for i in range(rows):
        for j in range(columns):
            cells = np.ix_([(i + d) % rows for d in range(-2, 3)], [j + d for d in range(-2, 3) if 0 <= j + d < columns])
            q[i, j] = p[cells].sum() / area[cells].sum() * area[i, j]
    return q / q.sum()


def cross_validated_density(grids, effective):
    """grids: weights by group and cell, of the groups that hold records."""
    total = grids.sum()
    parts = {a: [] for a in [100, 1000, 3000, 1e4, 3e4, 1e5]}
    for g, own in enumerate(grids):
        rest = np.delete(grids, g, axis=0).sum(axis=0)
        p = rest / rest.sum()
        q = np.maximum(by_solid_angle(p), 1e-12)
        on = own > 0
        for a in parts:
            share = effective / (effective + a)
            parts[a].append((own[on] / total * np.log((share * p[on] + (1 - share) * q[on]) / q[on])).sum())
    return largest(parts, np.full(len(grids), 1 / len(grids)))


def angular(maps, groups, *, window, kind, reduce, basis, threshold, grid, prior, cells):
    """KLD in nats, points, effective points and the cross-validated value; normalise l2-sum, weight 2."""
    basis_rows = rows_of(basis)
    how, value = threshold
    points = []
    group = []
    existing = 0
    for number, vectors in zip(groups, corrected(maps)):
        magnitude = np.sqrt((vectors**2).sum(axis=1))
        if not (magnitude > 0).any():
            continue
        summed = windows(vectors / magnitude.sum(), window, kind)
        if reduce == "mean":
            summed = summed / window
        projected = summed @ basis_rows.T
        existing += len(projected)
        if how == "per-sequence" and len(projected):
            radius = np.sqrt((projected**2).sum(axis=1))
            projected = projected[radius > np.quantile(radius, value)]
        points.append(projected)
        group.append(np.full(len(projected), number))
    points = np.concatenate(points)
    group = np.concatenate(group)
    radius = np.sqrt((points**2).sum(axis=1))
    cut = 0.0
    if how == "global":
        # floor(f n) with f the literal decimal, in whole numbers.
        digits = value.split(".")[1]
        rank = int(digits) * existing // 10 ** len(digits)
        assert rank > 0
        cut = np.sort(radius)[len(radius) - rank]
    keep = (radius > cut) & (radius > 0)
    points, radius, group = points[keep], radius[keep], group[keep]
    weight = radius**2
    row, column, shape = cells_of(points, radius, grid)
    grids = np.zeros((64, *shape))
    np.add.at(grids, (group, row, column), weight)
    p = grids.sum(axis=0)
    p /= p.sum()
    q = boxcar(p, prior)
    on = (p > 0) & (q > 0)
    if cells == "interior":
        inside = np.zeros(shape, dtype=bool)
        inside[1:-1, 1:-1] = True
        on &= inside
    effective = float(weight.sum() ** 2 / (weight**2).sum())
    return {
        "kld_nats": float((p[on] * np.log(p[on] / q[on])).sum()),
        "points": int(len(points)),
        "effective_points": effective,
        **cross_validated_density(grids[np.unique(groups)], effective),
    }


# The samples, as stored.


def codes_of(text):
    codes = np.frombuffer(text.encode(), dtype=np.uint8)
    table = np.full(256, 255, dtype=np.uint8)
    table[np.frombuffer(b"ACGT", dtype=np.uint8)] = range(4)
    assert (table[codes] < 4).all(), "has N"
    return table[codes].astype(np.int64)


def read_synthetic(path):
    table = feather.read_table(path) if path.suffix == ".arrow" else parquet.read_table(path)
    maps = np.array(table["attributions"].to_pylist(), dtype=np.float32)
    return maps, [codes_of(text) for text in table["sequence"].to_pylist()], table["id"].to_pylist()


def read_tf_mindi(path):
    table = parquet.read_table(path)
    assert table.schema.metadata[b"attrstream.axes"] == b"4L"
    rows = table.num_rows
    maps = np.array(table["attributions"].to_pylist(), dtype=np.float32).reshape(rows, 4, -1).transpose(0, 2, 1)
    one_hot = np.array(table["sequence"].to_pylist()).reshape(rows, 4, -1)
    assert (one_hot.sum(axis=1) == 1).all()
    return maps, list(one_hot.argmax(axis=1)), table["id"].to_pylist()


def read_fasta(path):
    records = gzip.decompress(path.read_bytes()).decode().split(">")[1:]
    return [codes_of("".join(record.split("\n")[1:])) for record in records]


def score(maps, sequences, ids, fasta):
    counts, runs = attributed_kmers(maps, sequences)
    prior = count_kmers(sequences, 6)
    groups = np.array([group_of(name) for name in ids])
    return {
        "records": len(maps),
        "positions": sum(len(codes) for codes in sequences),
        "kmer": {
            "attributed_kmers": int(counts.sum()),
            "runs": runs,
            "kld_nats": {"population": kld(counts, prior), "fasta": kld(counts, count_kmers(fasta, 6))},
        },
        "angular": {name: angular(maps, groups, **options) for name, options in CONVENTIONS.items()},
        "agreement": agreement(maps, sequences, ids),
    }


def check(fixtures):
    """Prints the largest relative difference to the fixtures' own expected values; fails above 1e-9 or on a count."""
    synthetic = fixtures / "synthetic"
    codes = list(np.load(synthetic / "sequences.npz")["one_hot"].argmax(axis=2).astype(np.int64))
    test_set = list(np.load(synthetic / "test_set.npz")["one_hot"].argmax(axis=2).astype(np.int64))
    cases = [
        (np.load(path)["attributions"], codes, test_set, path.stem, synthetic)
        for path in sorted((synthetic / "maps").glob("*.npz"))
    ]
    folder = fixtures / "tf-mindi"
    maps = np.load(folder / "sample_contrib.npz")["contrib"].transpose(0, 2, 1)
    own = list(np.load(folder / "sample_oh.npz")["oh"].argmax(axis=1).astype(np.int64))
    cases.append((maps, own, own, "tf-mindi", folder))
    worst = 0.0
    compared = 0
    for maps, codes, other, name, folder in cases:
        expected = json.loads((folder / "expected.json").read_text())[name]
        found = score(maps, codes, [str(row) for row in range(len(maps))], other)
        assert found["kmer"]["attributed_kmers"] == expected["attributed_kmers"], name
        assert found["angular"]["paper"]["points"] == expected["angular_paper_points"], name
        pairs = [
            (found["kmer"]["kld_nats"]["population"], expected["kmer_kld_prior_population"]),
            (found["kmer"]["kld_nats"]["fasta"], expected["kmer_kld_prior_test_set"]),
            (found["angular"]["paper"]["effective_points"], expected["effective_points"]),
        ]
        for convention in CONVENTIONS:
            value = expected["angular_" + convention.replace("-", "_")]
            pairs.append((found["angular"][convention]["kld_nats"], value))
        for mine, theirs in pairs:
            worst = max(worst, abs(mine - theirs) / abs(theirs))
        compared += len(pairs)
        print(f"{name}: {worst:.1e}")
    assert worst < 1e-9
    print(f"{compared} values of {len(cases)} populations agree to {worst:.1e} relative; counts are equal")


def main():
    if sys.argv[1:2] == ["--check"]:
        check(Path(sys.argv[2]))
    fasta = read_fasta(HERE / "test-set.fasta.gz")
    samples = {}
    for name in ["exponential-standard", "relu-spectral-norm"]:
        twins = [score(*read_synthetic(HERE / f"{name}{suffix}"), fasta) for suffix in [".arrow", ".parquet"]]
        assert twins[0] == twins[1], name
        samples[name] = {"files": [f"{name}.arrow", f"{name}.parquet"], **twins[0]}
    scores = score(*read_tf_mindi(HERE / "tf-mindi.parquet"), fasta)
    samples["tf-mindi"] = {"files": ["tf-mindi.parquet"], **scores}
    document = {"prior_fasta": "test-set.fasta.gz", "samples": samples}
    (HERE / "expected.json").write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    main()
