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


def attributed_kmers(maps, sequences, k=6, q=0.9, buffer=2):
    counts = np.zeros(4**k, dtype=np.int64)
    runs = 0
    for vectors, codes in zip(corrected(maps), sequences):
        magnitude = np.sqrt((vectors**2).sum(axis=1))
        if not (magnitude > 0).any():
            continue
        mask = magnitude > np.quantile(magnitude, q)
        for b, e in runs_of(mask, buffer):
            runs += 1
            if e - b + 1 >= k:
                np.add.at(counts, kmer_indices(codes[b : e + 1], k), 1)
    return counts, runs


def kld(p, q):
    p = p / p.sum()
    q = q / q.sum()
    on = p > 0
    assert (q[on] > 0).all(), "the prior lacks attributed k-mers"
    return float((p[on] * np.log(p[on] / q[on])).sum())


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


def angular(maps, *, window, kind, reduce, basis, threshold, grid, prior, cells):
    """KLD in nats, points and effective points; normalise l2-sum, weight 2."""
    basis_rows = rows_of(basis)
    how, value = threshold
    points = []
    existing = 0
    for vectors in corrected(maps):
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
    points = np.concatenate(points)
    radius = np.sqrt((points**2).sum(axis=1))
    cut = 0.0
    if how == "global":
        # floor(f n) with f the literal decimal, in whole numbers.
        digits = value.split(".")[1]
        rank = int(digits) * existing // 10 ** len(digits)
        assert rank > 0
        cut = np.sort(radius)[len(radius) - rank]
    keep = (radius > cut) & (radius > 0)
    points, radius = points[keep], radius[keep]
    weight = radius**2
    row, column, shape = cells_of(points, radius, grid)
    p = np.zeros(shape)
    np.add.at(p, (row, column), weight)
    p /= p.sum()
    q = boxcar(p, prior)
    on = (p > 0) & (q > 0)
    if cells == "interior":
        inside = np.zeros(shape, dtype=bool)
        inside[1:-1, 1:-1] = True
        on &= inside
    return {
        "kld_nats": float((p[on] * np.log(p[on] / q[on])).sum()),
        "points": int(len(points)),
        "effective_points": float(weight.sum() ** 2 / (weight**2).sum()),
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
    return maps, [codes_of(text) for text in table["sequence"].to_pylist()]


def read_tf_mindi(path):
    table = parquet.read_table(path)
    assert table.schema.metadata[b"attrstream.axes"] == b"4L"
    rows = table.num_rows
    maps = np.array(table["attributions"].to_pylist(), dtype=np.float32).reshape(rows, 4, -1).transpose(0, 2, 1)
    one_hot = np.array(table["sequence"].to_pylist()).reshape(rows, 4, -1)
    assert (one_hot.sum(axis=1) == 1).all()
    return maps, list(one_hot.argmax(axis=1))


def read_fasta(path):
    records = gzip.decompress(path.read_bytes()).decode().split(">")[1:]
    return [codes_of("".join(record.split("\n")[1:])) for record in records]


def score(maps, sequences, fasta):
    counts, runs = attributed_kmers(maps, sequences)
    prior = count_kmers(sequences, 6)
    return {
        "records": len(maps),
        "positions": sum(len(codes) for codes in sequences),
        "kmer": {
            "attributed_kmers": int(counts.sum()),
            "runs": runs,
            "kld_nats": {"population": kld(counts, prior), "fasta": kld(counts, count_kmers(fasta, 6))},
        },
        "angular": {name: angular(maps, **options) for name, options in CONVENTIONS.items()},
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
        found = score(maps, codes, other)
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
