"""Difference of the k-mer KLDs of two models over the same sequences, with its paired jackknife error, and a bootstrap over
records beside it, by NumPy from the text of method.md sections 2 and 6.

    python paired.py ../fixtures/synthetic/        (numpy)
"""

import sys

import numpy as np

F = sys.argv[1]
oh = np.load(F + "sequences.npz")["one_hot"]
codes = oh.argmax(-1)
N, L = codes.shape
k = 6
kid = np.zeros((N, L - k + 1), int)
for j in range(k):
    kid = kid * 4 + codes[:, j : L - k + 1 + j]


def counts(model):
    a = np.load(F + f"maps/{model}.npz")["attributions"].astype(float)
    c = a - a.mean(-1, keepdims=True)
    m = np.sqrt((c**2).sum(-1))
    C = np.zeros((N, 4096))
    for n in range(N):
        pos = np.flatnonzero(m[n] > np.quantile(m[n], 0.9))
        runs = []
        for p in np.split(pos, np.flatnonzero(np.diff(pos) > 1) + 1):
            if len(p) == 0:
                continue
            b, e = p[0], min(p[-1] + 2, L - 1)
            if runs and b <= runs[-1][1]:
                runs[-1][1] = e
            else:
                runs.append([b, e])
        for b, e in runs:
            for i in range(b, e - k + 2):
                C[n, kid[n, i]] += 1
    return C


Q = np.zeros((N, 4096))
for n in range(N):
    np.add.at(Q[n], kid[n], 1)


def kld(P, Q):
    P = P / P.sum()
    Q = Q / Q.sum()
    i = P > 0
    return (P[i] * np.log(P[i] / Q[i])).sum()


def fnv(s):
    h = 0x811C9DC5
    for b in s.encode():
        h = ((h ^ b) * 0x01000193) & 0xFFFFFFFF
    return h


def mix(h):
    h ^= h >> 16
    h = h * 0x85EBCA6B & 0xFFFFFFFF
    h ^= h >> 13
    h = h * 0xC2B2AE35 & 0xFFFFFFFF
    return h ^ (h >> 16)


g = np.array([mix(fnv(str(n))) % 64 for n in range(N)])
A, B = counts("exponential_bn_standard_s0"), counts("relu_bn_spectral-norm_s0")
full = kld(A.sum(0), Q.sum(0)) - kld(B.sum(0), Q.sum(0))
T = []
for G in range(64):
    r = g != G
    T.append(kld(A[r].sum(0), Q[r].sum(0)) - kld(B[r].sum(0), Q[r].sum(0)))
T = np.array(T)
print("difference", full, "paired jackknife se", np.sqrt(63 / 64 * ((T - T.mean()) ** 2).sum()))
rng = np.random.default_rng(0)
D = []
for _ in range(300):
    w = np.bincount(rng.integers(0, N, N), minlength=N)
    q = w @ Q
    D.append(kld(w @ A, q) - kld(w @ B, q))
print("bootstrap over records, paired", np.std(D, ddof=1))
