"""One serving process at a time, in a directory that it can write."""

import pytest

from service.data_directory import DataDirectoryError, held_by_this_process, make_data_directory


def test_the_directory_is_made_for_its_owner_only(tmp_path):
    directory = make_data_directory(tmp_path / "new" / "data")
    assert directory.path.stat().st_mode & 0o777 == 0o700
    assert list(directory.path.iterdir()) == []


def test_a_directory_that_is_there_is_used_as_it_is(tmp_path):
    (tmp_path / "events.sqlite").touch()
    assert make_data_directory(tmp_path).events.exists()


def test_a_file_in_its_place_is_refused_by_name(tmp_path):
    (tmp_path / "data").touch()
    with pytest.raises(DataDirectoryError, match="data can't be used"):
        make_data_directory(tmp_path / "data")


def test_a_second_process_is_kept_out_until_the_first_has_gone(tmp_path):
    directory = make_data_directory(tmp_path)
    second = held_by_this_process(directory)
    with held_by_this_process(directory), pytest.raises(DataDirectoryError, match="in use"):
        second.__enter__()
    with held_by_this_process(directory):
        assert (tmp_path / "serving.lock").exists()
