"""Archives written a file at a time open everywhere, also beyond 4 GB and 65,535 files."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from festival.kit.zipping import Entry, directory, entry_for, local_header


def write(files: list[tuple[str, bytes]]) -> bytes:
    block, entries = b"", list[Entry]()
    for name, content in files:
        entry = entry_for(name, content, len(block))
        block += local_header(entry) + content
        entries.append(entry)
    return block + directory(entries, len(block))


@given(st.dictionaries(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20), st.binary(max_size=200)))
def test_what_goes_in_comes_out(files: dict[str, bytes]) -> None:
    archive = zipfile.ZipFile(io.BytesIO(write(list(files.items()))))
    assert archive.testzip() is None
    assert {name: archive.read(name) for name in archive.namelist()} == files


def test_another_program_opens_it(tmp_path: Path) -> None:
    if not shutil.which("unzip"):
        pytest.skip("no unzip here")
    file = tmp_path / "a.zip"
    file.write_bytes(write([("T01_Abay/ቅጽ.pdf", b"%PDF-1.7"), ("index.html", b"<p>")]))
    done = subprocess.run(["unzip", "-t", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_beyond_4_gb_the_directory_says_so(tmp_path: Path) -> None:
    """A sparse file: the second paper begins after five gigabytes of nothing."""
    far = 5 * 1024**3
    first, second = entry_for("a.pdf", b"one", 0), entry_for("b.pdf", b"two", far)
    file = tmp_path / "large.zip"
    with file.open("wb") as opened:
        opened.write(local_header(first) + b"one")
        opened.seek(far)
        block = local_header(second) + b"two"
        opened.write(block + directory([first, second], far + len(block)))
    with zipfile.ZipFile(file) as archive:
        assert (archive.read("a.pdf"), archive.read("b.pdf")) == (b"one", b"two")


def test_more_files_than_sixteen_bits_count() -> None:
    archive = zipfile.ZipFile(io.BytesIO(write([(f"{number}.txt", b"") for number in range(70_000)])))
    assert len(archive.namelist()) == 70_000


def test_the_same_files_make_the_same_bytes() -> None:
    assert write([("a", b"1"), ("b", b"2")]) == write([("a", b"1"), ("b", b"2")])


def test_one_file_of_4_gb_is_refused() -> None:
    class Huge(bytes):
        def __len__(self) -> int:
            return 2**32

    with pytest.raises(ValueError, match="huge"):
        entry_for("huge", Huge(), 0)
