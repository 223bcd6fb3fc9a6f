"""The chains of pipelines/etl and pipelines/nightly, by their tools, against NumPy."""

import csv
import io
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from conftest import ROOT, motif_maps, type_block

import attrstream

sys.path.insert(0, str(ROOT / "data-samples"))
import expected

ETL = ROOT / "pipelines/etl"
README = "pipelines/etl/README.md"
NIGHTLY = "pipelines/nightly/README.md"
LENGTH = 120
ENVIRONMENT = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


def run(*words, cwd):
    done = subprocess.run([str(word) for word in words], cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def placed(seed, rows, model="net"):
    """Maps of places on two chromosomes."""
    maps, sequences = motif_maps(np.random.default_rng(seed), rows)
    ids = [f"chr{1 + row % 2}:{1000 * row}-{1000 * row + LENGTH}" for row in range(rows)]
    return {"id": ids, "sequence": sequences, "attributions": list(maps.tolist()), "model": [model] * rows}, maps


def runs_of(maps):
    """Attributed runs (row, start, end) by the reference."""
    return [(row, first, last + 1) for row, runs in enumerate(expected.attributed_runs(maps)) for first, last in runs]


@pytest.fixture
def world(tmp_path):
    columns, maps = placed(1, 80)
    (tmp_path / "maps").mkdir()
    parquet.write_table(pa.table(columns).slice(0, 50), tmp_path / "maps/a.parquet")
    parquet.write_table(pa.table(columns).slice(50), tmp_path / "maps/b.parquet")
    return tmp_path, columns["id"], maps


def by_chromosome(ids, maps):
    sums = defaultdict(lambda: [0, 0])
    for row, start, end in runs_of(maps):
        entry = sums[ids[row].split(":")[0]]
        entry[0] += 1
        entry[1] += end - start
    return {chrom: (runs, bases / runs) for chrom, (runs, bases) in sums.items()}


def test_runs_are_a_table_to_duckdb_and_polars(world):
    folder, ids, maps = world
    duckdb = pytest.importorskip("duckdb")
    pytest.importorskip("polars")
    said = type_block(README, "runs.py", folder)
    sums = by_chromosome(ids, maps)
    connection = duckdb.connect()
    connection.execute(f"set file_search_path = '{folder}'")
    view, *queries = statements(ETL / "runs.sql")
    connection.execute(view)
    first, second = map(connection.sql, queries)
    assert {row[0]: (row[1], pytest.approx(row[3])) for row in first.fetchall()} == sums
    assert second.fetchall()[0][0] == "GATAAG"  # the planted motif
    table = csv.DictReader(io.StringIO(said))
    assert {row["chrom"]: (int(row["runs"]), pytest.approx(float(row["mean_length"]))) for row in table} == sums


def statements(path):
    text = "\n".join(line for line in path.read_text().splitlines() if not line.startswith("--"))
    return [statement for statement in text.split(";") if statement.strip()]


def test_runs_are_counted_in_peaks(world):
    folder, ids, maps = world
    if shutil.which("bedtools") is None:
        pytest.skip("bedtools is not installed")
    peaks = [(row, 20, 70) for row in range(0, len(ids), 3)] + [(row, 60, 90) for row in range(0, len(ids), 6)]
    write_bed(folder / "peaks.bed", ids, peaks)
    write_bed(folder / "regions.bed", ids, [(row, 0, LENGTH) for row in range(len(ids))])
    said = type_block(README, "enrichment.sh", folder)
    inside = np.zeros((len(ids), LENGTH), bool)
    for row, start, end in peaks:
        inside[row, start:end] = True
    runs = np.zeros_like(inside)
    for row, start, end in runs_of(maps):
        runs[row, start:end] = True
    of_runs, of_regions, ratio = [line.split("\t") for line in said.splitlines()[1:]]
    assert of_runs[1:3] == [str(runs.sum()), str((runs & inside).sum())]
    assert of_regions[1:3] == [str(inside.size), str(inside.sum())]
    assert float(ratio[3]) == pytest.approx((runs & inside).sum() / runs.sum() / inside.mean(), rel=1e-4)


def write_bed(path, ids, places):
    with open(path, "w") as file:
        for row, start, end in places:
            chrom, offset = ids[row].split("-")[0].split(":")
            file.write(f"{chrom}\t{int(offset) + start}\t{int(offset) + end}\n")


def test_the_maps_of_the_best_of_30_models_come_out(tmp_path):
    """The worse a model's maps, the larger the noise; one of the two accurate models is the more consistent."""
    noise = np.random.default_rng(5)
    tables, kept = [], {}
    for number in range(30):
        columns, maps = placed(2, 40, f"model-{number:02}")
        maps = maps + noise.normal(0, 0.02 + 0.1 * number, size=maps.shape).astype("float32")
        kept[f"model-{number:02}"] = maps
        tables.append(pa.table({**columns, "attributions": maps.tolist()}))
    parquet.write_table(pa.concat_tables(tables), tmp_path / "models.parquet")
    accuracy = {name: 0.95 if name in ("model-07", "model-21") else 0.8 for name in kept}
    (tmp_path / "performance.csv").write_text("model,auroc\n" + "".join(f"{name},{auroc}\n" for name, auroc in accuracy.items()))
    said = type_block(README, "choose.py", tmp_path)
    assert said.split() == ["model-07"]
    table = parquet.read_table(tmp_path / "chosen.parquet")
    assert table["id"].to_pylist() == placed(2, 40)[0]["id"]
    written = np.array(table["attributions"].to_pylist(), "float32").reshape(40, LENGTH, 4)
    np.testing.assert_array_equal(written, kept["model-07"].astype("float32"))


def test_the_scores_of_the_nights_are_a_table_and_a_figure(world):
    folder, _, _ = world
    pytest.importorskip("polars")
    pytest.importorskip("matplotlib")
    columns, _ = placed(3, 60)
    added = pa.table({**columns, "id": [f"later-{row}" for row in range(60)]})
    script = ROOT / "pipelines/nightly/nightly.sh"
    for night, day in enumerate(("2026-03-01", "2026-03-02", "2026-03-03")):
        if night == 1:
            parquet.write_table(added, folder / "maps/c.parquet")
        run(script, "maps", "scores", "net", cwd=folder)
        (today,) = [path for path in (folder / "scores").glob("????-??-??") if path.name[:7] != "2026-03"]
        today.rename(folder / "scores" / day)
    type_block(NIGHTLY, "over_time.py", folder)
    rows = list(csv.DictReader(open(folder / "history.csv")))
    assert [(row["day"], row["records"]) for row in rows] == [("2026-03-01", "80"), ("2026-03-02", "140"), ("2026-03-03", "140")]
    alone = attrstream.score(folder / "maps", model="net")
    assert float(rows[-1]["kmer_cv_nats"]) == alone.kmer.cv
    assert "<svg" in (folder / "history.svg").read_text()
