"""Pictures inside a page: fewer colours and fewer pixels, until all of them together are small enough."""

import base64
import io
from pathlib import Path

import numpy as np
from matplotlib.colors import to_rgb
from PIL import Image

from sim.views import style

WIDTHS = (2000, 1600, 1200, 900, 600, 300)  # pixels: the first with which all pictures are small enough
MOST_BYTES = 2_700_000  # of all pictures, before base64 makes four letters of three bytes
COLOURS, CELLS = 256, 2**15  # what a palette holds; cells of similar colours
KEPT = (style.BLACK, style.ORANGE, style.SKY, style.GREEN, style.YELLOW, style.BLUE, style.VERMILION, style.PURPLE)


def embedded(paths: list[Path]) -> list[str]:
    """Return pictures as the addresses of images in a page, `data:image/png;base64,...`."""
    for width in WIDTHS:
        found = [shrunk(path, width) for path in paths]
        if sum(map(len, found)) <= MOST_BYTES:
            break
    return [f"data:image/png;base64,{base64.b64encode(content).decode()}" for content in found]


def shrunk(path: Path, width: int) -> bytes:
    """Return a picture as PNG with a palette, which is a third of the size, and not wider than so many pixels."""
    with Image.open(path) as image:
        picture = image.convert("RGB")
    if picture.width > width:
        picture = picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)
    numbers, palette = _with_palette(np.asarray(picture))
    small = Image.fromarray(numbers)
    small.putpalette(palette.tobytes())
    out = io.BytesIO()
    small.save(out, "PNG")
    return out.getvalue()


def _with_palette(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give each pixel a palette colour: the mean of its cell of similar colours, if common enough, else the nearest.

    Parameters
    ----------
    pixels
        (height, width, 3) uint8.

    Returns
    -------
    numbers, palette
        (height, width) and (colours, 3), uint8. Colours that mean something in the pictures are never given up.
    """
    sample = pixels[::2, ::2]
    cells = _cell_of(sample).ravel()
    counts = np.bincount(cells, minlength=CELLS)
    sums = np.column_stack([np.bincount(cells, sample[..., i].ravel(), CELLS) for i in range(3)])
    colours = np.where(counts[:, None], sums / np.maximum(counts, 1)[:, None], _middles())
    kept = np.zeros(CELLS, bool)
    kept[_cell_of(np.array([np.multiply(to_rgb(colour), 255).round() for colour in KEPT], np.uint8))] = True
    order = np.lexsort((-counts, ~(kept & (counts > 0))))
    palette = colours[order[: min(COLOURS, np.count_nonzero(counts))]].round()
    cells = _cell_of(pixels)
    seen = np.flatnonzero(np.bincount(cells.ravel(), minlength=CELLS))  # few of all cells
    nearest = np.zeros(CELLS, np.uint8)
    nearest[seen] = ((palette**2).sum(axis=1) - 2 * colours[seen] @ palette.T).argmin(axis=1)
    return nearest[cells], palette.astype(np.uint8)


def _middles() -> np.ndarray:
    """Return the middle colour of each cell."""
    numbers = np.arange(CELLS)
    return np.column_stack([numbers >> 10, numbers >> 5 & 31, numbers & 31]) * 8.0 + 3.5


def _cell_of(pixels: np.ndarray) -> np.ndarray:
    """Return the number of the cell of similar colours, from the five upper bits of each channel."""
    red, green, blue = (pixels[..., i].astype(np.uint16) >> 3 for i in range(3))
    return red << 10 | green << 5 | blue
