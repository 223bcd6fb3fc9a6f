"""What transform writes, opened by pyarrow, pandas, polars and DuckDB, and computed again with NumPy.

    python test/slow/interop/transform.py

Needs numpy, pyarrow, pandas, polars and duckdb, and the compiled command line (npm run build).
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as parquet

ROOT = Path(__file__).resolve().parents[3]
MAIN = ["node", str(ROOT / "dist/cli/main.js")]
SAMPLES = [ROOT / "data-samples" / name for name in ("tf-mindi.parquet", "relu-spectral-norm.parquet")]
LETTERS = np.array(list("ACGTN"))


def transform(*args):
    return subprocess.run([*MAIN, "transform", *map(str, args)], check=True, capture_output=True).stdout


def read_maps(path):
    """ids, base codes (N, L) and maps (N, L, 4) of a sample, read by pyarrow."""
    table = parquet.read_table(path)
    metadata = table.schema.metadata or {}
    channels_first = metadata.get(b"attrstream.axes") == b"4L"
    ids = table["id"].to_pylist()

    def matrices(name):
        values = np.array(table[name].to_pylist(), dtype=np.float64).reshape(len(ids), -1)
        return values.reshape(len(ids), 4, -1).transpose(0, 2, 1) if channels_first else values.reshape(len(ids), -1, 4)

    if pa.types.is_string(table.schema.field("sequence").type):
        codes = np.array([["ACGTN".index(base) for base in text] for text in table["sequence"].to_pylist()])
    else:
        one_hot = matrices("sequence")
        codes = np.where(one_hot.sum(-1) == 0, 4, one_hot.argmax(-1))
    return ids, codes, matrices("attributions")


def runs_of(magnitudes, q=0.9, buffer=2):
    """Half-open spans of attributed runs (method, section 2) and the cut."""
    cut = np.quantile(magnitudes, q)
    length = len(magnitudes)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], magnitudes > cut, [0]]).astype(int)))
    spans = []
    for start, end in edges.reshape(-1, 2):
        end = min(end + buffer, length)
        if spans and start < spans[-1][1]:
            spans[-1][1] = end
        else:
            spans.append([start, end])
    return spans, cut


def expected_rows(paths):
    """Runs and features by NumPy."""
    e1 = np.array([-1, 1, 0, 0]) / np.sqrt(2)
    e2 = np.array([-1, -1, 2, 0]) / np.sqrt(6)
    e3 = np.array([-1, -1, -1, 3]) / np.sqrt(12)
    runs, features = [], []
    for path in paths:
        ids, codes, maps = read_maps(path)
        corrected = maps - maps.mean(-1, keepdims=True)
        for name, bases, map_ in zip(ids, codes, corrected):
            magnitudes = np.linalg.norm(map_, axis=1)
            spans, cut = runs_of(magnitudes)
            for start, end in spans:
                inside = magnitudes[start:end]
                runs.append((name, start, end, "".join(LETTERS[bases[start:end]]), inside.sum(), inside.max(), start + inside.argmax()))
            windows = (map_[:-2] + map_[1:-1] + map_[2:]) / 3 / magnitudes.sum()
            points = windows @ np.stack([e1, e2, e3], axis=1)
            radii = np.linalg.norm(points, axis=1)
            best = radii.argmax()
            x, y, z = points[best]
            kmers = sum(max(0, end - start - 5) for start, end in spans)
            features.append((name, len(bases), magnitudes.sum(), cut, len(spans), kmers, best + 1, radii[best], np.arccos(x / radii[best]), np.arctan2(z, y)))
    return runs, features


RUNS = ["id", "start", "end", "sequence", "magnitude", "peak", "peak_position"]
FEATURES = ["id", "length", "magnitude", "cut", "runs", "attributed_kmers", "strongest", "radius", "theta", "phi"]


def same(found, expected, what):
    """Rows of cells: numbers to 1e-9, all else as it is."""
    assert len(found) == len(expected), f"{what}: {len(found)} rows, expected {len(expected)}"
    for one, other in zip(found, expected):
        for a, b in zip(one, other):
            close = np.isclose(a, b, rtol=1e-9, atol=1e-12) if isinstance(b, (float, np.floating)) else a == b
            assert close, f"{what}: {one}, expected {other}"


def check_rows(folder):
    for stages, columns, expected in zip(("runs", "features"), (RUNS, FEATURES), expected_rows(SAMPLES)):
        files = {ending: folder / f"{stages}.{ending}" for ending in ("parquet", "arrow", "csv", "ndjson")}
        for path in files.values():
            transform(*SAMPLES, "--stages", stages, "-o", path)
        stream = transform(*SAMPLES, "--stages", stages, "-o", "-")
        schema = parquet.read_schema(files["parquet"])
        assert schema.metadata[b"attrstream.schema"] == f"attrstream.{stages}/1".encode()
        readers = {
            "pyarrow, Parquet": parquet.read_table(files["parquet"]).to_pandas(),
            "pyarrow, Arrow": pa.ipc.open_file(files["arrow"]).read_all().to_pandas(),
            "pyarrow, feather": feather.read_table(files["arrow"]).to_pandas(),
            "pyarrow, stream": pa.ipc.open_stream(stream).read_all().to_pandas(),
            "pandas, Parquet": pd.read_parquet(files["parquet"]),
            "pandas, CSV": pd.read_csv(files["csv"]),
            "pandas, JSON lines": pd.read_json(files["ndjson"], lines=True),
            "polars, Parquet": pl.read_parquet(files["parquet"]).to_pandas(),
            "polars, Arrow": pl.read_ipc(files["arrow"]).to_pandas(),
            "polars, CSV": pl.read_csv(files["csv"], infer_schema_length=None).to_pandas(),
            "polars, JSON lines": pl.read_ndjson(files["ndjson"]).to_pandas(),
            "DuckDB, Parquet": duckdb.sql(f"from '{files['parquet']}'").df(),
            "DuckDB, CSV": duckdb.sql(f"from '{files['csv']}'").df(),
            "DuckDB, JSON lines": duckdb.sql(f"from read_json('{files['ndjson']}')").df(),
        }
        for reader, table in readers.items():
            assert list(table.columns) == schema.names, f"{reader}: {list(table.columns)}"
            same(table[columns].values.tolist(), expected, f"{stages} by {reader}")
        print(f"{stages}: {len(expected)} rows, {len(readers)} readers")


def check_maps(folder):
    ids, codes, maps = read_maps(SAMPLES[0])
    corrected = maps - maps.mean(-1, keepdims=True)
    sums = np.linalg.norm(corrected, axis=2).sum(1)[:, None, None]
    normalised = corrected / sums
    windows = np.zeros_like(normalised)
    windows[:, 1:-1] = (normalised[:, :-2] + normalised[:, 1:-1] + normalised[:, 2:]) / 3
    expected = {"raw": maps, "correct": corrected, "correct,normalise": normalised, "normalise,window": windows}
    for stages, values in expected.items():
        for bits, dtype, within in (("--float64", np.float64, 1e-14), (None, np.float32, 1e-6), ("--float16", np.float16, 1e-3)):
            args = [SAMPLES[0], "--stages", stages, *([bits] if bits else [])]
            files = {ending: folder / f"maps.{ending}" for ending in ("parquet", "arrow")}
            for path in files.values():
                transform(*args, "-o", path)
            tables = {
                "pyarrow, Parquet": parquet.read_table(files["parquet"]),
                "pyarrow, Arrow": pa.ipc.open_file(files["arrow"]).read_all(),
                "pyarrow, stream": pa.ipc.open_stream(transform(*args)).read_all(),
            }
            if dtype is not np.float16:  # which neither polars nor DuckDB has in lists of every form
                tables["polars, Parquet"] = pl.read_parquet(files["parquet"]).to_arrow()
                tables["polars, Arrow"] = pl.read_ipc(files["arrow"]).to_arrow()
                tables["pandas, Parquet"] = pa.Table.from_pandas(pd.read_parquet(files["parquet"]))
                tables["DuckDB, Parquet"] = duckdb.sql(f"from '{files['parquet']}'").to_arrow_table()
            for reader, table in tables.items():
                assert table["id"].to_pylist() == ids, reader
                assert table["sequence"].to_pylist() == ["".join(LETTERS[row]) for row in codes], reader
                found = np.array(table["attributions"].to_pylist(), dtype=np.float64).reshape(values.shape)
                scale = np.abs(values).max()
                assert np.abs(found - values).max() <= within * scale, f"{stages} {bits} by {reader}"
    print(f"maps: {', '.join(expected)}, in three precisions")


def check_pipe():
    """Maps written to a pipe by the example of pipelines/pytorch-pipe score as the file that they are from."""
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(ROOT / "pipelines/pytorch-pipe"))
    from maps import write_maps

    ids, codes, maps = read_maps(SAMPLES[0])
    one_hot = np.eye(5)[codes][:, :, :4].transpose(0, 2, 1)
    command = [*MAIN, "score", "-", "--format", "json", "--quiet"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as score:
        parts = (slice(start, start + 8) for start in range(0, len(ids), 8))
        write_maps(((ids[part], one_hot[part], maps.transpose(0, 2, 1)[part]) for part in parts), score.stdin)
        score.stdin.close()
        (found,) = json.load(score.stdout)["models"]
    (expected,) = json.loads(subprocess.run([*MAIN, "score", str(SAMPLES[0]), "--format", "json"], check=True, capture_output=True).stdout)["models"]
    assert found["kmer"] == expected["kmer"], "the k-mer scores of a pipe differ from those of the file"
    assert found["angular"] == expected["angular"], "the angular scores of a pipe differ from those of the file"
    print("pipe: scored as the file")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        check_rows(Path(name))
        check_maps(Path(name))
    check_pipe()
    print(f"pyarrow {pa.__version__}, pandas {pd.__version__}, polars {pl.__version__}, duckdb {duckdb.__version__}: all agree")
    sys.exit(0)
