#!/usr/bin/env python3
"""Writes elementary.csv: arguments, correctly rounded values and what rounding left.

Needs mpmath. Columns: function, bits of x, bits of y (0 if unary), bits of the value rounded to
nearest, bits of (exact value - rounded value). Run: python3 elementary.py > elementary.csv
"""
import math
import random
import struct

import mpmath as mp

mp.mp.prec = 1400
random.seed(20240229)


def bits(x):
    return struct.unpack("<Q", struct.pack("<d", x))[0]


def around(x, n=2):
    out, lo, hi = [x], x, x
    for _ in range(n):
        lo, hi = math.nextafter(lo, -math.inf), math.nextafter(hi, math.inf)
        out += [lo, hi]
    return out


def uniform(lo, hi, n):
    return [random.uniform(lo, hi) for _ in range(n)]


def scaled(lo, hi, n):
    return [random.choice((-1, 1)) * random.uniform(1, 2) * 2.0 ** random.randint(lo, hi) for _ in range(n)]


QUARTER = [float(k * mp.pi / 2) for k in (1, 2, 3, 4, 5, 7, 10, 22, 355, 1000, 4099, 20001, 63661, 63662)]
ANGLES = (
    uniform(-0.785, 0.785, 90) + uniform(-7, 7, 60) + uniform(-1e5, 1e5, 40) + scaled(-60, 0, 30)
    + scaled(17, 1000, 20) + [x for q in QUARTER for x in around(q, 1)] + around(0.785) + around(1e5)
    + [6381956970095103.0 * 2.0**797, 1e22, 5e-324, 2.2250738585072014e-308]
)
UNIT = uniform(-1, 1, 150) + scaled(-60, -1, 40) + [1.0, -1.0, 0.5, -0.5] + around(0.5) + around(-0.5)[1:]
UNIT = [x for x in UNIT if abs(x) <= 1]
REAL = uniform(-3, 3, 90) + scaled(-60, 8, 60)
POSITIVE = (
    uniform(0.5, 2, 100) + [1 + s * random.uniform(1, 2) * 2.0 ** -random.randint(3, 52) for s in (-1, 1) for _ in range(30)]
    + [abs(x) for x in scaled(-1070, 1023, 60)] + [x for c in (1.0, math.sqrt(0.5), math.sqrt(2)) for x in around(c)]
)
GROW = uniform(-1, 1, 90) + uniform(-708, 708, 80) + scaled(-55, 2, 30) + around(0.34657359, 1) + around(709.5, 1)
TANH = uniform(-1, 1, 80) + uniform(-20, 20, 60) + scaled(-55, 0, 30) + around(0.3) + around(20.0) + [40.0, 700.0]

ONE = {
    "sin": (mp.sin, ANGLES), "cos": (mp.cos, ANGLES), "tan": (mp.tan, ANGLES),
    "asin": (mp.asin, UNIT), "acos": (mp.acos, UNIT), "atan": (mp.atan, REAL),
    "sinh": (mp.sinh, [x for x in GROW if abs(x) < 705]), "cosh": (mp.cosh, [x for x in GROW if abs(x) < 705]),
    "tanh": (mp.tanh, TANH), "exp": (mp.exp, GROW + [-745.0, -720.0, -740.25]), "expm1": (mp.expm1, GROW),
    "log": (mp.log, POSITIVE), "log10": (mp.log10, POSITIVE), "log2": (lambda x: mp.log(x) / mp.log(2), POSITIVE),
    "log1p": (mp.log1p, [x for x in REAL if x > -0.999]), "cbrt": (lambda x: mp.sign(x) * mp.cbrt(abs(x)), REAL + scaled(-1000, 1000, 30)),
    "sqrt": (mp.sqrt, POSITIVE),
}
POW = (
    [(random.uniform(0.1, 10), random.uniform(-20, 20)) for _ in range(120)]
    + [(1 + random.uniform(-1, 1) * 2.0**-20, random.uniform(-1e6, 1e6)) for _ in range(30)]
    + [(-random.uniform(1, 9), float(random.randint(-9, 9))) for _ in range(20)] + [(2.0, 0.5), (10.0, 22.0), (10.0, -5.0)]
)
PAIRS = [(random.uniform(-3, 3), random.uniform(-3, 3)) for _ in range(80)] + list(zip(scaled(-100, 100, 80), scaled(-100, 100, 80)))
TWO = {"pow": (mp.power, POW), "atan2": (mp.atan2, PAIRS), "hypot": (lambda x, y: mp.sqrt(x * x + y * y), PAIRS)}


def row(name, x, y, exact):
    value = float(exact)
    if math.isfinite(value):
        print(f"{name},{bits(x):016x},{bits(y):016x},{bits(value):016x},{bits(float(exact - mp.mpf(value))):016x}")


print("function,x,y,value,rest")
for name, (f, points) in ONE.items():
    for x in points:
        row(name, x, 0.0, f(mp.mpf(x)))
for name, (f, points) in TWO.items():
    for x, y in points:
        row(name, x, y, f(mp.mpf(x), mp.mpf(y)))
