"""Writes the files of this folder: python make.py (NumPy 2, pysam for bgzip and its indexes)."""
import numpy as np
import pysam

rng = np.random.default_rng(3)
genome = rng.integers(0, 4, (2, 5000))
L, N = 100, 60


def text(bases):
    return "".join("ACGT"[base] for base in bases)


with open("genome.fa", "w") as file:
    for i in range(2):
        file.write(f">chr{i + 1} made up\n")
        for j in range(0, 5000, 60):
            file.write(text(genome[i][j : j + 60]) + "\n")
pysam.faidx("genome.fa")
pysam.tabix_compress("genome.fa", "packed.fa.gz", force=True)
pysam.faidx("packed.fa.gz")

starts, chroms = rng.integers(0, 4800, N), rng.integers(0, 2, N)
sequences = np.array([genome[chroms[r], starts[r] : starts[r] + L] for r in range(N)])
one_hot = np.eye(4, dtype="i1")[sequences].transpose(0, 2, 1)
keep = np.ones(N, bool)
keep[[5, 17]] = False
maps = rng.standard_normal((N, 4, L)).astype("f4")

# As bpnet-lite's attribute writes them.
np.savez_compressed("loci.ohe.npz", one_hot[keep])
np.savez_compressed("loci.attr.npz", maps[keep])
np.save("loci.idx.npy", keep)

np.savez_compressed("flat.npz", flat=maps[keep].reshape(-1, 4 * L))
np.savez_compressed("turned.npz", one_hot=one_hot[keep].transpose(0, 2, 1).astype(bool))
np.savez_compressed("finemo.npz", sequences=one_hot, contributions=maps.astype("f2"),
                    chr=np.array([f"chr{c + 1}" for c in chroms]), start=starts.astype("i4"), peak_id=np.arange(N, dtype="u4"))
np.savez_compressed("projected.npz", sequences=one_hot, contributions=(maps * one_hot).sum(1))
np.savez_compressed("spread.npz", sequences=one_hot, contributions=maps * one_hot)
np.save("square.npy", rng.standard_normal((20, 4, 4)).astype("f4"))
np.save("square.ohe.npy", np.eye(4, dtype="i1")[rng.integers(0, 4, (20, 4))])

with open("regions.bed", "w") as bed, open("shifted.bed", "w") as shifted, open("peaks.narrowPeak", "w") as peaks:
    bed.write("# regions\ntrack name=made-up\n")
    for chrom, start in zip(chroms + 1, starts):
        bed.write(f"chr{chrom}\t{start}\t{start + L}\n")
        shifted.write(f"chr{chrom}\t{start + 1}\t{start + L + 1}\n")
        first = max(0, start - 7)
        peaks.write(f"chr{chrom}\t{first}\t{start + 300}\tpeak\t0\t.\t1\t1\t1\t{start + L // 2 - first}\n")
with open("sequences.fa", "w") as file:
    for r in np.flatnonzero(keep):
        file.write(f">s{r}\n{text(sequences[r][:60])}\n{text(sequences[r][60:])}\n")

# As CREsted writes them, and two files as tf-modisco takes them.
np.savez_compressed("class_contrib.npz", maps[keep].astype("f4"))
np.savez_compressed("class_oh.npz", one_hot[keep])
np.save("shap.npy", maps[keep])

# Sequences by the ids of their regions, in another order, and one that no map is of.
order = np.random.default_rng(5).permutation(np.flatnonzero(keep))
with open("by-id.fa", "w") as file:
    file.write(">chr9:1-5\nACGT\n")
    for r in order:
        file.write(f">chr{chroms[r] + 1}:{starts[r]}-{starts[r] + L}\n{text(sequences[r])}\n")
