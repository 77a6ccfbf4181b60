"""What cannot be read is named with a plain reason, and the rest goes on."""

import os
import struct
import tempfile
import zlib
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from marrowdesk.core.cell import Place
from marrowdesk.core.errors import ImageUnreadable
from marrowdesk.imaging.decode import MAX_PIXELS, probe, read_image
from marrowdesk.imaging.scan import Found, scan
from marrowdesk.imaging.thumbnail import thumbnail


@pytest.fixture
def picture():
    noise = np.random.default_rng(7).integers(0, 60, (120, 160, 3))
    return (noise + np.linspace(60, 180, 160)[None, :, None]).astype(np.uint8)


@pytest.fixture
def unprivileged():
    """A folder, and the rights of a person who is not the administrator."""
    administrator = hasattr(os, "geteuid") and os.geteuid() == 0
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o777)
        if administrator:
            os.seteuid(65534)
        try:
            yield Path(name)
        finally:
            if administrator:
                os.seteuid(0)
            for folder, _, _ in os.walk(name):
                os.chmod(folder, 0o777)


def reason_of(path, read=probe):
    with pytest.raises(ImageUnreadable) as caught:
        read(path)
    assert caught.value.message.startswith(path.name)
    assert caught.value.hint
    return caught.value.message


def encoded(picture, ending, **how):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{ending}"
        Image.fromarray(picture).save(path, **how)
        return path.read_bytes()


CUT = [
    ("jpg", {}),
    ("jpg", {"progressive": True}),
    ("png", {}),
    ("bmp", {}),
    ("webp", {}),
    ("webp", {"lossless": True}),
    ("tif", {}),
    ("tif", {"compression": "tiff_lzw"}),
]


@pytest.mark.parametrize(("ending", "how"), CUT)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.97])
def test_that_a_truncated_file_is_called_cut_off(tmp_path, picture, ending, how, share):
    whole = encoded(picture, ending, **how)
    path = tmp_path / f"cut.{ending}"
    path.write_bytes(whole[: int(len(whole) * share)])
    assert "cut off" in reason_of(path)
    reason_of(path, read_image)
    reason_of(path, lambda each: thumbnail(Place(each), 24))


@pytest.mark.parametrize("how", [{}, {"restart_marker_rows": 1}])
def test_that_a_truncated_jpeg_with_an_end_marker_is_not_taken_for_half_gray(tmp_path, picture, how):
    whole = encoded(picture, "jpg", **how)
    for share in (0.4, 0.7, 0.95):
        path = tmp_path / "half.jpg"
        path.write_bytes(whole[: int(len(whole) * share)] + b"\xff\xd9")
        assert "cut off" in reason_of(path)
        assert "cut off" in reason_of(path, lambda each: thumbnail(Place(each), 24))


def test_that_a_jpeg_padded_with_zeros_after_a_broken_copy_is_called_cut_off(tmp_path, picture):
    whole = encoded(picture, "jpg")
    (tmp_path / "holes.jpg").write_bytes(whole[: len(whole) // 2].ljust(len(whole), b"\0"))
    assert "cut off" in reason_of(tmp_path / "holes.jpg")


def test_that_a_truncated_page_condemns_its_tiff(tmp_path, picture):
    path = tmp_path / "pages.tif"
    tifffile.imwrite(path, np.stack([picture] * 3), photometric="rgb", metadata=None)
    path.write_bytes(path.read_bytes()[:-2000])
    assert "cut off" in reason_of(path)
    assert "cut off" in reason_of(path, read_image)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (bytes(4000), "nothing but zeros"),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF document"),
        (b"PK\x03\x04" + bytes(90), "a ZIP archive"),
        (b"GIF89a" + bytes(90), "a GIF image"),
        (b"\0\0\0\x18ftypheic" + bytes(90), "a HEIC image"),
        (bytes(128) + b"DICM" + bytes(90), "a DICOM file"),
        (b"<!DOCTYPE html><html>not found</html>", "a web page"),
        (b"cell,class\n1,BLA\n2,EOS\n", "a text"),
        (b"BM is the department of bone marrow \xe4\xf6", "no image that is read"),
        (bytes.fromhex("bcc60b01e192d16f") + b"\0" * 9, "no image that is read"),
    ],
)
def test_that_a_file_that_is_no_image_is_told_for_what_it_is(tmp_path, content, said):
    path = tmp_path / "named.jpg"
    path.write_bytes(content)
    assert said in reason_of(path)


def huge_png(width, height):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(100_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [9_100, 60_000])
def test_that_a_decompression_bomb_is_refused_before_it_grows(tmp_path, side):
    assert side * side > MAX_PIXELS
    (tmp_path / "bomb.png").write_bytes(huge_png(side, side))
    assert "million pixels" in reason_of(tmp_path / "bomb.png")


def test_that_a_tiff_that_claims_to_be_huge_is_refused(tmp_path):
    page = tifffile.TiffWriter(tmp_path / "huge.tif")
    page.write(np.zeros((16, 16), np.uint16), metadata=None)
    page.close()
    data = (tmp_path / "huge.tif").read_bytes()
    for tag in (256, 257):
        at = data.index(struct.pack("<HH", tag, 4) + struct.pack("<I", 1))
        data = data[: at + 8] + struct.pack("<I", 100_000) + data[at + 12 :]
    (tmp_path / "huge.tif").write_bytes(data)
    assert "million pixels" in reason_of(tmp_path / "huge.tif")


def test_that_missing_files_folders_and_dead_links_are_told_apart(tmp_path):
    (tmp_path / "folder.jpg").mkdir()
    (tmp_path / "dead.jpg").symlink_to(tmp_path / "gone.jpg")
    (tmp_path / "circle.jpg").symlink_to(tmp_path / "circle.jpg")
    assert "not there any more" in reason_of(tmp_path / "gone.jpg")
    assert "is a folder" in reason_of(tmp_path / "folder.jpg")
    assert "something that is not there" in reason_of(tmp_path / "dead.jpg")
    assert "leads back to itself" in reason_of(tmp_path / "circle.jpg")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="only Unix has pipes among files")
def test_that_a_pipe_named_like_an_image_blocks_nobody(tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    assert "a pipe" in reason_of(tmp_path / "pipe.jpg")
    (problem,) = scan([tmp_path])
    assert "a pipe" in problem.reason


@pytest.mark.skipif(os.name == "nt", reason="rights work otherwise on Windows")
def test_that_missing_permission_is_said(unprivileged, picture):
    locked_file, locked_folder = unprivileged / "locked.png", unprivileged / "locked"
    Image.fromarray(picture).save(locked_file)
    locked_file.chmod(0)
    locked_folder.mkdir()
    locked_folder.chmod(0)
    assert "no permission" in reason_of(locked_file)
    found = list(scan([unprivileged]))
    assert [type(each).__name__ for each in found] == ["Unreadable", "Found"]
    assert "no permission" in found[0].reason


def test_that_random_damage_ends_in_an_image_or_in_a_reason_and_never_otherwise(tmp_path, picture):
    rng = np.random.default_rng(11)
    samples = [encoded(picture, ending, **how) for ending, how in CUT]
    deep = tmp_path / "deep.tif"
    tifffile.imwrite(deep, picture.astype(np.uint16) * 200, photometric="rgb", compression="zlib")
    samples.append(deep.read_bytes())
    path = tmp_path / "damaged"
    read, told = 0, []
    for whole in samples:
        for _ in range(40):
            data = np.frombuffer(whole, np.uint8).copy()
            where = rng.integers(0, min(len(data), rng.choice([64, 600, len(data)])), rng.integers(1, 12))
            data[where] = rng.integers(0, 256, len(where))
            path.write_bytes(data.tobytes())
            try:
                read += probe(path).pages > 0
            except ImageUnreadable as error:
                told.append(error.message)
    assert read > 20
    assert len(told) > 20
    assert all(message.startswith("damaged ") for message in told)


def broken_twenty(folder, picture):
    """Write twenty files that cannot be read, each for a reason of its own or in a format of its own."""
    for at, (ending, how) in enumerate(CUT):
        whole = encoded(picture, ending, **how)
        (folder / f"broken_{at:02d}.{ending}").write_bytes(whole[: len(whole) // 2])
    jpeg = encoded(picture, "jpg")
    contents = [
        b"", b"\0" * 500, b"not an image at all", b"%PDF-1.4", b"GIF89a" + bytes(50), jpeg[:3], jpeg[:20],
        jpeg[: len(jpeg) // 2] + b"\xff\xd9", huge_png(40_000, 40_000), encoded(picture, "png")[:8],
        b"II*\0" + bytes(40), b"RIFF\x10\0\0\0WEBPVP8 ",
    ]  # fmt: skip
    for at, content in enumerate(contents, start=len(CUT)):
        (folder / f"broken_{at:02d}.jpg").write_bytes(content)


def test_that_twenty_broken_files_are_listed_and_all_good_ones_are_read(tmp_path, picture):
    for at in range(50):
        Image.fromarray(picture).save(tmp_path / f"cell_{at}.{('jpg', 'png', 'tif')[at % 3]}")
    broken_twenty(tmp_path, picture)
    good, broken = [], {}
    for found in scan([tmp_path]):
        assert isinstance(found, Found)
        try:
            probe(found.path)
        except ImageUnreadable as error:
            broken[found.path.name] = error.message
        else:
            good.append(found.path.name)
    assert len(good) == 50
    assert len(broken) == 20
    assert all(name.startswith("broken_") and name in message for name, message in broken.items())
