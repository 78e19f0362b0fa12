"""Data directories: one process in each, and files that appear whole."""

import json

import pytest

from app.data_dir import locked, present_while_running, write_atomically
from app.settings import BadSettings


def test_a_directory_is_kept_to_one_process_until_it_ends(tmp_path):
    refused = pytest.raises(BadSettings, match="--data: another process uses")
    with locked(tmp_path / "data"), refused, locked(tmp_path / "data"):
        pass
    with locked(tmp_path / "data"):
        assert (tmp_path / "data").is_dir()


@pytest.mark.parametrize("below", ["", "below"])
def test_a_file_is_no_data_directory(tmp_path, below):
    (tmp_path / "file").touch()
    with pytest.raises(BadSettings, match=r"--data: .*file"), locked(tmp_path / "file" / below):
        pass


def test_what_scripts_wait_for_is_there_only_while_it_is_true(tmp_path):
    file = tmp_path / "demo.json"
    file.write_text("left by a killed process")
    with present_while_running(file):
        assert not file.exists()
        write_atomically(file, {"url": "x"})
        assert json.loads(file.read_text()) == {"url": "x"}
    assert list(tmp_path.iterdir()) == []
