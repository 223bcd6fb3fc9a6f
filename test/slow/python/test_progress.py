import sys

import pytest
from conftest import population

import attrstream


def test_a_bar_counts_maps(capsys):
    pytest.importorskip("tqdm")
    maps, one_hot = population(1)
    attrstream.score(maps, one_hot, progress=True)
    assert "120/120" in capsys.readouterr().err
    attrstream.score(((maps, one_hot) for _ in range(2)), progress=True)
    assert "240 maps" in capsys.readouterr().err


def test_a_bar_counts_bytes_of_files(capsys):
    pytest.importorskip("tqdm")
    attrstream.score(attrstream.sample("exponential-standard.arrow"), progress=True)
    assert "100%" in capsys.readouterr().err


def test_only_terminals_have_a_bar_unasked(capsys, monkeypatch):
    pytest.importorskip("tqdm")
    maps, one_hot = population(2)
    attrstream.score(maps, one_hot)
    assert "%" not in capsys.readouterr().err
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    attrstream.score(maps, one_hot)
    assert "100%" in capsys.readouterr().err
    attrstream.score(maps, one_hot, progress=False)
    assert "%" not in capsys.readouterr().err


def test_without_tqdm_there_is_none(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    maps, one_hot = population(3)
    attrstream.score(maps, one_hot)
    assert "%" not in capsys.readouterr().err
    with pytest.raises(ImportError):
        attrstream.score(maps, one_hot, progress=True)
