"""Writes the cases of this folder: small inputs, and what the method says of them.

    python make_cases.py && npx biome format --config-path .biome.json --write test/golden/cases

An implementation of the method's sections 1 to 4 and 6 in NumPy alone, loop by loop and in float64, which shares no code
and no formula with the TypeScript that it judges. Needs NumPy; running the tests does not.

Where a decision (is a radius above a cut? is an angle past the edge of a bin?) hangs on the last digits of a float, no
two programs need agree: such inputs are refused here, or drawn again where they are random.
"""

import json
import math
import shutil
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent / "cases"
LETTERS = "ACGT"
CONVENTIONS = {
    "paper": dict(
        window=3, windowKind="centered", reduce="mean", basis="gram-schmidt", normalise="l2-sum",
        threshold=dict(kind="per-sequence", q=0.9), weight=2, grid="full", prior="symmetric", cells="all",
    ),
    "acme-atac": dict(
        window=3, windowKind="forward-circular", reduce="sum", basis="published", normalise="l2-sum",
        threshold=dict(kind="global", top=0.10), weight=2, grid="halved", prior="published", cells="interior",
    ),
}
CONVENTIONS["acme-synthetic"] = {**CONVENTIONS["acme-atac"], "threshold": dict(kind="global", top=0.99)}
CONVENTIONS["d3-pipeline"] = {
    **CONVENTIONS["acme-atac"], "window": 6, "threshold": dict(kind="global", top=0.04),
}
KMER = dict(k=6, q=0.9, buffer=2, pseudocount=0)


class Fragile(Exception):
    """A decision hangs on the last digits."""


class Refused(Exception):
    """The method says that this is an error."""


# --- sections 1, 2 and 6 ---


def codes_of(text):
    return [LETTERS.find(letter.upper()) if letter.upper() in LETTERS else 4 for letter in text]


def group_of(name):
    h = 2166136261
    for byte in name.encode("utf-8"):
        h = ((h ^ byte) * 16777619) % 2**32
    h ^= h >> 16
    h = (h * 0x85EBCA6B) % 2**32
    h ^= h >> 13
    h = (h * 0xC2B2AE35) % 2**32
    h ^= h >> 16
    return h % 64


def corrected(attribution):
    return attribution - attribution.mean(axis=1, keepdims=True)


def count_kmers(codes, k, counts):
    total = 0
    for i in range(len(codes) - k + 1):
        word = codes[i : i + k]
        if 4 in word:
            continue
        counts[int("".join(str(code) for code in word), 4)] += 1
        total += 1
    return total


def runs_of(codes, m, q, buffer):
    """Inclusive runs of attributed positions, extended and merged."""
    known = np.array([code != 4 for code in codes])
    cut = np.quantile(m[known], q)
    hits = known & (m > cut)
    runs = []
    i = 0
    while i < len(hits):
        if not hits[i]:
            i += 1
            continue
        b = i
        while i + 1 < len(hits) and hits[i + 1]:
            i += 1
        runs.append([b, min(i + buffer, len(hits) - 1)])
        i += 1
    merged = []
    for b, e in runs:
        if merged and b <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], e)
        else:
            merged.append([b, e])
    return merged


def kl(p, q):
    return float(sum(a * math.log(a / b) for a, b in zip(p, q) if a > 0))


def kmer_metric(records, options, prior):
    k = options["k"]
    n = np.zeros(4**k, dtype=np.int64)
    population = np.zeros(4**k, dtype=np.int64)
    runs = 0
    for record in records:
        count_kmers(record["codes"], k, population)
        if record["dead"]:
            continue
        for b, e in runs_of(record["codes"], record["m"], options["q"], options["buffer"]):
            runs += 1
            count_kmers(record["codes"][b : e + 1], k, n)
    answer = dict(
        attributed_kmers=int(n.sum()),
        runs=runs,
        counts={str(i): int(n[i]) for i in np.flatnonzero(n)},
        population_kmers=int(population.sum()),
    )
    if prior == "population":
        of = population
    elif prior == "uniform":
        of = np.ones(4**k, dtype=np.int64)
    else:
        of = np.zeros(4**k, dtype=np.int64)
        for text in prior:
            count_kmers(codes_of(text), k, of)
    of = of + options["pseudocount"]
    if n.sum() == 0:
        return {**answer, "kld_nats": None}
    if np.any((n > 0) & (of == 0)):
        raise Refused("prior")
    return {**answer, "kld_nats": kl(n / n.sum(), of / of.sum())}


# --- section 3 ---

ROOT2, ROOT6, ROOT12 = math.sqrt(2), math.sqrt(6), math.sqrt(12)


def to_three(v, basis):
    x, y, z, w = (float(c) for c in v)
    e1 = (-x + y) / ROOT2
    e2 = (-x - y + 2 * z) / ROOT6 if basis == "gram-schmidt" else (-x - y) / ROOT6
    e3 = (-x - y - z + 3 * w) / ROOT12
    return e1, e2, e3


def windows_of(record, options):
    """(radius, (e1, e2, e3), what it is made of) of every window that exists."""
    c, codes = record["c"], record["codes"]
    length, w = len(codes), options["window"]
    if options["normalise"] == "l2-sum":
        scale = record["m_known"].sum()
    elif options["normalise"] == "frobenius":
        scale = math.sqrt((record["m_known"] ** 2).sum())
    else:
        scale = 1.0
    answer = []
    for i in range(length):
        if options["windowKind"] == "centered":
            first = i - (w - 1) // 2
            last = i + math.ceil((w - 1) / 2)
            if first < 0 or last >= length:
                continue
            places = list(range(first, last + 1))
        else:
            places = [(i + j) % length for j in range(w)]
        if any(codes[p] == 4 for p in places):
            continue
        vector = np.zeros(4)
        for p in places:
            vector = vector + c[p]
        made_of = (scale, tuple(tuple(c[p]) for p in places))
        tiny = float(np.abs(vector).max()) < 1e-12 * max(float(np.abs(c[places]).max()), 1e-300)
        vector = vector / scale
        if options["reduce"] == "mean":
            vector = vector / w
        if tiny and np.any(vector != 0):
            raise Fragile("a window that all but cancels")
        e = to_three(vector, options["basis"])
        answer.append((math.sqrt(e[0] ** 2 + e[1] ** 2 + e[2] ** 2), e, made_of))
    return answer


def above(windows, cut, careful):
    """Windows strictly above the cut. Those that tie with it must be the very same windows."""
    if careful:
        near = [w for w in windows if abs(w[0] - cut) <= 1e-11 * max(abs(cut), 1e-300) and w[0] > 0]
        if len({w[2] for w in near}) > 1 or any(w[0] != near[0][0] for w in near):
            raise Fragile("a radius next to the cut")
        if near and near[0][0] != cut:
            raise Fragile("a cut next to a radius")
    return [w for w in windows if w[0] > cut and w[0] > 0]


def global_cut(windows, top):
    n = len(windows)
    # the fraction is the decimal as written, so a whole product is whole
    rank = math.floor(round(top * n, 9))
    if rank == 0:
        raise Refused("empty")
    return sorted((w[0] for w in windows), reverse=True)[rank - 1]


def bin_of(angle, bins, careful):
    place = angle / 0.1
    if careful and abs(place - round(place)) < 1e-9 and round(place) < bins and angle != 0:
        raise Fragile("an angle on the edge of a bin")
    return min(int(math.floor(place)), bins - 1)


def cell_of(e, r, grid, careful):
    e1, e2, e3 = e
    if careful:
        for small in (e1, e2, e3):
            if small != 0 and abs(small) < 1e-12 * r:
                raise Fragile("a coordinate that is all but 0")
        # next to a pole an arccos turns one unit of the last place of its argument into 1e-8
        if 0 < 1 - abs(e1 / r) < 1e-12:
            raise Fragile("a direction next to a pole")
    theta = math.acos(min(1.0, max(-1.0, e1 / r)))
    if grid == "full":
        phi = math.atan2(e3, e2)
        if e3 == 0 and e2 < 0:
            phi = math.pi
        return bin_of(phi + math.pi, 63, careful), bin_of(theta, 32, careful)
    PI = 3.1416
    if e2 == 0:
        phi = PI / 2
    else:
        phi = math.atan(e3 / e2)
        if e2 < 0 and e3 >= 0:
            phi += PI
        elif e2 < 0:
            phi -= PI
    azimuth = phi / 2 + PI / 2
    return bin_of(azimuth, 31, careful), bin_of(theta, 31, careful)


def symmetric(p):
    rows, columns = p.shape
    q = np.zeros_like(p)
    for i in range(rows):
        for j in range(columns):
            cells = [
                p[(i + a) % rows, j + b]
                for a in range(-2, 3)
                for b in range(-2, 3)
                if 0 <= j + b < columns
            ]
            q[i, j] = sum(cells) / len(cells)
    return q / q.sum()


def published(p):
    rows, columns = p.shape
    q = np.zeros_like(p)
    for i in range(rows):
        for j in range(columns):
            cells = [
                p[a, b]
                for a in range(i - 3, i + 3)
                for b in range(j - 3, j + 3)
                if 1 <= a <= rows - 1 and 1 <= b <= columns - 1
            ]
            q[i, j] = sum(cells) / len(cells)
    return q


def angular_metric(records, options, careful):
    alive = [record for record in records if not record["dead"]]
    threshold = options["threshold"]
    points = []
    cut = None
    if threshold["kind"] == "per-sequence":
        for record in alive:
            windows = windows_of(record, options)
            if windows:
                own = np.quantile(np.array([w[0] for w in windows]), threshold["q"])
                points += above(windows, float(own), careful)
    else:
        windows = [w for record in alive for w in windows_of(record, options)]
        if windows:
            cut = global_cut(windows, threshold["top"])
            points = above(windows, cut, careful)
    shape = (63, 32) if options["grid"] == "full" else (31, 31)
    grid = np.zeros(shape)
    weights = []
    for r, e, _ in points:
        weight = r ** options["weight"]
        grid[cell_of(e, r, options["grid"], careful)] += weight
        weights.append(weight)
    flat = grid.reshape(-1)
    answer = dict(
        points=len(points),
        grid={str(i): float(flat[i]) for i in np.flatnonzero(flat)},
        effective_points=sum(weights) ** 2 / sum(w * w for w in weights) if weights else 0,
        cut=cut,
    )
    if not points:
        return {**answer, "kld_nats": None}
    p = grid / grid.sum()
    q = symmetric(p) if options["prior"] == "symmetric" else published(p)
    inside = np.ones(shape, dtype=bool)
    if options["cells"] == "interior":
        inside[:] = False
        inside[1:-1, 1:-1] = True
    use = inside & (p > 0) & (q > 0)
    return {**answer, "kld_nats": float(sum(a * math.log(a / b) for a, b in zip(p[use], q[use])))}


# --- a case ---


def expected_of(case):
    options = case["options"]
    kmer = {**KMER, **options.get("kmer", {})}
    angular = {**CONVENTIONS[options.get("convention", "paper")], **options.get("angular", {})}
    records = []
    for row in case["records"]:
        codes = codes_of(row["sequence"])
        # a row that "is" another row has its map
        values = case["records"][row["map_of"]]["attribution"] if "map_of" in row else row["attribution"]
        attribution = np.array(values, dtype=np.float64).reshape(-1, 4)
        if case["dtype"] == "float32":
            attribution = attribution.astype(np.float32).astype(np.float64)
        assert len(codes) == len(attribution), case["name"]
        assert len(codes) >= kmer["k"], case["name"]
        c = corrected(attribution)
        m = np.sqrt((c * c).sum(axis=1))
        known = np.array([code != 4 for code in codes])
        records.append(
            dict(
                id=row["id"], codes=codes, c=c, m=m, m_known=m[known], a=attribution,
                dead=not np.any(m[known] > 0),
            )
        )
    answer = dict(
        records=len(records),
        positions=sum(len(r["codes"]) for r in records),
        unknown_positions=sum(r["codes"].count(4) for r in records),
        dead_maps=sum(r["dead"] for r in records),
        projected_maps=sum(
            bool((not r["dead"]) and np.all((r["a"] != 0).sum(axis=1) <= 1)) for r in records
        ),
        groups=sorted(group_of(r["id"]) for r in records),
    )
    for name, score in [
        ("kmer", lambda: kmer_metric(records, kmer, case["prior"])),
        ("angular", lambda: angular_metric(records, angular, case["careful"])),
    ]:
        if name not in case["metrics"]:
            continue
        try:
            answer[name] = score()
        except Refused as refused:
            answer[name] = dict(error=str(refused))
    return answer


def write(name, why, records, *, prior="population", dtype="float64", metrics=("kmer", "angular"), careful=True,
          **options):
    case = dict(
        name=name, why=why, dtype=dtype, prior=prior, metrics=list(metrics), options=options, records=records,
        careful=careful,
    )
    expected = expected_of(case)
    del case["careful"], case["name"]
    folder = HERE / name
    folder.mkdir(parents=True)
    (folder / "input.json").write_text(json.dumps(case, ensure_ascii=False, indent=2) + "\n")
    (folder / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=2) + "\n")


# --- inputs ---


def record(name, sequence, attribution):
    flat = [float(v) for v in np.asarray(attribution, dtype=np.float64).reshape(-1)]
    assert len(flat) == 4 * len(sequence)
    return dict(id=str(name), sequence=sequence, attribution=[int(v) if v == int(v) else v for v in flat])


def same_map(name, sequence, of):
    return dict(id=str(name), sequence=sequence, map_of=of)


def letters(rng, length, unknown=0.0):
    text = rng.choice(list("ACGT"), size=length)
    if unknown:
        text[rng.random(length) < unknown] = "N"
    return "".join(text)


def bumps(rng, length, digits=4):
    """Noise with a few strong stretches, as maps have them, rounded so that files stay small."""
    a = rng.normal(size=(length, 4)) * 0.2
    for _ in range(max(1, length // 30)):
        at, wide = rng.integers(0, length), rng.integers(4, 12)
        a[at : at + wide] += rng.normal(size=(len(a[at : at + wide]), 4)) * 2
    return np.round(a, digits)


def random_records(rng, count, lengths, unknown=0.0, draw=bumps):
    rows = []
    for i in range(count):
        length = int(rng.integers(*lengths))
        rows.append(record(i, letters(rng, length, unknown), draw(rng, length)))
    return rows


def drawn(name, why, make, seed, **options):
    """A case of random records, drawn again until nothing in it hangs on last digits."""
    for again in range(200):
        rng = np.random.default_rng([seed, again])
        try:
            return write(name, why, make(rng), **options)
        except Fragile:
            continue
    raise SystemExit(f"{name}: every draw was fragile")


def integers(low, high):
    return lambda rng, length: rng.integers(low, high, size=(length, 4))


def spikes(values, base=0):
    """A map whose corrected magnitudes go as the values: (v, -v, 0, 0) at each position."""
    return [[v, -v, 0, 0] for v in values]


def main():
    if HERE.exists():
        shutil.rmtree(HERE)
    one_pass = lambda rng: random_records(rng, 6, (30, 60))
    with_n = lambda rng: random_records(rng, 8, (30, 70), unknown=0.06)

    # the method as it stands
    drawn("paper", "the default convention", one_pass, 1)
    drawn("acme-atac", "the top 0.10 of all windows", one_pass, 2, convention="acme-atac")
    drawn("acme-synthetic", "the top 0.99 of all windows", one_pass, 3, convention="acme-synthetic")
    drawn("d3-pipeline", "six positions a window, the top 0.04", one_pass, 4, convention="d3-pipeline")
    drawn("unknown-bases", "N anywhere: no run, no k-mer and no window covers one", with_n, 5)
    drawn("unknown-bases-circular", "N, with windows that wrap round", with_n, 6, convention="acme-atac")
    drawn("unknown-bases-d3", "N, with wide windows that wrap round", with_n, 7, convention="d3-pipeline")
    drawn("unknown-bases-synthetic", "N, with nearly all windows", with_n, 8, convention="acme-synthetic")
    drawn("single-precision", "maps stored as float32", one_pass, 9, dtype="float32")
    drawn("tiny-values", "maps of 1e-30, whose squares of weights are 1e-120 before they are normalised",
          lambda rng: random_records(rng, 4, (30, 50), draw=lambda r, n: bumps(r, n) * 1e-30), 10,
          angular=dict(normalise="none"))
    drawn("huge-values", "maps of 1e30",
          lambda rng: random_records(rng, 4, (30, 50), draw=lambda r, n: bumps(r, n) * 1e30), 11,
          angular=dict(normalise="none"))
    drawn("mixed-scales", "one map a million times another, without normalisation",
          lambda rng: [*random_records(rng, 3, (30, 40)),
                       record("loud", letters(rng, 40), bumps(rng, 40) * 1e6),
                       record("quiet", letters(rng, 40), bumps(rng, 40) * 1e-6)], 12,
          angular=dict(normalise="none"))

    # runs
    seq = "ACGTTGCAACGTACGGATCC"
    write("run-clipped-at-the-end", "a run at the 3' end has nowhere to extend to",
          [record(0, seq, spikes([1] * 13 + [5, 6, 7, 8, 9, 5, 6]))], kmer=dict(q=0.6), metrics=["kmer"])
    write("runs-that-touch", "runs that only touch after extension stay apart; each holds its own k-mers",
          [record(0, seq, spikes([1, 1, 9, 8, 9, 1, 1, 8, 9, 8] + [1] * 10))], kmer=dict(k=3, q=0.5),
          metrics=["kmer"])
    write("runs-that-overlap", "runs that overlap by one position merge, once and again",
          [record(0, seq, spikes([1, 1, 9, 8, 1, 9, 8, 1, 9, 8, 1] + [1] * 9))], kmer=dict(q=0.5), metrics=["kmer"])
    write("no-buffer", "without extension", [record(0, seq, spikes([1, 9, 8, 9, 1, 9, 8, 9, 9] + [1] * 11))],
          kmer=dict(k=3, q=0.5, buffer=0), metrics=["kmer"])
    write("buffer-beyond-the-end", "an extension longer than the sequence",
          [record(0, seq, spikes([1, 9, 1, 1, 1, 9] + [1] * 14))], kmer=dict(q=0.5, buffer=1000), metrics=["kmer"])
    write("every-second-position", "as many runs as there can be", [record(0, seq, spikes([1, 9] * 10))],
          kmer=dict(k=1, q=0.25, buffer=0), metrics=["kmer"])
    write("no-run-long-enough", "runs shorter than k count no k-mer; the KLD is undefined",
          [record(0, seq, spikes([1, 9, 1, 1, 1, 9] + [1] * 14))], kmer=dict(q=0.5, buffer=0), metrics=["kmer"])
    write("run-over-an-unknown-base", "an extension reaches an N and a base behind it",
          [record(0, "ACGTTGCANCGTACGGATCC", spikes([1, 1, 9, 8, 9, 8, 9, 9, 99, 1] + [1] * 10)),
           record(1, "NNGTTGCAACGTACGGATNN", spikes([99, 99, 9, 8, 9, 8, 9, 9] + [1] * 10 + [9, 9]))],
          kmer=dict(k=3, q=0.6), metrics=["kmer"])

    # ties and quantiles
    write("all-magnitudes-equal", "nothing is above a cut that all equal; the KLD is undefined",
          [record(0, seq, spikes([1] * 20))])
    write("ties-at-the-cut", "what equals the cut is not above it",
          [record(0, seq, spikes([2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 5, 5, 5, 5, 5, 5, 9, 9, 9, 9]))],
          kmer=dict(k=2, q=0.7), metrics=["kmer"])
    write("ties-of-other-vectors", "equal magnitudes of different vectors tie too",
          [record(0, seq, [[3, 0, 0, 0], [0, 3, 0, 0], [0, 0, 3, 0], [0, 0, 0, 3], [4, 4, 4, 1]] * 4)],
          kmer=dict(k=2, q=0.5), metrics=["kmer"])
    for i, (length, q) in enumerate([(11, 0.9), (21, 0.9), (101, 0.57), (101, 0.29), (101, 0.55), (101, 0.07),
                                     (48, 0.9), (7, 0.5), (101, 0.58), (51, 0.14)]):
        drawn(f"order-statistic-{length}-{q}", f"q (n - 1) is at or next to a whole number: {length} positions, q {q}",
              lambda rng, n=length: [record(0, letters(rng, n), rng.integers(-9, 10, size=(n, 4))),
                                     record(1, letters(rng, n), spikes(rng.permutation(n) + 1))],
              100 + i, kmer=dict(k=2, q=q), metrics=["kmer"])
    for i, (low, high) in enumerate([(0, 2), (-1, 2), (-2, 3), (-5, 6)]):
        drawn(f"whole-numbers-{low}-to-{high - 1}", f"maps of whole numbers from {low} to {high - 1}, full of ties, with N",
              lambda rng, lo=low, hi=high: random_records(rng, 12, (20, 60), unknown=0.05, draw=integers(lo, hi)),
              120 + i, kmer=dict(k=3, q=[0.5, 0.9, 0.75, 0.8][i]), metrics=["kmer"])
    drawn("quantile-zero", "all but the smallest",
          one_pass, 130, kmer=dict(q=0), angular=dict(threshold=dict(kind="per-sequence", q=0)))
    drawn("quantile-near-one", "only the largest",
          one_pass, 131, kmer=dict(k=2, q=0.999), angular=dict(threshold=dict(kind="per-sequence", q=0.999)))

    def same_root(rng):
        """Two vectors of the same numbers whose sums of squares differ by a rounding that their roots do not show."""
        while True:
            v = np.round(rng.normal(size=4), 3)
            w = rng.permutation(v)
            squares = [float((corrected(a[None]) ** 2).sum(axis=1)[0]) for a in (v, w)]
            if squares[0] < squares[1] and math.sqrt(squares[0]) == math.sqrt(squares[1]):
                return [record(0, seq, [v] * 8 + [w] * 8 + [v] * 4)]

    drawn("ties-of-roots", "magnitudes are compared, not their squares", same_root, 132, kmer=dict(k=2, q=0.3),
          metrics=["kmer"])

    # records out of the ordinary
    drawn("dead-maps", "maps without a magnitude add to the prior and the counts only",
          lambda rng: [record("first", letters(rng, 40), [[2.5] * 4] * 40), *random_records(rng, 3, (30, 50)),
                       record("zeros", letters(rng, 30), [[0] * 4] * 30),
                       record("dead but for N", "N" + letters(rng, 20) + "N",
                              [[5, 0, 0, 0]] + [[1] * 4] * 20 + [[0, 0, 3, 0]])], 140)
    drawn("dead-maps-global", "windows of dead maps are not among those of which a fraction is taken",
          lambda rng: [record("first", letters(rng, 40), [[2.5] * 4] * 40), *random_records(rng, 2, (30, 40)),
                       record("zeros", letters(rng, 60), [[0] * 4] * 60)], 141, convention="acme-synthetic")
    write("only-dead-maps", "no run, no point, no KLD", [record(0, seq, [[1] * 4] * 20), record(1, seq, [[0] * 4] * 20)])
    write("only-dead-maps-global", "no windows have no cut", [record(0, seq, [[1] * 4] * 20)], convention="acme-atac")
    write("only-unknown-bases", "a sequence of N alone is dead",
          [record(0, "N" * 20, spikes(range(20))), record(1, seq, [[1] * 4] * 20)])
    write("nothing-but-unknown-bases", "no k-mer at all, in the prior either: both KLDs are undefined",
          [record(0, "N" * 20, spikes(range(20)))])
    drawn("projected-maps", "attribution times one-hot",
          lambda rng: [record(i, s, np.eye(4)[[LETTERS.index(b) for b in s]] * np.round(rng.normal(size=(40, 1)), 3))
                       for i, s in enumerate(letters(rng, 40) for _ in range(5))], 142)
    drawn("length-equals-k", "sequences as long as a k-mer",
          lambda rng: [record(i, letters(rng, 6), np.round(rng.normal(size=(6, 4)), 3)) for i in range(8)], 143,
          kmer=dict(q=0.4, buffer=6))
    drawn("lengths-from-k-on", "every record has another length",
          lambda rng: [record(i, letters(rng, 3 + i), np.round(rng.normal(size=(3 + i, 4)), 3)) for i in range(20)], 144,
          kmer=dict(k=3, q=0.5))
    drawn("mixed-alphabets", "lower case counts, other letters are N",
          lambda rng: [record("ä/β 🧬", "acgtacgtRYKMacgtuUacgtNN--ACGTACGTAAC", bumps(rng, 37)),
                       record("", "ACGTACGTACGTACGTACGTACGTACGT", bumps(rng, 28)), *random_records(rng, 3, (30, 40))],
          145, kmer=dict(k=2, q=0.7))
    drawn("one-known-base", "a single position that is not N: its magnitude is the cut",
          lambda rng: [record(0, "NNNNNNANNNNN", bumps(rng, 12)), *random_records(rng, 2, (30, 40))], 146)
    drawn("no-window-between-unknown-bases", "N at every third base leaves k-mers of two but no window of three",
          lambda rng: [record(i, "ACNGTN" * 6, bumps(rng, 36)) for i in range(3)] + random_records(rng, 1, (30, 40)),
          147, kmer=dict(k=2))

    # windows
    for width in (1, 2, 4, 5, 8):
        for kind in ("centered", "forward-circular"):
            drawn(f"window-{width}-{kind}", "another width of the window",
                  lambda rng: random_records(rng, 4, (30, 45), unknown=0.02), 150 + width,
                  angular=dict(window=width, windowKind=kind))
    drawn("window-wider-than-sequences", "a centered window needs all its positions: none, one or two of them",
          lambda rng: [record(i, letters(rng, 8 + i), np.round(rng.normal(size=(8 + i, 4)), 3)) for i in range(4)], 160,
          angular=dict(window=9, threshold=dict(kind="per-sequence", q=0.3)))
    drawn("window-round-and-round", "a circular window longer than the sequence goes round more than once",
          lambda rng: [record(n, letters(rng, n), np.round(rng.normal(size=(n, 4)), 3)) for n in (3, 4, 5, 6, 8, 9, 10)], 161,
          kmer=dict(k=2), angular=dict(window=7, windowKind="forward-circular",
                                       threshold=dict(kind="per-sequence", q=0.5)))
    drawn("three-round-two-bases", "the usual width on sequences of one and two bases",
          lambda rng: [record(i, letters(rng, 1 + i % 2), np.round(rng.normal(size=(1 + i % 2, 4)), 3)) for i in range(9)],
          162, kmer=dict(k=1, q=0.4), convention="acme-synthetic")
    drawn("sums-of-windows", "a sum and a mean differ by a factor that a density does not see",
          one_pass, 163, angular=dict(reduce="sum", normalise="none"))

    # options, each with the others as they come
    number = 0
    for basis in ("gram-schmidt", "published"):
        for grid in ("full", "halved"):
            for prior in ("symmetric", "published"):
                for cells in ("all", "interior"):
                    number += 1
                    drawn(f"options-{basis}-{grid}-{prior}-{cells}", "each option by itself",
                          lambda rng: random_records(rng, 5, (25, 40), unknown=0.02), 200 + number,
                          kmer=dict(k=[2, 3, 4, 5][number % 4]),
                          angular=dict(basis=basis, grid=grid, prior=prior, cells=cells,
                                       normalise=["l2-sum", "frobenius", "none"][number % 3],
                                       weight=[2, 1, 3, 0, 0.5][number % 5],
                                       reduce=["mean", "sum"][number % 2],
                                       windowKind=["centered", "forward-circular"][number // 2 % 2],
                                       window=[3, 1, 2, 4][number % 4],
                                       threshold=[dict(kind="per-sequence", q=0.8), dict(kind="global", top=0.25),
                                                  dict(kind="per-sequence", q=0.5)][number % 3]))

    # global thresholds
    drawn("global-everything", "the top 1 is all windows but the smallest", one_pass, 230,
          angular=dict(threshold=dict(kind="global", top=1)))
    drawn("global-one", "the cut is the largest radius: no point, no KLD",
          lambda rng: random_records(rng, 1, (40, 41)), 231, kmer=dict(k=2, q=0.5),
          angular=dict(window=1, threshold=dict(kind="global", top=0.025)))
    drawn("global-none", "floor(f n) = 0 is an error",
          lambda rng: random_records(rng, 1, (39, 40)), 232, metrics=["angular"],
          angular=dict(window=1, threshold=dict(kind="global", top=0.025)))

    def doubled(rng):
        rows = random_records(rng, 3, (20, 21))
        return rows + [same_map(f"again {i}", letters(rng, 20), i % 3) for i in range(6)]

    drawn("global-ties", "three maps of each kind: a cut on a radius that three windows share leaves all three out",
          doubled, 233, kmer=dict(k=2), angular=dict(window=1, threshold=dict(kind="global", top=0.5)))
    drawn("global-ties-circular", "the same, wrapped round", doubled, 234, kmer=dict(k=2), convention="acme-synthetic",
          angular=dict(threshold=dict(kind="global", top=0.3)))
    drawn("global-fraction-as-written", "0.29 of 100 windows are 29, whatever the product of floats",
          lambda rng: random_records(rng, 2, (50, 51)), 235, kmer=dict(k=2),
          angular=dict(window=1, threshold=dict(kind="global", top=0.29)))
    drawn("global-cut-at-zero", "more than half of the windows have no radius: the cut is 0 and nothing of it a point",
          lambda rng: [record(i, letters(rng, 30), [*np.round(rng.normal(size=(10, 4)), 3), *([[1] * 4] * 20)])
                       for i in range(3)], 236, kmer=dict(k=2),
          angular=dict(window=1, threshold=dict(kind="global", top=0.9)))
    drawn("cut-at-zero", "the same within each record",
          lambda rng: [record(i, letters(rng, 30), [*np.round(rng.normal(size=(10, 4)), 3), *([[1] * 4] * 20)])
                       for i in range(3)], 237, kmer=dict(k=2, q=0.5),
          angular=dict(window=1, threshold=dict(kind="per-sequence", q=0.5)))
    drawn("global-skewed", "a loud and many quiet maps, not normalised: the points are those of one record",
          lambda rng: [record("loud", letters(rng, 30), bumps(rng, 30) * 1000), *random_records(rng, 5, (30, 31))], 238,
          kmer=dict(k=2), angular=dict(normalise="none", threshold=dict(kind="global", top=0.1)))

    # directions on the edges of the grid
    poles = [[-1, 1, 0, 0], [1, -1, 0, 0], [0, 0, 0, 0], [-3, 3, 0, 0], [3, -3, 0, 0], [0, 0, 1, 1]]
    for grid in ("full", "halved"):
        for basis in ("gram-schmidt", "published"):
            write(f"poles-{grid}-{basis}", "vectors along the polar axis, and one off it: a defined cell at theta 0 and pi",
                  [record(0, "ACGTAC", poles)], kmer=dict(k=2, q=0.5), careful=False,
                  angular=dict(window=1, grid=grid, basis=basis, threshold=dict(kind="per-sequence", q=0.1)))
    # T at the mean of its position: e3 = 0; A + C above twice G: e2 < 0, so the azimuth is pi and not -pi
    edge = [[3, 1, -4, 0], [-3, -1, 4, 0], [1, 3, -4, 0], [0, 0, 0, 0], [2, 0, -2, 0], [-2, 0, 2, 0]]
    for grid in ("full", "halved"):
        write(f"azimuth-pi-{grid}", "an azimuth of exactly pi lies in the last bin",
              [record(0, "ACGTAC", edge)], kmer=dict(k=2, q=0.5), careful=False,
              angular=dict(window=1, grid=grid, threshold=dict(kind="per-sequence", q=0.1)))
    # A = -C off the mean: the published e2 is 0, whatever e3
    flat = [[2, -2, 5, -5], [2, -2, -5, 5], [-1, 1, 3, -3], [0, 0, 0, 0], [1, -1, -4, 4], [3, -3, 1, -1]]
    write("published-azimuth-where-e2-is-0", "the published arctangent is pi/2 there, whatever the sign of e3",
          [record(0, "ACGTAC", flat)], kmer=dict(k=2, q=0.5), careful=False,
          angular=dict(window=1, grid="halved", basis="published", threshold=dict(kind="per-sequence", q=0.1)))
    write("a-single-point", "one cell holds everything", [record(0, seq, spikes([1] * 10 + [9] + [1] * 9))],
          kmer=dict(k=2), angular=dict(window=1), careful=False)

    # priors and k
    for k in (1, 2, 4, 7, 10):
        drawn(f"k-{k}", "another length of the words",
              lambda rng: random_records(rng, 5, (40, 70), unknown=0.01), 250 + k, kmer=dict(k=k, q=0.6, buffer=4))
    drawn("prior-uniform", "every k-mer as likely", one_pass, 270, prior="uniform", kmer=dict(k=4))
    drawn("prior-pseudocount", "counts of the prior with one and a half added", one_pass, 271, kmer=dict(k=3, pseudocount=1.5))
    drawn("prior-of-other-sequences", "a prior from sequences of its own",
          one_pass, 272, kmer=dict(k=2), prior=["ACGTNACCGGTTAAGCTTGCATGCCTAGATCACTGTGACGTATCGA", "aaaaacccccgggggtttttagtcagtc"])
    drawn("prior-lacks-k-mers", "an attributed k-mer that the prior lacks is an error", one_pass, 273,
          kmer=dict(k=4), prior=["ACGTACGTACGT"], metrics=["kmer"])
    drawn("prior-lacks-k-mers-pseudocount", "but not with a pseudocount", one_pass, 274,
          kmer=dict(k=4, pseudocount=1), prior=["ACGTACGTACGT"], metrics=["kmer"])
    drawn("prior-of-a-k-mer-only-once", "two records, one k-mer each",
          lambda rng: [record(0, "ACGTAC", spikes([1, 2, 2, 2, 2, 2])), record(1, "TTTTTT", spikes([1, 2, 2, 2, 2, 2]))],
          275, kmer=dict(k=5, q=0.1, buffer=0), metrics=["kmer"])

    # everything at once
    for i in range(8):
        drawn(f"anything-{i}", "random maps, lengths, N and options",
              lambda rng, i=i: [*random_records(rng, 5, (12, 60), unknown=[0, 0.03, 0.1][i % 3]),
                                record("dead", letters(rng, 25), [[1.5] * 4] * 25)], 300 + i,
              convention=list(CONVENTIONS)[i % 4], kmer=dict(k=2 + i % 4, q=[0.9, 0.75, 0.5][i % 3], buffer=i % 5),
              dtype=["float64", "float32"][i % 2])


if __name__ == "__main__":
    main()
