"""Runs the dump functions of docs/dumping.md with small stand-in models, and scores what they wrote.

    python test/slow/interop/dump_recipes.py [captum] [tangermeme] [tensorflow]

needs `npm run build` first, numpy and pyarrow, and torch and captum, torch and tangermeme, or tensorflow-cpu: by default those
recipes run whose libraries are installed, and what does not run is said. The maps that attrstream reads are compared with
gradients taken without the dump function; the scores are compared with data-samples/expected.py.
"""

import importlib.util
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "data-samples"))

RECORDS, LENGTH, BATCH = 96, 120, 40
NEEDS = {"captum": ["torch", "captum"], "tangermeme": ["torch", "tangermeme"], "tensorflow": ["tensorflow"]}


def from_guide(name):
    """The function of that name, as the guide prints it."""
    blocks = re.findall(r"^```python\n(.*?)^```$", (ROOT / "docs/dumping.md").read_text(), re.M | re.S)
    (block,) = [block for block in blocks if f"def {name}(" in block]
    names = {}
    exec(compile(block, f"docs/dumping.md: {name}", "exec"), names)
    return names[name]


def sequences():
    """Random sequences, half of them with a motif, as text and as one-hot (n, 4, L)."""
    random = np.random.default_rng(1)
    codes = random.integers(0, 4, (RECORDS, LENGTH))
    codes[::2, 50:58] = [3, 2, 0, 1, 2, 3, 1, 0]
    texts = ["".join("ACGT"[code] for code in row) for row in codes]
    return texts, np.eye(4, dtype=np.float32)[codes].transpose(0, 2, 1)


def batches(texts, one_hot, convert):
    for start in range(0, RECORDS, BATCH):
        part = slice(start, start + BATCH)
        ids = [f"chr1:{1000 * row}-{1000 * row + LENGTH}" for row in range(RECORDS)[part]]
        yield ids, texts[part], convert(one_hot[part])


def torch_model():
    import torch

    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Conv1d(4, 16, 9, padding=4),
        torch.nn.ReLU(),
        torch.nn.AdaptiveMaxPool1d(8),
        torch.nn.Flatten(),
        torch.nn.Linear(128, 1),
    ).eval()


def run_captum(path, texts, one_hot):
    import torch

    model = torch_model()
    from_guide("dump_captum")(path, model, batches(texts, one_hot, torch.tensor))
    x = torch.tensor(one_hot, requires_grad=True)
    model(x).sum().backward()
    return x.grad.numpy().transpose(0, 2, 1)


def run_tangermeme(path, texts, one_hot):
    import torch
    from tangermeme.deep_lift_shap import deep_lift_shap

    # Its rules know torch.nn.MaxPool1d, not the adaptive one.
    torch.manual_seed(0)
    model = torch.nn.Sequential(
        torch.nn.Conv1d(4, 16, 9, padding=4),
        torch.nn.ReLU(),
        torch.nn.MaxPool1d(LENGTH // 8),
        torch.nn.Flatten(),
        torch.nn.Linear(128, 1),
    ).eval()
    from_guide("dump_tangermeme")(path, model, batches(texts, one_hot, torch.tensor))
    maps = [
        deep_lift_shap(model, x, hypothetical=True, random_state=0).numpy()
        for _, _, x in batches(texts, one_hot, torch.tensor)
    ]
    return np.concatenate(maps).transpose(0, 2, 1)


def run_tensorflow(path, texts, one_hot):
    import tensorflow as tf

    tf.keras.utils.set_random_seed(0)
    model = tf.keras.Sequential(
        [
            tf.keras.Input((LENGTH, 4)),
            tf.keras.layers.Conv1D(16, 9, padding="same", activation="relu"),
            tf.keras.layers.MaxPool1D(LENGTH // 8),
            tf.keras.layers.Flatten(),
            tf.keras.layers.Dense(1),
        ]
    )
    from_guide("dump_tensorflow")(path, model, batches(texts, one_hot.transpose(0, 2, 1), lambda x: x))
    x = tf.convert_to_tensor(one_hot.transpose(0, 2, 1))
    with tf.GradientTape() as tape:
        tape.watch(x)
        output = tf.reduce_sum(model(x))
    return tape.gradient(output, x).numpy()


def score(path):
    main = ROOT / "dist" / "cli" / "main.js"
    done = subprocess.run(["node", main, "score", path, "--format", "json"], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{path.name}: exit {done.returncode}: {done.stderr}")
    print("  stderr:", done.stderr.strip() or "nothing")
    (model,) = json.loads(done.stdout)["models"]
    return model


def verify(name, path, maps, texts):
    import expected

    codes = [expected.codes_of(text) for text in texts]
    counts, runs = expected.attributed_kmers(maps, codes)
    groups = [expected.group_of(str(row)) for row in range(len(maps))]
    angular = expected.angular(maps, groups, **expected.CONVENTIONS["paper"])
    found = score(path)
    # The gradients of one big batch and of several small ones may differ in the last bits of float32.
    assert found["records"] == RECORDS and found["positions"] == RECORDS * LENGTH
    assert found["projectedMaps"] == 0 and found["deadMaps"] == 0
    assert abs(found["kmer"]["attributed_kmers"] - counts.sum()) <= 2
    assert found["angular"]["points"] == angular["points"]
    assert np.isclose(found["kmer"]["kld_nats"], expected.kld(counts, expected.count_kmers(codes, 6)), rtol=1e-2)
    assert np.isclose(found["angular"]["kld_nats"], angular["kld_nats"], rtol=1e-3)
    kmer, points = found["kmer"], found["angular"]
    print(f"{name}: k-mer {kmer['kld_nats']:.4f}, angular {points['kld_nats']:.4f} nats, as expected")


def main():
    wanted = sys.argv[1:] or list(NEEDS)
    texts, one_hot = sequences()
    left_out = []
    with tempfile.TemporaryDirectory() as folder:
        for name in wanted:
            missing = [module for module in NEEDS[name] if importlib.util.find_spec(module) is None]
            if missing:
                print(f"SKIPPED: {name}: {' and '.join(missing)} not installed")
                left_out.append(name)
                continue
            path = Path(folder) / f"{name}.{'parquet' if name == 'tangermeme' else 'arrow'}"
            maps = globals()[f"run_{name}"](path, texts, one_hot)
            verify(name, path, maps, texts)
    if sys.argv[1:] and left_out:
        sys.exit(f"asked for and not run: {', '.join(left_out)}")


if __name__ == "__main__":
    main()
