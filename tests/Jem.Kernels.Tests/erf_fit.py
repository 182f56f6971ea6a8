#!/usr/bin/env python3
"""The polynomial p of ErrorFunction.cs: erf(x) = 1 - exp(-x p(x)) on [0, 4].

Weighted least squares in Chebyshev's basis at Chebyshev's points, reweighted until the error of erf is about even. Prints the coefficients, lowest power
first, and the largest error of erf computed with them in float32. Needs numpy.
"""
from math import erf, erfc, log

import numpy as np

DEGREE, LAST, POINTS = 7, 4.0, 4000
x = LAST / 2 * (1 - np.cos(np.pi * (np.arange(POINTS) + 0.5) / POINTS))
target = np.array([-log(erfc(v)) / v for v in x])
slope = np.array([erfc(v) * v for v in x]) + 1e-12  # d erf / dp
basis = np.polynomial.chebyshev.chebvander(2 * x / LAST - 1, DEGREE)
weight = np.ones(POINTS)
for _ in range(60):
    fitted = np.linalg.lstsq(basis * (slope * weight)[:, None], target * slope * weight, rcond=None)[0]
    error = np.abs((basis @ fitted - target) * slope)
    weight *= (error / error.max() + 0.02) ** 0.3
    weight /= weight.max()

powers = np.polynomial.chebyshev.Chebyshev(fitted, domain=[0, LAST]).convert(kind=np.polynomial.Polynomial).coef.astype(np.float32)
probe = np.linspace(0, LAST, 20001).astype(np.float32)
p = np.zeros_like(probe)
for power in powers[::-1]:
    p = p * probe + power
computed = 1 - np.exp(-probe * p)
print([float(power) for power in powers])
print("largest error", np.abs(computed - np.array([erf(float(v)) for v in probe])).max())
