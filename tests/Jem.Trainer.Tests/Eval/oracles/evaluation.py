"""Writes evaluation.json: neighbours' votes and retrieval scores by numpy, linear probes by PyTorch, all in float64.

Run with Debian's python3-torch: python3 evaluation.py
Made with torch 1.13.0 and numpy 1.24.2.
"""

import json
from pathlib import Path

import numpy as np
import torch

generator = np.random.default_rng(0)
CLASSES = 4


def clouds(count, dimension, spread):
    """Vectors with three decimals around one centre per class, far from the origin, and their classes; the classes differ in size."""
    labels = np.minimum(generator.integers(0, CLASSES + 2, count), CLASSES - 1)
    centres = np.random.default_rng(1).normal(size=(CLASSES, dimension))
    vectors = 1 + centres[labels] + spread * generator.normal(size=(count, dimension))
    return np.round(vectors, 3), labels


def similarities(queries, bank, distance):
    """Falling with distance, and the weights of votes at temperature 1."""
    if distance == "cosine":
        return (queries @ bank.T) / np.outer(np.linalg.norm(queries, axis=1), np.linalg.norm(bank, axis=1))
    return -np.linalg.norm(queries[:, None] - bank[None], axis=2)


def knn(queries, query_labels, bank, labels, distance, k, temperature, leave_one_out):
    right = 0
    for query, row in enumerate(similarities(queries, bank, distance)):
        order = [i for i in np.argsort(-row, kind="stable") if not (leave_one_out and i == query)][:k]
        votes = np.zeros(CLASSES)
        for i in order:
            votes[labels[i]] += np.exp(row[i] / temperature) if distance == "cosine" else 1 / (-row[i] + 1e-5)
        right += votes.argmax() == query_labels[query]
    return right / len(queries)


def retrieval(queries, query_labels, bank, labels, distance, leave_one_out):
    precisions, first = [], []
    for query, row in enumerate(similarities(queries, bank, distance)):
        keep = np.arange(len(bank)) != query if leave_one_out else np.ones(len(bank), bool)
        order = np.argsort(-row[keep], kind="stable")
        hits = labels[keep][order] == query_labels[query]
        if hits.any():
            ranks = np.flatnonzero(hits) + 1
            precisions.append(np.mean(np.arange(1, len(ranks) + 1) / ranks))
            first.append(ranks[0])
    first = np.array(first)
    return [np.mean(precisions), np.mean(first == 1), np.mean(first <= 10), len(first), len(queries) - len(first)]


def lbfgs(x, labels):
    """Cross-entropy plus half the squared weights per row, to convergence; [classes, D + 1]."""
    x, labels = torch.tensor(x).double(), torch.tensor(labels)
    weight = torch.zeros(CLASSES, x.shape[1], dtype=torch.float64, requires_grad=True)
    bias = torch.zeros(CLASSES, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=2000, tolerance_grad=1e-12, tolerance_change=1e-16, line_search_fn="strong_wolfe")

    def loss():
        optimizer.zero_grad()
        value = torch.nn.functional.cross_entropy(x @ weight.T + bias, labels) + 0.5 * weight.square().sum() / len(x)
        value.backward()
        return value

    for _ in range(3):
        optimizer.step(loss)
    loss()
    assert weight.grad.abs().max() < 1e-7
    return torch.cat([weight, bias[:, None]], 1).tolist()


def sgd(x, labels, orders, batch, rate):
    """torch.optim.SGD with momentum 0.9, its rate on a cosine per step; [classes, D + 1]."""
    x, labels = torch.tensor(x).double(), torch.tensor(labels)
    layer = torch.nn.Linear(x.shape[1], CLASSES).double()
    torch.nn.init.zeros_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
    optimizer = torch.optim.SGD(layer.parameters(), lr=rate, momentum=0.9, weight_decay=0)
    steps = sum(-(-len(order) // batch) for order in orders)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=steps)
    for order in orders:
        for rows in torch.tensor(order).split(batch):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(layer(x[rows]), labels[rows]).backward()
            optimizer.step()
            schedule.step()
    return torch.cat([layer.weight, layer.bias[:, None]], 1).tolist()


bank, labels = clouds(150, 6, 1.2)
queries, query_labels = clouds(90, 6, 1.2)
orders = [np.random.default_rng(epoch).permutation(len(bank)).tolist() for epoch in range(7)]
both = [("cosine", queries, query_labels, False), ("euclidean", queries, query_labels, False), ("cosine", bank, labels, True), ("euclidean", bank, labels, True)]
oracle = {
    "classes": CLASSES,
    "bank": bank.tolist(), "labels": labels.tolist(), "queries": queries.tolist(), "query_labels": query_labels.tolist(),
    "knn": [
        {"distance": distance, "leave_one_out": self_out, "k": k, "temperature": temperature,
         "accuracy": knn(vectors, classes, bank, labels, distance, k, temperature, self_out)}
        for distance, vectors, classes, self_out in both for k in (1, 5, 40) for temperature in ((0.1, 1) if distance == "cosine" else (0.1,))
    ],
    # Without class 0 in the bank, its queries have nothing to find.
    "retrieval": [
        {"distance": distance, "leave_one_out": self_out, "without_class_0": without,
         "scores": retrieval(vectors, classes, bank[labels > 0] if without else bank, labels[labels > 0] if without else labels, distance, self_out)}
        for distance, vectors, classes, self_out in both for without in (False, True) if not (without and self_out)
    ],
    "lbfgs": lbfgs(bank, labels),
    "sgd": {"orders": orders, "batch": 32, "rate": 0.1, "weights": sgd(bank, labels, orders, 32, 0.1)},
}
text = json.dumps(oracle, separators=(",", ":"))
path = Path(__file__).with_suffix(".json")
path.write_text(text.replace('],"', '],\n"') + "\n")
print(f"{path.name}: {path.stat().st_size} bytes")
