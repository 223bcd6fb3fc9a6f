"""Arrays of the libraries that make maps, and of those that keep them: each scores as its numbers in NumPy do."""

import numpy as np
import pytest
from conftest import population, scores_of

import attrstream


@pytest.fixture(params=["L4", "4L"])
def numbers(request):
    """Maps and one-hot sequences, in memory of their own, and their scores."""
    maps, one_hot = (array.copy() for array in population(4, axes=request.param))
    return maps, one_hot, scores_of(attrstream.score(maps, one_hot))


def test_tensors_of_torch(numbers):
    torch = pytest.importorskip("torch")
    maps, one_hot, expected = numbers
    tensor, sequences = torch.from_numpy(maps).requires_grad_(), torch.from_numpy(one_hot)
    assert scores_of(attrstream.score(tensor, sequences)) == expected
    half = scores_of(attrstream.score(maps.astype("float16"), one_hot))
    assert scores_of(attrstream.score(tensor.half(), sequences)) == half
    rounded = tensor.bfloat16()
    of_numpy = attrstream.score(rounded.detach().float().numpy(), one_hot)
    assert scores_of(attrstream.score(rounded, sequences)) == scores_of(of_numpy)


def test_arrays_of_jax(numbers):
    jnp = pytest.importorskip("jax.numpy")
    maps, one_hot, expected = numbers
    assert scores_of(attrstream.score(jnp.asarray(maps), jnp.asarray(one_hot))) == expected
    rounded = jnp.asarray(maps, dtype=jnp.bfloat16)
    of_numpy = attrstream.score(np.asarray(rounded, dtype="float32"), one_hot)
    assert scores_of(attrstream.score(rounded, one_hot)) == scores_of(of_numpy)


def test_tensors_of_tensorflow(numbers):
    tensorflow = pytest.importorskip("tensorflow")
    maps, one_hot, expected = numbers
    tensor, sequences = tensorflow.constant(maps), tensorflow.constant(one_hot)
    assert scores_of(attrstream.score(tensor, sequences)) == expected
    assert scores_of(attrstream.score(tensorflow.Variable(tensor), sequences)) == expected
    half = scores_of(attrstream.score(maps.astype("float16"), one_hot))
    assert scores_of(attrstream.score(tensorflow.cast(tensor, "float16"), sequences)) == half


def test_datasets_of_h5py(numbers, tmp_path):
    h5py = pytest.importorskip("h5py")
    maps, one_hot, expected = numbers
    with h5py.File(tmp_path / "maps.h5", "w") as file:
        of_maps = file.create_dataset("m", data=maps, chunks=(10, *maps.shape[1:]))
        assert scores_of(attrstream.score(of_maps, file.create_dataset("s", data=one_hot))) == expected


def test_arrays_of_zarr(numbers, tmp_path):
    zarr = pytest.importorskip("zarr")
    maps, one_hot, expected = numbers
    group = zarr.open_group(tmp_path / "maps.zarr", mode="w")
    of_maps = group.create_array("m", data=maps, chunks=(50, *maps.shape[1:]))
    assert scores_of(attrstream.score(of_maps, group.create_array("s", data=one_hot))) == expected


def test_batches_of_one_library_and_of_another(numbers):
    torch = pytest.importorskip("torch")
    maps, one_hot, expected = numbers
    batches = ((torch.from_numpy(maps[at : at + 50]), one_hot[at : at + 50]) for at in range(0, len(maps), 50))
    assert scores_of(attrstream.score(batches)) == expected
