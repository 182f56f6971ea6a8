"""DINO's loss and centre as algorithm 1 and equations 1 and 4 of arXiv:2104.14294 state them, for any number of views, in float64."""

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "oracles"))
from tensors import save


def softmax(x):
    exponentials = torch.exp(x)
    return exponentials / exponentials.sum(1, keepdim=True)


def self_distillation(students, teachers, center, student_temperature, teacher_temperature):
    terms = []
    for i, t in enumerate(teachers):
        for v, s in enumerate(students):
            if v != i:
                target = softmax((t - center) / teacher_temperature)
                terms.append(-(target * torch.log(softmax(s / student_temperature))).sum(1).mean())
    return sum(terms) / len(terms)


torch.manual_seed(0)
tensors = {}
for batch, outputs, views in [(3, 5, 2), (6, 12, 5)]:
    students, teachers = torch.rand(views, batch, outputs) * 2 - 1, torch.rand(2, batch, outputs) * 2 - 1
    center = 0.1 * torch.randn(outputs)
    s = students.double().requires_grad_()
    loss = self_distillation(s, teachers.double(), center.double(), 0.1, 0.04)
    loss.backward()
    tensors |= {
        f"{batch}.students": students,
        f"{batch}.teachers": teachers,
        f"{batch}.center": center,
        f"{batch}.loss": loss,
        f"{batch}.gradient": s.grad,
        f"{batch}.next": 0.9 * center.double() + 0.1 * sum(t.double().sum(0) for t in teachers) / (2 * batch),
    }
save(__file__, tensors)
