"""Every format comes out as upright RGB, whatever its samples are."""

import hashlib
import io
import subprocess
import sys
import threading

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image

from marrowdesk.core.cell import Box, Place
from marrowdesk.core.errors import ImageReplaced, ImageUnreadable
from marrowdesk.imaging.decode import probe, read_image, read_place
from marrowdesk.imaging.thumbnail import thumbnail

H, W = 24, 40


@pytest.fixture
def picture():
    """Smooth colours with a red corner at the upper left, so that any turn shows."""
    across, down = np.meshgrid(np.linspace(40, 220, W), np.linspace(60, 200, H))
    image = np.dstack([across, down, 255 - across]).astype(np.uint8)
    image[:8, :8] = 250, 10, 10
    return image


def save(path, array, **how):
    Image.fromarray(array).save(path, **how)
    return path


def assert_near(image, expected, within=0):
    assert image.shape == expected.shape
    assert image.dtype == np.uint8
    assert np.abs(image.astype(int) - expected).max() <= within


@pytest.mark.parametrize("ending", ["png", "bmp", "tif", "webp"])
def test_that_lossless_formats_come_out_sample_by_sample(tmp_path, picture, ending):
    how = {"lossless": True} if ending == "webp" else {}
    image = read_image(save(tmp_path / f"a.{ending}", picture, **how))
    assert_near(image, picture)
    assert image.flags.c_contiguous
    assert image.flags.writeable


@pytest.mark.parametrize("how", [{}, {"progressive": True}, {"subsampling": 0}, {"optimize": True}])
def test_that_a_jpeg_comes_out_nearly_as_it_went_in(tmp_path, picture, how):
    picture[:8, :8] = picture[8, 8]
    assert_near(read_image(save(tmp_path / "a.jpg", picture, quality=97, **how)), picture, within=20)


@pytest.mark.parametrize("ending", ["jpg", "png", "bmp", "tif", "webp"])
def test_that_gray_becomes_rgb(tmp_path, ending):
    gray = np.tile(np.linspace(0, 255, W).astype(np.uint8), (H, 1))
    image = read_image(save(tmp_path / f"gray.{ending}", gray))
    assert_near(image, np.dstack([gray] * 3), within=4)


@pytest.mark.parametrize("ending", ["png", "tif", "webp"])
def test_that_transparent_pixels_are_white(tmp_path, picture, ending):
    alpha = np.full((H, W), 255, np.uint8)
    alpha[:, 20:] = 0
    alpha[:, 10:20] = 128
    how = {"lossless": True, "exact": True} if ending == "webp" else {}
    path = save(tmp_path / f"alpha.{ending}", np.dstack([picture, alpha]), **how)
    image = read_image(path)
    assert_near(image[:, :10], picture[:, :10])
    assert_near(image[:, 10:20], np.rint(picture[:, 10:20] * (128 / 255) + 127).astype(np.uint8), within=1)
    assert (image[:, 20:] == 255).all()


@pytest.mark.parametrize("ending", ["png", "bmp", "tif"])
def test_that_a_palette_is_looked_up(tmp_path, ending):
    indices = np.zeros((H, W), np.uint8)
    indices[:, 20:] = 1
    image = Image.frombytes("P", (W, H), indices.tobytes())
    image.putpalette([10, 200, 30, 140, 20, 90])
    image.save(tmp_path / f"palette.{ending}")
    read = read_image(tmp_path / f"palette.{ending}")
    assert tuple(read[0, 0]) == (10, 200, 30)
    assert tuple(read[0, -1]) == (140, 20, 90)


def test_that_a_transparent_palette_colour_is_white(tmp_path):
    image = Image.frombytes("P", (W, H), bytes(W * H))
    image.putpalette([10, 200, 30, 140, 20, 90])
    image.save(tmp_path / "palette.png", transparency=0)
    assert (read_image(tmp_path / "palette.png") == 255).all()


@pytest.mark.parametrize("ending", ["png", "tif"])
def test_that_black_and_white_is_zero_and_255(tmp_path, ending):
    bits = np.zeros((H, W), bool)
    bits[:, 20:] = True
    Image.fromarray(bits).save(tmp_path / f"bits.{ending}")
    image = read_image(tmp_path / f"bits.{ending}")
    assert (image[:, :20] == 0).all()
    assert (image[:, 20:] == 255).all()


def test_that_a_cmyk_jpeg_is_not_inverted(tmp_path):
    Image.new("RGB", (W, H), (200, 60, 120)).convert("CMYK").save(tmp_path / "cmyk.jpg", quality=98)
    assert_near(read_image(tmp_path / "cmyk.jpg"), np.full((H, W, 3), (200, 60, 120)), within=8)


# What a picture looks like when its file says orientation n: the inverse of what has to be done to it.
TURNED = {
    1: lambda image: image,
    2: lambda image: image[:, ::-1],
    3: lambda image: image[::-1, ::-1],
    4: lambda image: image[::-1],
    5: lambda image: image.swapaxes(0, 1),
    6: lambda image: np.rot90(image, 1),
    7: lambda image: image[::-1, ::-1].swapaxes(0, 1),
    8: lambda image: np.rot90(image, -1),
}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tif"])
def test_that_exif_orientation_is_applied(tmp_path, picture, ending, orientation):
    stored = np.ascontiguousarray(TURNED[orientation](picture))
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = save(tmp_path / f"turned.{ending}", stored, exif=exif, quality=98)
    assert_near(read_image(path)[2:6, 2:6], picture[2:6, 2:6], within=25)
    assert read_image(path).shape == picture.shape
    info = probe(path)
    assert (info.width, info.height) == (W, H)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_that_the_orientation_of_a_16_bit_tiff_is_applied(tmp_path, picture, orientation):
    stored = np.ascontiguousarray(TURNED[orientation](picture)).astype(np.uint16) * 257
    path = tmp_path / "turned.tif"
    tifffile.imwrite(path, stored, photometric="rgb", extratags=[(274, "H", 1, orientation, True)])
    assert_near(read_image(path), picture)


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
@pytest.mark.parametrize("write", ["tif", "png"])
def test_that_deep_samples_are_scaled_by_the_bits_the_camera_had(tmp_path, bits, write):
    full = 2**bits - 1
    ramp = np.linspace(0, full, W).round().astype(np.uint16)
    deep = np.dstack([np.tile(ramp, (H, 1)), np.full((H, W), full, np.uint16), np.zeros((H, W), np.uint16)])
    path = tmp_path / f"deep.{write}"
    if write == "tif":
        tifffile.imwrite(path, deep, photometric="rgb")
    else:
        path.write_bytes(cv2.imencode(".png", deep[..., ::-1])[1].tobytes())
    expected = np.rint(deep * (255 / full)).astype(np.uint8)
    assert_near(read_image(path), expected, within=1)


@pytest.mark.parametrize("planar", ["contig", "separate"])
@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_that_planar_and_interleaved_tiff_are_the_same(tmp_path, picture, planar, compression, dtype):
    scale = 257 if dtype == np.uint16 else 1
    stored = picture.astype(dtype) * dtype(scale)
    if planar == "separate":
        stored = np.moveaxis(stored, -1, 0)
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, stored, photometric="rgb", planarconfig=planar, compression=compression)
    assert_near(read_image(path), picture)


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "zstd"])
def test_that_compressed_tiff_is_read(tmp_path, picture, compression):
    picture[:8, :8] = picture[8, 8]
    path = save(tmp_path / "a.tif", picture, compression=compression)
    assert_near(read_image(path), picture, within=20 if compression == "jpeg" else 0)


def test_that_a_16_bit_tiff_with_lzw_is_read(tmp_path, picture):
    deep = picture.astype(np.uint16) * 257
    done, data = cv2.imencode(".tif", deep[..., ::-1], [cv2.IMWRITE_TIFF_COMPRESSION, 5])
    assert done
    (tmp_path / "lzw.tif").write_bytes(data.tobytes())
    assert_near(read_image(tmp_path / "lzw.tif"), picture)


def test_that_a_tiled_tiff_is_read(tmp_path, picture):
    big = np.tile(picture, (4, 4, 1))
    tifffile.imwrite(tmp_path / "tiles.tif", big, photometric="rgb", tile=(32, 32))
    assert_near(read_image(tmp_path / "tiles.tif"), big)


def test_that_white_is_zero_is_inverted(tmp_path, picture):
    gray = picture[..., 0]
    for name, stored in (("a.tif", gray), ("b.tif", gray.astype(np.uint16) * 257)):
        full = np.iinfo(stored.dtype).max
        tifffile.imwrite(tmp_path / name, full - stored, photometric="miniswhite")
        assert_near(read_image(tmp_path / name), np.dstack([gray] * 3))


def test_that_floating_point_from_zero_to_one_is_read(tmp_path, picture):
    tifffile.imwrite(tmp_path / "float.tif", (picture / 255).astype(np.float32), photometric="rgb")
    assert_near(read_image(tmp_path / "float.tif"), picture)


def test_that_measured_values_are_no_picture(tmp_path):
    tifffile.imwrite(tmp_path / "height.tif", np.linspace(-3, 9, H * W).reshape(H, W).astype(np.float32))
    with pytest.raises(ImageUnreadable, match=r"height\.tif.*-3 to 9"):
        read_image(tmp_path / "height.tif")


def test_that_each_page_of_a_tiff_is_read_and_thumbnails_in_it_are_no_pages(tmp_path, picture):
    with tifffile.TiffWriter(tmp_path / "pages.tif") as file:
        for level in (0, 40, 80):
            file.write(picture // 2 + np.uint8(level), photometric="rgb", metadata=None)
            file.write(picture[::4, ::4], photometric="rgb", subfiletype=1, metadata=None)
    info = probe(tmp_path / "pages.tif")
    assert info.pages == 3
    assert info.sizes == ((W, H),) * 3
    assert_near(read_image(tmp_path / "pages.tif", 2), picture // 2 + 80)
    with pytest.raises(ImageUnreadable, match="no page 4"):
        read_image(tmp_path / "pages.tif", 3)


def test_that_the_content_decides_and_not_the_ending(tmp_path, picture):
    save(tmp_path / "really_png.jpg", picture, format="PNG")
    assert_near(read_image(tmp_path / "really_png.jpg"), picture)


def test_that_names_in_other_scripts_are_read(tmp_path, picture):
    for name in ("Knochenmark Müller.png", "骨髓 细胞.png", "клетка №7.png", "نخاع.png"):
        assert_near(read_image(save(tmp_path / name, picture)), picture)


def test_that_a_box_is_cut_out_and_ends_at_the_border(tmp_path, picture):
    path = save(tmp_path / "field.png", picture)
    assert_near(read_place(Place(path, box=Box(5, 3, 10, 12))), picture[3:15, 5:15])
    assert_near(read_place(Place(path, box=Box(-4, -2, 10, 12))), picture[:10, :6])
    assert_near(read_place(Place(path, box=Box(35, 20, 10, 12))), picture[20:, 35:])
    with pytest.raises(ImageUnreadable, match=r"field\.png"):
        read_place(Place(path, box=Box(400, 3, 10, 12)))


def test_that_the_hash_is_that_of_the_file(tmp_path, picture):
    path = save(tmp_path / "a.jpg", picture)
    assert probe(path).sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_that_another_file_under_the_name_of_one_that_was_read_is_refused(tmp_path, picture):
    path = save(tmp_path / "a.png", picture)
    read = bytes.fromhex(probe(path).sha256)
    whole, part = Place(path, sha256=read), Place(path, box=Box(5, 3, 10, 12), sha256=read)
    assert_near(read_place(whole), picture)
    assert_near(read_place(part), picture[3:15, 5:15])
    save(path, picture[::-1])
    for place in (whole, part):
        for look in (read_place, lambda place: thumbnail(place, 16)):
            with pytest.raises(ImageReplaced, match=r"a\.png is not the image that was read"):
                look(place)
    assert_near(read_place(Place(path)), picture[::-1])
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(ImageUnreadable, match="cut off"):
        read_place(whole)


def test_that_a_complete_jpeg_that_ends_in_mid_gray_is_read(tmp_path):
    path = save(tmp_path / "gray.jpg", np.full((H, W, 3), 128, np.uint8))
    assert (read_image(path) == 128).all()
    path = save(tmp_path / "gray_progressive.jpg", np.full((H, W), 128, np.uint8), progressive=True)
    assert (read_image(path) == 128).all()


def test_that_threads_read_the_same_as_one(tmp_path, picture):
    paths = [
        save(tmp_path / f"{at}.{ending}", picture) for at in range(6) for ending in ("jpg", "png", "tif")
    ]
    alone = {path: read_image(path) for path in paths}
    wrong = []

    def work():
        wrong.extend(path for path in paths * 5 if not np.array_equal(read_image(path), alone[path]))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_that_an_odd_but_readable_file_leaves_nothing_on_the_terminal(tmp_path, picture):
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\x40\0rubbish")
    (tmp_path / "odd.jpg").write_bytes(buffer.getvalue()[:-2] + b"\0extra\xff\xd9")
    tifffile.imwrite(
        tmp_path / "odd.tif", picture, extratags=[(65000, "s", 0, "private", True)], datetime=True
    )
    code = (
        "import sys; from pathlib import Path; from marrowdesk.imaging.decode import probe\n"
        "for name in sys.argv[1:]: print(probe(Path(name)).pages)"
    )
    command = [sys.executable, "-c", code, tmp_path / "odd.jpg", tmp_path / "odd.tif"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "1"]
    assert done.stderr == ""
