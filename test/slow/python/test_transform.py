import numpy as np
import pytest
from conftest import population, text

import attrstream


def runs_of(*maps, **options):
    return attrstream.transform(*maps, stages="runs", **options).read_all().drop_columns("file").to_pylist()


def test_arrays_and_batches_give_the_rows_of_their_file(arrow_file):
    maps, one_hot = population(1)
    ids = [f"site-{row}" for row in range(len(maps))]
    expected = runs_of(arrow_file(maps, one_hot, ids=ids))
    assert len(expected) > 100
    assert runs_of(maps, one_hot, ids=ids) == expected
    starts = range(0, len(maps), 50)
    assert runs_of((maps[at : at + 50], text(one_hot[at : at + 50]), ids[at : at + 50]) for at in starts) == expected


def test_corrected_maps_sum_to_zero_at_every_position():
    maps, one_hot = population(2)
    table = attrstream.transform(maps, one_hot).read_all()
    corrected = np.array(table["attributions"].to_pylist()).reshape(maps.shape)
    np.testing.assert_allclose(corrected, maps - maps.mean(2, keepdims=True), atol=1e-6)


def test_rows_come_before_the_last_maps_are_made():
    maps, one_hot = population(3)
    given = 0

    def endless():
        nonlocal given
        while True:
            given += len(maps)
            yield maps, one_hot

    reader = attrstream.transform(endless(), stages="runs")
    assert sum(next(reader).num_rows for _ in range(3)) > 0
    reader.close()
    assert given < 1_000_000


def test_the_exception_of_an_iterator_comes_out_unchanged():
    class Broken(Exception):
        pass

    maps, one_hot = population(4)

    def batches(count):
        for _ in range(count):
            yield maps, one_hot
        raise Broken("out of memory")

    for count in (0, 1, 200):
        with pytest.raises(Broken, match="^out of memory$"):
            attrstream.transform(batches(count), stages="runs").read_all()


def test_bad_maps_are_an_error_with_their_place():
    maps, one_hot = population(5)
    maps[70, 3, 2] = np.nan
    with pytest.raises(attrstream.AttrstreamError) as caught:
        attrstream.transform(maps, one_hot, stages="runs").read_all()
    assert (caught.value.exit_code, caught.value.row) == (1, 70)
