"""Both metrics of convention `paper` in vectorised NumPy, on the first maps of an Arrow file: `numpy_peer.py FILE [MAPS]`.

What a careful user would write: whole batches at a time, no loop over positions. Prints the time per position, from reading
to both KLDs, as JSON.
"""

import json
import sys
import time

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


def score(batches):
    counts = np.zeros(4**K)
    prior = np.zeros(4**K)
    grid = np.zeros((63, 32))
    positions = 0
    for batch in batches:
        rows = batch.num_rows
        values = batch["attributions"].flatten().to_numpy()
        length = len(values) // (4 * rows)
        letters = np.frombuffer(batch["sequence"].buffers()[2], dtype=np.uint8, count=rows * length)
        codes = CODES[letters.reshape(rows, length)]
        maps = values.reshape(rows, length, 4).astype(np.float64)
        maps -= maps.mean(axis=2, keepdims=True)
        magnitude = np.sqrt((maps**2).sum(axis=2))
        mask = magnitude > np.quantile(magnitude, Q, axis=1, keepdims=True)
        index = kmers(codes)
        prior += np.bincount(index.ravel(), minlength=4**K)
        counts += np.bincount(index[inside_runs(mask)], minlength=4**K)
        maps /= magnitude.sum(axis=1)[:, None, None]
        projected = maps @ AXES
        means = (projected[:, :-2] + projected[:, 1:-1] + projected[:, 2:]) / WINDOW
        radius = np.sqrt((means**2).sum(axis=2))
        keep = radius > np.quantile(radius, Q, axis=1, keepdims=True)
        points, radius = means[keep], radius[keep]
        theta = np.arccos(np.clip(points[:, 0] / radius, -1, 1))
        phi = np.arctan2(points[:, 2], points[:, 1]) + np.pi
        row = np.minimum((phi / 0.1).astype(int), 62)
        column = np.minimum((theta / 0.1).astype(int), 31)
        np.add.at(grid, (row, column), radius**2)
        positions += rows * length
    p, q = counts / counts.sum(), prior / prior.sum()
    on = p > 0
    kmer = (p[on] * np.log(p[on] / q[on])).sum()
    p = grid / grid.sum()
    padded = np.pad(np.pad(p, ((2, 2), (0, 0)), mode="wrap"), ((0, 0), (2, 2)))
    here = np.pad(np.ones_like(p), ((0, 0), (2, 2)))
    total = sum(padded[i : i + 63, j : j + 32] for i in range(5) for j in range(5))
    cells = 5 * sum(here[:, j : j + 32] for j in range(5))
    q = total / cells
    q /= q.sum()
    on = (p > 0) & (q > 0)
    angular = (p[on] * np.log(p[on] / q[on])).sum()
    return positions, float(kmer), float(angular), int(counts.sum())


def main():
    path = sys.argv[1]
    maps = int(sys.argv[2]) if len(sys.argv) > 2 else 2048
    started = time.perf_counter()
    reader = pa.ipc.open_file(pa.memory_map(path))
    batches = []
    records = 0
    for i in range(reader.num_record_batches):
        if records >= maps:
            break
        batches.append(reader.get_batch(i))
        records += batches[-1].num_rows
    positions, kmer, angular, attributed = score(batches)
    seconds = time.perf_counter() - started
    print(
        json.dumps(
            {
                "numpy": np.__version__,
                "records": records,
                "positions": positions,
                "seconds": seconds,
                "nsPerPosition": seconds * 1e9 / positions,
                "kmer_kld_nats": kmer,
                "angular_kld_nats": angular,
                "attributed_kmers": attributed,
            }
        )
    )


if __name__ == "__main__":
    main()
