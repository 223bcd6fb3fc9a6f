import pytest
from conftest import population, scores_of

import attrstream


def parts_of(maps, one_hot, folder, **options):
    """States of three unequal parts, by name."""
    paths = []
    ids = [f"site-{row}" for row in range(len(maps))]
    for number, (start, end) in enumerate([(0, 10), (10, 90), (90, len(maps))]):
        with attrstream.Scorer(part=f"part {number}", **options) as scorer:
            for at in range(start, end, 7):
                rows = slice(at, min(at + 7, end))
                scorer.add(maps[rows], one_hot[rows], ids=ids[rows])
            scorer.save(folder / f"{number}.state")
        paths.append(folder / f"{number}.state")
    return paths


def test_parts_in_any_order_score_as_the_whole(tmp_path):
    maps, one_hot = population(1)
    ids = [f"site-{row}" for row in range(len(maps))]
    expected = scores_of(attrstream.score(maps, one_hot, ids=ids, k=5))
    paths = parts_of(maps, one_hot, tmp_path, k=5)
    for order in (paths, paths[::-1]):
        assert scores_of(attrstream.merge(order)) == expected


def test_a_part_twice_is_an_error(tmp_path):
    paths = parts_of(*population(2), tmp_path)
    with pytest.raises(attrstream.AttrstreamError, match="part 0"):
        attrstream.merge([paths[0], *paths])


def test_the_scores_of_a_part_are_those_of_its_maps(tmp_path):
    maps, one_hot = population(3)
    ids = list(range(len(maps)))
    with attrstream.Scorer(part="all") as scorer:
        scorer.add(maps, one_hot, ids=ids)
        assert scores_of(scorer.result()) == scores_of(attrstream.score(maps, one_hot, ids=ids))


def test_only_parts_are_saved(tmp_path):
    maps, one_hot = population(4)
    with attrstream.Scorer() as scorer:
        scorer.add(maps, one_hot)
        with pytest.raises(ValueError, match="part="):
            scorer.save(tmp_path / "a.state")


def test_states_in_memory_merge_in_a_tree(tmp_path):
    maps, one_hot = population(5)
    ids = [f"site-{row}" for row in range(len(maps))]
    expected = scores_of(attrstream.score(maps, one_hot, ids=ids))
    a, b, c = [
        attrstream.fold(maps[rows], one_hot[rows], ids=ids[rows], part=f"from {rows.start}")
        for rows in (slice(0, 10), slice(10, 90), slice(90, len(maps)))
    ]
    tree = attrstream.merge_states([attrstream.merge_states([c, a]), b])
    assert scores_of(attrstream.merge([tree], expect_parts=3)) == expected
    with pytest.raises(attrstream.AttrstreamError) as twice:
        attrstream.merge_states([tree, a])
    assert twice.value.exit_code == 4
    with pytest.raises(attrstream.AttrstreamError) as missing:
        attrstream.merge([a, b], expect_parts=3)
    assert missing.value.exit_code == 3


def test_tables_of_arrow_score_as_their_file(arrow_file):
    import pyarrow as pa

    maps, one_hot = population(6)
    path = arrow_file(maps, one_hot)
    expected = scores_of(attrstream.score(path, model="model"))
    table = pa.ipc.open_file(path).read_all()
    bare = table.replace_schema_metadata(None)
    for rows, axes in ((table, None), (bare, "L4"), (table.combine_chunks().to_batches()[0], None)):
        assert scores_of(attrstream.score(rows, axes=axes)) == expected
    assert scores_of(attrstream.score(table.to_reader(max_chunksize=50))) == expected
