import json
import os
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest
from conftest import population, scores_of, text

import attrstream


def command_line(*words):
    """Standard output of the installed command `attrstream`."""
    program = os.path.join(os.path.dirname(sys.executable), "attrstream")
    return subprocess.run([program, *words], check=True, capture_output=True).stdout


def without_provenance(output):
    return {key: value for key, value in json.loads(output).items() if key != "provenance"}


SAMPLES = ["exponential-standard.arrow", "relu-spectral-norm.arrow", "tf-mindi.parquet"]


@pytest.mark.parametrize("name", SAMPLES)
def test_files_score_as_the_command_line_does(name):
    path = attrstream.sample(name)
    assert scores_of(attrstream.score(path)) == without_provenance(command_line("score", path, "--format", "json"))


@pytest.mark.parametrize("name", SAMPLES)
def test_arrays_of_a_sample_score_as_its_file_does(name):
    path = attrstream.sample(name)
    if name.endswith("parquet"):
        import pyarrow.parquet

        table = pyarrow.parquet.read_table(path)
    else:
        table = pa.ipc.open_file(path).read_all()
    axes = (table.schema.metadata or {}).get(b"attrstream.axes", b"L4").decode()
    ids, sequences = table["id"].to_pylist(), table["sequence"].to_pylist()
    rows = np.array(table["attributions"].to_pylist())
    n, length = len(ids), len(sequences[0]) if isinstance(sequences[0], str) else rows.size // len(ids) // 4
    maps = rows.reshape((n, length, 4) if axes == "L4" else (n, 4, length)).astype("float32")
    if not isinstance(sequences[0], str):
        sequences = np.array(sequences).reshape(maps.shape)
    truth = table["truth"] if "truth" in table.column_names else None
    if truth is not None:
        truth = np.array(truth.to_pylist()).reshape(n, length, -1).squeeze(-1) if np.array(
            truth.to_pylist()
        ).size == n * length else np.array(truth.to_pylist()).reshape(maps.shape)
    model = name.split(".")[0]
    ours = scores_of(attrstream.score(maps, sequences, ids=ids, truth=truth, axes=axes, model=model))
    assert ours == scores_of(attrstream.score(path))


@pytest.mark.parametrize("axes", ["L4", "4L"])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_arrays_score_the_same_in_every_form(axes, dtype, arrow_file):
    maps, one_hot = population(1, axes=axes, dtype=dtype)
    expected = scores_of(attrstream.score(arrow_file(maps, one_hot)))
    strings = text(one_hot if axes == "L4" else one_hot.swapaxes(1, 2))
    forms = [
        (maps, one_hot),
        (maps, strings),
        (maps, one_hot.swapaxes(1, 2)),
        (maps, one_hot.astype(bool)),
        (maps, one_hot.astype("float32")),
        (np.asfortranarray(maps), np.array(strings)),
        (maps.astype(maps.dtype.newbyteorder(">")), [word.encode() for word in strings]),
    ]
    for of_maps, sequences in forms:
        assert scores_of(attrstream.score(of_maps, sequences)) == {
            **expected,
            "models": [{**expected["models"][0], "model": "model"}],
        }


def test_iterators_of_batches_of_any_size_score_the_same():
    maps, one_hot = population(2)
    expected = scores_of(attrstream.score(maps, one_hot))
    for size in (1, 7, 64, 120):
        starts = range(0, len(maps), size)
        tuples = ((maps[at : at + size], one_hot[at : at + size]) for at in starts)
        assert scores_of(attrstream.score(tuples)) == expected
        dicts = ({"maps": maps[at : at + size], "sequences": text(one_hot[at : at + size])} for at in starts)
        assert scores_of(attrstream.score(dicts)) == expected


def test_ids_and_truth_reach_the_scores():
    maps, one_hot = population(3)
    truth = (np.abs(maps).sum(2) > 1).astype("uint8")
    ids = [f"site-{row}" for row in range(len(maps))]
    details = attrstream.score(maps, one_hot, ids=ids, truth=truth)["model"].details
    assert details["ids"]["digest"] != attrstream.score(maps, one_hot)["model"].details["ids"]["digest"]
    assert details["truth"]["records"] == len(maps)


def test_models_of_a_dict_are_scored_each():
    maps, one_hot = population(6)
    other, _ = population(7)
    scores = attrstream.score({"a": maps, "b": other}, one_hot)
    assert list(scores) == ["a", "b"]
    assert scores["a"].details == attrstream.score(maps, one_hot, model="a")["a"].details
    with pytest.raises(AttributeError, match="of 2 models"):
        scores.kmer
    assert len(attrstream.compare(scores, statistic="cv")["differences"]) == 2


def test_models_of_one_name_are_not_lost(tmp_path):
    import pyarrow.parquet as parquet

    for seed in (11, 12):
        maps, one_hot = population(seed)
        with attrstream.Writer(tmp_path / f"{seed}.parquet") as writer:
            writer.add(maps, one_hot)
        path = tmp_path / f"{seed}.parquet"
        table = parquet.read_table(path)
        parquet.write_table(table.append_column("model", pa.array(["net"] * len(table))), path)
    with pytest.raises(ValueError, match="same names .net."):
        attrstream.score(tmp_path, model_column="model")


def test_options_reach_the_command_line():
    maps, one_hot = population(8)
    scores = attrstream.score(maps, one_hot, k=4, convention="acme-synthetic", null=["shift"])
    assert scores.kmer.details["options"]["k"] == 4
    with pytest.raises(attrstream.AttrstreamError) as caught:
        attrstream.score(maps, one_hot, no_such_option=1)
    assert (caught.value.code, caught.value.exit_code) == ("usage", 2)


def test_frames_have_the_columns_of_scores_csv(tmp_path):
    pandas = pytest.importorskip("pandas")
    path = attrstream.sample(SAMPLES[0])
    frame = attrstream.score(path).to_frame()
    command_line("score", path, "--out", str(tmp_path))
    table = pandas.read_csv(tmp_path / "scores.csv")
    assert len(frame.columns) > 20
    for column in frame.columns:
        ours, theirs = frame[column][0], table[column][0]
        assert ours == theirs or ours == pytest.approx(theirs, rel=1e-15), column


def test_notebooks_show_a_table_and_reports_are_pages(tmp_path):
    maps, one_hot = population(9)
    scores = attrstream.score(maps, one_hot, model="<b>")
    shown = scores._repr_html_()
    assert "&lt;b&gt;" in shown and f"{scores.kmer.cv:.3f} ± {scores.kmer.cv_se:.3f}" in shown
    scores.report(tmp_path / "report.html")
    assert "<svg" in (tmp_path / "report.html").read_text()
    scores.save(tmp_path / "scores.json")
    assert attrstream.Scores.load(tmp_path / "scores.json").to_dict() == scores.to_dict()


def test_rows_of_pipelines_and_transforms():
    path = attrstream.sample("tf-mindi.parquet")
    rows = attrstream.run("attributed-runs", path)
    assert len(rows) == 682
    runs = attrstream.transform(path, stages="runs").read_all().to_pylist()
    assert [row["sequence"] for row in runs] == [row["sequence"] for row in rows]
    with pytest.raises(attrstream.AttrstreamError):
        attrstream.transform("no-such.parquet", stages="runs").read_all()


def test_select_takes_a_frame():
    pandas = pytest.importorskip("pandas")
    scores = attrstream.score([attrstream.sample(name) for name in SAMPLES[:2]])
    performance = pandas.DataFrame({"model": list(scores), "auroc": [0.989, 0.979]})
    assert [model["model"] for model in attrstream.select(scores, performance=performance, by="auroc")["models"]]


def test_files_are_scored_by_several_workers():
    paths = [attrstream.sample(name) for name in ("exponential-standard.arrow", "relu-spectral-norm.arrow")]
    assert attrstream.score(paths, workers=2).to_dict()["models"] == attrstream.score(paths, workers=1).to_dict()["models"]
