"""Pictures as files: another program reads the same pixels out of them."""

import io

import numpy as np
import pytest
from PIL import Image

from sim.views import style
from sim.views.png import png_of


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (40, 17)])
def test_other_program_reads_the_same_pixels_and_size(shape):
    pixels = np.random.default_rng(7).integers(0, 256, (*shape, 3), np.uint8)
    read = Image.open(io.BytesIO(png_of(pixels, dpi=200)))
    assert np.array_equal(np.asarray(read), pixels) and read.mode == "RGB"
    assert read.info["dpi"] == pytest.approx((200, 200), rel=1e-4)


def test_picture_is_as_matplotlib_itself_saves_it(tmp_path):
    figure = style.new_figure(2, 1.5)
    figure.add_axes((0.2, 0.2, 0.7, 0.7)).plot([0, 1], [0, 1], color=style.BLUE)
    style.save(figure, tmp_path / "own.png")
    figure.savefig(tmp_path / "theirs.png", dpi=style.DPI)
    own, theirs = (Image.open(tmp_path / name).convert("RGB") for name in ("own.png", "theirs.png"))
    assert np.array_equal(np.asarray(own), np.asarray(theirs))
