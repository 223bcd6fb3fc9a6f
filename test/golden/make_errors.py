"""Writes errors.json: small populations, and what the method's sections 5, 6 and 9 say of them.

    python make_errors.py

Left-out values, cross-validation and diversity in NumPy alone, each group truly left out and everything counted again,
on top of make_cases.py; the null by 20,000 draws of NumPy's own multinomial. Needs NumPy and SciPy; running the tests does not.
"""

import json
import math
from pathlib import Path

import numpy as np
from scipy import stats
from make_cases import (
    CONVENTIONS, KMER, bumps, cell_of, codes_of, corrected, count_kmers, global_cut, group_of, kl, letters, published,
    record, runs_of, symmetric, windows_of,
)

COUNT_WEIGHTS = [300, 1000, 3000, 1e4, 3e4, 1e5]
DENSITY_WEIGHTS = [100, 1000, 3000, 1e4, 3e4, 1e5]


def parse(row):
    codes = codes_of(row["sequence"])
    c = corrected(np.array(row["attribution"], dtype=np.float64).reshape(-1, 4))
    m = np.sqrt((c * c).sum(axis=1))
    known = np.array([code != 4 for code in codes])
    return dict(id=row["id"], group=group_of(row["id"]), codes=codes, c=c, m=m, m_known=m[known],
                dead=not np.any(m[known] > 0))


def attributed(records, o):
    n = np.zeros(4 ** o["k"], dtype=np.int64)
    for r in records:
        if not r["dead"]:
            for b, e in runs_of(r["codes"], r["m"], o["q"], o["buffer"]):
                count_kmers(r["codes"][b : e + 1], o["k"], n)
    return n


def prior_of(records, o, prior):
    of = np.zeros(4 ** o["k"], dtype=np.int64)
    for codes in ([codes_of(text) for text in prior] if isinstance(prior, list) else [r["codes"] for r in records]):
        count_kmers(codes, o["k"], of)
    return of + o["pseudocount"]


def points_of(records, o, cut):
    points = []
    for r in records:
        if r["dead"]:
            continue
        windows = windows_of(r, o)
        at = cut if cut is not None else np.quantile(np.array([w[0] for w in windows]), o["threshold"]["q"])
        points += [w for w in windows if w[0] > at and w[0] > 0]
    return points


def grid_of(points, o):
    grid = np.zeros((63, 32) if o["grid"] == "full" else (31, 31))
    for r, e, _ in points:
        grid[cell_of(e, r, o["grid"], False)] += r ** o["weight"]
    return grid


def terms_of(grid, o):
    p = grid / grid.sum()
    q = symmetric(p) if o["prior"] == "symmetric" else published(p)
    use = (p > 0) & (q > 0)
    if o["cells"] == "interior":
        inside = np.zeros_like(use)
        inside[1:-1, 1:-1] = True
        use &= inside
    return p[use] * np.log(p[use] / q[use])


def jackknife(values):
    g = len(values)
    return math.sqrt((g - 1) / g * sum((v - np.mean(values)) ** 2 for v in values))


def t95(values):
    return float(stats.t.ppf(0.975, len(values) - 1))


def diversity(terms):
    share = np.array([t for t in terms if t > 0])
    share = share / share.sum()
    return float(math.exp(-(share * np.log(share)).sum()))


def best(weights, parts, sizes):
    """The largest over a, its a, its se and what each group deviates by, in proportion to the groups' sizes."""
    a = max(weights, key=lambda a: sum(parts[a]))
    s = parts[a]
    g = len(s)
    if sum(s) <= 0:
        return dict(cv_nats=0, cv_a=None, cv_se_nats=0, cv_deviations=[0] * g)
    u = [x - sum(s) * size / sum(sizes) for x, size in zip(s, sizes)]
    return dict(cv_nats=float(sum(s)), cv_a=a, cv_se_nats=math.sqrt(g / (g - 1) * sum(x * x for x in u)),
                cv_deviations=[float(x) for x in u])


def by_solid_angle(p):
    """The density per solid angle of the 5 x 5 cells around each, times its own, summing to 1."""
    rows, columns = p.shape
    azimuth = [0.1 * i for i in range(rows)] + [2 * math.pi if rows == 63 else math.pi]
    polar = [0.1 * j for j in range(columns)] + [math.pi]
    area = -np.outer(np.diff(azimuth), np.diff(np.cos(polar)))
    q = np.zeros_like(p)
    for i in range(rows):
        for j in range(columns):
            cells = [((i + a) % rows, j + b) for a in range(-2, 3) for b in range(-2, 3) if 0 <= j + b < columns]
            q[i, j] = sum(p[c] for c in cells) / sum(area[c] for c in cells) * area[i, j]
    return q / q.sum()


def complement(x, k):
    text = np.base_repr(x, 4).zfill(k)
    return int("".join(str(3 - int(digit)) for digit in reversed(text)), 4)


def kmer_errors(records, groups, o, prior):
    n, w = attributed(records, o), prior_of(records, o, prior)
    p, q = n / n.sum(), w / w.sum()
    own = prior == "population"
    left = []
    for g in groups:
        rest = [r for r in records if r["group"] != g]
        m = attributed(rest, o)
        v = prior_of(rest, o, prior) if own else w
        left.append(kl(m / m.sum(), v / v.sum()))
    parts = {}
    for a in COUNT_WEIGHTS:
        parts[a] = []
        for g in groups:
            n_g = attributed([r for r in records if r["group"] == g], o)
            r_g = n - n_g
            parts[a].append(float(sum(
                n_g[x] * math.log((r_g[x] + a * q[x]) / ((r_g.sum() + a) * q[x])) for x in np.flatnonzero(n_g)
            ) / n.sum()))
    sizes = [int(attributed([r for r in records if r["group"] == g], o).sum()) for g in groups]
    folded = {}
    for x in range(len(n)):
        key = min(x, complement(x, o["k"]))
        folded[key] = folded.get(key, np.zeros(2)) + np.array([p[x], q[x]])
    rng = np.random.default_rng(1)
    draws = rng.multinomial(int(n.sum()), q, size=20000) / n.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        scored = np.where(draws > 0, draws * np.log(draws / q), 0).sum(axis=1)
    return dict(
        kld_nats=kl(p, q), se_nats=jackknife(left), t95=t95(left), left=left, **best(COUNT_WEIGHTS, parts, sizes),
        diversity=diversity(a * math.log(a / b) for a, b in zip(p, q) if a > 0),
        diversity_folded=diversity(a * math.log(a / b) for a, b in folded.values() if a > 0),
        attributed_kmers=int(n.sum()), cells=int((w > 0).sum()),
        null_nats=float(scored.mean()), null_sd=float(scored.std()),
    )


def angular_errors(records, groups, o):
    cut = None
    if o["threshold"]["kind"] == "global":
        cut = global_cut([w for r in records if not r["dead"] for w in windows_of(r, o)], o["threshold"]["top"])
    points = points_of(records, o, cut)
    grid = grid_of(points, o)
    of = {g: grid_of(points_of([r for r in records if r["group"] == g], o, cut), o) for g in groups}
    left = [float(terms_of(sum(of[h] for h in groups if h != g), o).sum()) for g in groups]
    weights = [r ** o["weight"] for r, _, _ in points]
    effective = sum(weights) ** 2 / sum(w * w for w in weights)
    parts = {}
    for a in DENSITY_WEIGHTS:
        lam = effective / (effective + a)
        parts[a] = []
        for g in groups:
            rest = sum(of[h] for h in groups if h != g)
            p = rest / rest.sum()
            q = np.maximum(by_solid_angle(p), 1e-12)
            share = of[g] / grid.sum()
            use = share > 0
            parts[a].append(float((share[use] * np.log((lam * p[use] + (1 - lam) * q[use]) / q[use])).sum()))
    terms = terms_of(grid, o)
    return dict(kld_nats=float(terms.sum()), se_nats=jackknife(left), t95=t95(left), left=left,
                **best(DENSITY_WEIGHTS, parts, [1] * len(groups)), diversity=diversity(terms), effective_points=float(effective))


def rotated(records, rng):
    """Every corrected vector with its own length and a direction uniform on the sphere of vectors that sum to 0."""
    turned = []
    for r in records:
        g = rng.normal(size=r["c"].shape)
        g -= g.mean(axis=1, keepdims=True)
        turned.append({**r, "c": g / np.linalg.norm(g, axis=1, keepdims=True) * r["m"][:, None]})
    return turned


def rotation_null(records, o, rng, draws=60):
    klds = []
    for _ in range(draws):
        turned = rotated(records, rng)
        cut = None
        if o["threshold"]["kind"] == "global":
            windows = [w for r in turned if not r["dead"] for w in windows_of(r, o)]
            cut = global_cut(windows, o["threshold"]["top"])
        klds.append(float(terms_of(grid_of(points_of(turned, o, cut), o), o).sum()))
    return dict(null_nats=float(np.mean(klds)), null_sd=float(np.std(klds, ddof=1)))


def shift_null(records, o, prior, rng, draws=300):
    w = prior_of(records, o, prior)
    klds = []
    for _ in range(draws):
        n = np.zeros(4 ** o["k"], dtype=np.int64)
        for r in records:
            if r["dead"]:
                continue
            length = len(r["codes"])
            offset = int(rng.integers(1, length))
            for b, e in runs_of(r["codes"], r["m"], o["q"], o["buffer"]):
                count_kmers([r["codes"][(i + offset) % length] for i in range(b, e + 1)], o["k"], n)
        n[w == 0] = 0
        klds.append(kl(n / n.sum(), w / w.sum()))
    return dict(shift_nats=float(np.mean(klds)), shift_sd=float(np.std(klds, ddof=1)))


def motifs(rng, count, length, dull=False):
    """Maps with one word planted and attributed in each, or with bumps anywhere."""
    rows = []
    for i in range(count):
        text = letters(rng, length)
        if dull:
            rows.append(record(i, text, bumps(rng, length, 2)))
            continue
        at = int(rng.integers(2, length - 8))
        text = text[:at] + "GATTACA"[: min(7, length - at)] + text[at + 7 :]
        a = rng.normal(size=(length, 4)) * 0.2
        for j in range(7):
            a[at + j, "ACGT".index(text[at + j])] += 3 + rng.random()
        rows.append(record(i, text, np.round(a, 2)))
    return rows


def poles(rng, count, length):
    """Maps with a word whose vectors point along the polar axis of the grid, one way or the other, or along its last azimuth."""
    rows = []
    for i in range(count):
        text = letters(rng, length)
        at = int(rng.integers(2, length - 8))
        text = text[:at] + "ACCATGA" + text[at + 7 :]
        a = rng.normal(size=(length, 4)) * 0.2
        a[at : at + 7] += np.array([[-4, 4, 0, 0], [4, -4, 0, 0], [2, 2, -4, 0]])[i % 3] + rng.normal(size=4) * 0.4
        rows.append(record(i, text, np.round(a, 5)))
    return rows


def main():
    cases = []

    def case(name, rows, prior="population", **options):
        records = [parse(row) for row in rows]
        groups = sorted({r["group"] for r in records})
        kmer = {**KMER, **options.get("kmer", {})}
        angular = {**CONVENTIONS[options.get("convention", "paper")], **options.get("angular", {})}
        cases.append(dict(
            name=name, prior=prior, options=options, records=rows,
            expected=dict(
                groups=groups,
                kmer={**kmer_errors(records, groups, kmer, prior),
                      **shift_null(records, kmer, prior, np.random.default_rng(2))},
                angular={**angular_errors(records, groups, angular),
                         **rotation_null(records, angular, np.random.default_rng(3))},
            ),
        ))

    rng = np.random.default_rng(5)
    case("a word that recurs", motifs(rng, 24, 30), kmer=dict(k=3))
    case("nothing that recurs", motifs(rng, 20, 30, dull=True), kmer=dict(k=3))
    dead = [record("dead", letters(rng, 30), [[1.5] * 4] * 30), record("dead too", letters(rng, 30), [[0] * 4] * 30)]
    case("dead maps, which fill groups too", motifs(rng, 18, 30) + dead, kmer=dict(k=2, q=0.8))
    case("published, over a global threshold", motifs(rng, 22, 30), kmer=dict(k=2), convention="acme-atac")
    case("a pseudocount", motifs(rng, 20, 30), kmer=dict(k=4, pseudocount=0.5))
    case("a prior of other sequences", motifs(rng, 20, 30), kmer=dict(k=1),
         prior=["ACGTNACCGGTTAAGCTTGCATGCCTAGATCACTGTGACGTATCGA"])
    case("directions along the poles of the grid", poles(rng, 36, 30), kmer=dict(k=2))
    case("directions along the poles of the halved grid", poles(rng, 36, 30), kmer=dict(k=2), convention="acme-synthetic")
    path = Path(__file__).parent / "errors.json"
    path.write_text("[\n" + ",\n".join(json.dumps(one) for one in cases) + "\n]\n")


main()
