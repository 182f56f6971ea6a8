"""Writes tsne.json: the affinities and the gradient of t-SNE for a few random vectors, by the formulas of the paper.

Run with Debian's python3-numpy: /usr/bin/python3 tsne.py
van der Maaten and Hinton 2008, equations 1, 4 and 5; the width of each Gaussian by a root search in double precision. The gradient is
checked here against a central difference of the Kullback-Leibler divergence before it is written.
"""
import json
import pathlib

import numpy as np

N, D, PERPLEXITY = 19, 5, 6.0
random = np.random.default_rng(3)
x = random.normal(size=(N, D)).astype(np.float32)
y = random.normal(size=(N, 2)).astype(np.float32)


def conditional(i):
    squares = ((x[i].astype(float) - x.astype(float)) ** 2).sum(1)
    others = np.arange(N) != i
    beyond = np.where(others, squares - squares[others].min(), 0)

    def row(log_beta):
        weights = np.where(others, np.exp(-np.exp(log_beta) * beyond), 0)
        return weights / weights.sum()

    low, high = -20.0, 20.0
    for _ in range(200):
        middle = (low + high) / 2
        p = row(middle)
        entropy = -(p[others] * np.log(np.maximum(p[others], 1e-300))).sum()
        low, high = (middle, high) if entropy > np.log(PERPLEXITY) else (low, middle)
    return row(low)


def divergence(points, p):
    kernel = 1 / (1 + ((points[:, None] - points[None]) ** 2).sum(2))
    np.fill_diagonal(kernel, 0)
    q = kernel / kernel.sum()
    off = ~np.eye(N, dtype=bool)
    return (p[off] * np.log(p[off] / q[off])).sum()


def gradient(points, p):
    difference = points[:, None] - points[None]
    kernel = 1 / (1 + (difference ** 2).sum(2))
    np.fill_diagonal(kernel, 0)
    q = kernel / kernel.sum()
    return 4 * (((p - q) * kernel)[:, :, None] * difference).sum(1)


p = np.stack([conditional(i) for i in range(N)])
p = (p + p.T) / (2 * N)
points = y.astype(float)
g = gradient(points, p)
for i in range(N):
    for axis in range(2):
        step = np.zeros_like(points)
        step[i, axis] = 1e-5
        central = (divergence(points + step, p) - divergence(points - step, p)) / 2e-5
        assert abs(central - g[i, axis]) < 1e-8, (i, axis, central, g[i, axis])

result = {"perplexity": PERPLEXITY, "x": x.tolist(), "y": y.tolist(), "p": np.round(p, 10).tolist(), "gradient": np.round(g, 10).tolist()}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(result))
