"""Images with the statistics of photographs, made by rule, since no photos are shipped with the tests.

Five sorts in turn: fractal textures, gradients under sensor noise, collages of textures, dead leaves
(shaded discs that cover each other), and scenes out of focus.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageFilter

SORTS = ("texture", "gradient", "collage", "leaves", "blurred")
HEIGHT, WIDTH = 240, 320


def photo_like(index: int, quality: int = 85) -> Image.Image:
    """One image of 320 × 240 pixels, read back from a JPEG, as a photo would be."""
    random = np.random.default_rng([index, 25])
    sort = SORTS[index % len(SORTS)]
    light = _sensor(MAKE[sort](random), random)
    file = io.BytesIO()
    Image.fromarray(light).save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def _fractal(random, slope):
    """Noise whose amplitude falls with frequency as f^-slope, (h, w), mean 0, deviation 1."""
    fy, fx = np.fft.fftfreq(HEIGHT)[:, None], np.fft.rfftfreq(WIDTH)[None]
    size = np.hypot(fy, fx)
    size[0, 0] = np.inf
    spectrum = (random.normal(size=size.shape) + 1j * random.normal(size=size.shape)) / size**slope
    field = np.fft.irfft2(spectrum, (HEIGHT, WIDTH))
    return (field - field.mean()) / field.std()


def _colour(random):
    return random.uniform(0.08, 0.85, 3)


def _texture(random):
    light, hue = _fractal(random, random.uniform(0.8, 1.6)), _fractal(random, 1.5)
    return _colour(random) + 0.16 * light[..., None] + 0.05 * hue[..., None] * random.normal(size=3)


def _gradient(random):
    y, x = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    turn = random.uniform(0, 2 * np.pi)
    along = (np.cos(turn) * x + np.sin(turn) * y) / 2.8 + 0.5
    scene = _colour(random) * along[..., None] + _colour(random) * (1 - along[..., None])
    return scene * (1 - 0.15 * (x**2 + y**2))[..., None]


def _blob(random, softness):
    shape = _fractal(random, 2.2)
    return 1 / (1 + np.exp(-np.clip((shape - random.uniform(-0.5, 0.8)) / softness, -30, 30)))


def _collage(random):
    scene = _texture(random)
    for _ in range(random.integers(3, 8)):
        there = _blob(random, 0.02)[..., None]
        scene = scene * (1 - there) + _texture(random) * there
    return scene


def _leaves(random):
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    scene = _gradient(random)
    for _ in range(random.integers(40, 160)):
        radius = min(90, 6 / random.uniform(0.05, 1) ** 0.9)
        cy, cx = random.uniform(0, HEIGHT), random.uniform(0, WIDTH)
        inside = (y - cy) ** 2 + (x - cx) ** 2 < radius**2
        shade = 1 + 0.4 * ((x - cx) * random.normal() + (y - cy) * random.normal()) / radius / 2
        scene[inside] = (_colour(random) * shade[..., None])[inside]
    return scene


def _blurred(random):
    scene = np.clip(_leaves(random), 0, 1)
    image = Image.fromarray((255 * scene).astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(random.uniform(4, 14)))) / 255


MAKE = {
    "texture": _texture,
    "gradient": _gradient,
    "collage": _collage,
    "leaves": _leaves,
    "blurred": _blurred,
}


def _sensor(scene, random):
    """Shot and read noise of a sensor, smoothed a little as cameras do, in 8 bits."""
    scene = np.clip(scene, 0, 1)
    noise = random.normal(size=scene.shape) * np.sqrt(
        random.uniform(0.0002, 0.002) * scene + 0.0001
    )
    return np.clip(255 * (scene + noise) + 0.5, 0, 255).astype(np.uint8)
