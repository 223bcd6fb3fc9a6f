"""Nextflow cannot be installed from an index of packages; the recipe is read by a parser of its language, and not run."""

import pytest
from conftest import ROOT

reftrace = pytest.importorskip("reftrace")


def test_the_recipe_is_read_as_its_processes(tmp_path):
    parsed = reftrace.parse_modules(str(ROOT / "pipelines/nextflow"))
    assert parsed.errors == []
    (module,) = parsed.results
    assert [process.name for process in module.processes] == ["SHARD", "MERGE"]


def test_the_parser_sees_an_error(tmp_path):
    text = (ROOT / "pipelines/nextflow/main.nf").read_text()
    (tmp_path / "main.nf").write_text(text.replace("SHARD.out.collect())", "SHARD.out.collect()"))
    assert reftrace.parse_modules(str(tmp_path)).errors
