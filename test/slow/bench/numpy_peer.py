"""Both metrics of convention `paper` in vectorised NumPy, on an Arrow file of maps of one length: `numpy_peer.py FILE [--nulls]`.

What a careful user would write: whole batches at a time, no loop over positions, doubles as attrstream has them. With
--nulls also what noise scores, as attrstream does by default: one rotation null, and the multinomial one for k-mers. There
are no groups of records, and so no standard errors and no cross-validated scores. Prints the scores and the time, from
opening the file to the scores and without the start of Python, as JSON.
"""

import json
import os
import sys
import time

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # one core against one worker

import numpy as np
import pyarrow as pa

K, Q, BUFFER, WINDOW = 6, 0.9, 2, 3
E1 = np.array([-1, 1, 0, 0]) / np.sqrt(2)
E2 = np.array([-1, -1, 2, 0]) / np.sqrt(6)
E3 = np.array([-1, -1, -1, 3]) / np.sqrt(12)
AXES = np.array([E1, E2, E3]).T
CODES = np.zeros(256, dtype=np.int64)
CODES[[ord(letter) for letter in "ACGT"]] = range(4)


def kmers(codes):
    index = codes[:, : codes.shape[1] - K + 1].copy()
    for j in range(1, K):
        index = index * 4 + codes[:, j : codes.shape[1] - K + 1 + j]
    return index


def inside_runs(mask):
    """Where k-mers start that lie in one run: 3' ends extended, overlaps merged, runs that touch kept apart."""
    grown = mask.copy()
    starts = mask.copy()
    for j in range(1, BUFFER + 1):
        grown[:, j:] |= mask[:, :-j]
        starts[:, j:] &= ~mask[:, :-j]
    label = np.cumsum(starts, axis=1)
    label[~grown] = 0
    width = mask.shape[1] - K + 1
    whole = label[:, :width] > 0
    for j in range(1, K):
        whole &= label[:, j : width + j] == label[:, :width]
    return whole


def directions(rng, shape):
    """Uniform on the sphere: a third coordinate uniform in [-1, 1] and an angle about it."""
    height = 2 * rng.random(shape) - 1
    angle = 2 * np.pi * rng.random(shape)
    radius = np.sqrt(1 - height**2)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle), height], axis=2)


def add_points(grid, projected):
    """Adds the windows above their map's quantile to the grid, each its squared radius."""
    means = (projected[:, :-2] + projected[:, 1:-1] + projected[:, 2:]) / WINDOW
    radius = np.sqrt(np.einsum("nic,nic->ni", means, means))
    keep = radius > np.quantile(radius, Q, axis=1, keepdims=True)
    points, radius = means[keep], radius[keep]
    theta = np.arccos(np.clip(points[:, 0] / radius, -1, 1))
    phi = np.arctan2(points[:, 2], points[:, 1]) + np.pi
    row = np.minimum((phi / 0.1).astype(int), 62)
    column = np.minimum((theta / 0.1).astype(int), 31)
    grid += np.bincount(32 * row + column, weights=radius**2, minlength=grid.size).reshape(grid.shape)


def divergence(p, q):
    p = p / p.sum()
    on = (p > 0) & (q > 0)
    return float((p[on] * np.log(p[on] / q[on])).sum())


def angular_kld(grid):
    p = grid / grid.sum()
    padded = np.pad(np.pad(p, ((2, 2), (0, 0)), mode="wrap"), ((0, 0), (2, 2)))
    here = np.pad(np.ones_like(p), ((0, 0), (2, 2)))
    total = sum(padded[i : i + 63, j : j + 32] for i in range(5) for j in range(5))
    cells = 5 * sum(here[:, j : j + 32] for j in range(5))
    q = total / cells
    return divergence(p, q / q.sum())


def multinomial_null(rng, n, q):
    """Mean of 64 draws of the same number of k-mers from the prior, or its closed form where there are many."""
    if n > 50 * len(q):
        return (np.count_nonzero(q) - 1) / (2 * n)
    return np.mean([divergence(draw, q) for draw in rng.multinomial(n, q, size=64)])


def score(batches, nulls):
    rng = np.random.default_rng(0)
    counts = np.zeros(4**K, dtype=np.int64)
    prior = np.zeros(4**K, dtype=np.int64)
    grid = np.zeros((63, 32))
    rotated = np.zeros((63, 32))
    positions = 0
    for batch in batches:
        rows = batch.num_rows
        values = batch["attributions"].flatten().to_numpy()
        length = len(values) // (4 * rows)
        letters = np.frombuffer(batch["sequence"].buffers()[2], dtype=np.uint8, count=rows * length)
        codes = CODES[letters.reshape(rows, length)]
        maps = values.reshape(rows, length, 4).astype(np.float64)
        maps -= maps.mean(axis=2, keepdims=True)
        magnitude = np.sqrt(np.einsum("nib,nib->ni", maps, maps))
        mask = magnitude > np.quantile(magnitude, Q, axis=1, keepdims=True)
        index = kmers(codes)
        prior += np.bincount(index.ravel(), minlength=4**K)
        counts += np.bincount(index[inside_runs(mask)], minlength=4**K)
        scale = magnitude.sum(axis=1)[:, None]
        add_points(grid, (maps.reshape(-1, 4) @ AXES).reshape(rows, length, 3) / scale[:, :, None])
        if nulls:
            add_points(rotated, directions(rng, (rows, length)) * (magnitude / scale)[:, :, None])
        positions += rows * length
    q = prior / prior.sum()
    found = {
        "positions": positions,
        "kmer_kld_nats": divergence(counts, q),
        "angular_kld_nats": angular_kld(grid),
        "attributed_kmers": int(counts.sum()),
    }
    if nulls:
        found["kmer_null_nats"] = float(multinomial_null(rng, counts.sum(), q))
        found["angular_null_nats"] = angular_kld(rotated)
    return found


def main():
    path = sys.argv[1]
    nulls = "--nulls" in sys.argv[2:]
    started = time.perf_counter()
    cpu_started = time.process_time()
    reader = pa.ipc.open_file(pa.memory_map(path))
    batches = (reader.get_batch(i) for i in range(reader.num_record_batches))
    found = score(batches, nulls)
    found["cpuSeconds"] = time.process_time() - cpu_started
    found["seconds"] = time.perf_counter() - started
    print(json.dumps({"numpy": np.__version__, **found}))


if __name__ == "__main__":
    main()
