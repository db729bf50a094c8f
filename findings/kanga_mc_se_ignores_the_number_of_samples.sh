#!/usr/bin/env bash
# kanga 0.0.20: mc_se, the Monte Carlo standard error, does not fall with the number of
# samples.
#
# The standard error of a chain's mean is sqrt(Σ_ii / n), where Σ is the covariance of
# the Markov chain's central limit theorem.  mc_cov estimates this Σ (multi_ess divides by
# it so: n (det cov / det Σ)^(1/p)), and mc_se is sqrt(Σ_ii): n is left out, in all three
# methods, and so in the mc_se and mc_se_summary of ChainArray and ChainArrays.  An error
# bar is too long by sqrt(n), and no longer run makes it shorter: with independent samples
# it is their standard deviation, and it contradicts sd / sqrt(ESS) of the same package.
#
# Seen, for chains of correlation .5 a step: 1.65 with 100 samples, 2.01 with 400, 1.74 with
# 2500, where the means of 100 such chains spread by .168, .087, .037.
# Needs Python 3.9 to 3.12 (PYTHON=...).
# Exits with 0 if kanga 0.0.20 still behaves so, with 1 if not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  kanga==0.0.20 numpy==1.26.4 scipy==1.13.1 statsmodels==0.14.4 pandas==2.2.3 \
  matplotlib==3.9.4 seaborn==0.13.2
cd "$folder"
cat > look.py <<'END'
import sys
from importlib.metadata import version

import numpy as np
from kanga.chains import ChainArray

CORRELATION = 0.5  # of neighbours in the chain; the variance is 1


def chain(n_samples, seed):
    """Two independent autoregressive series, started in their stationary law."""
    noise = np.random.default_rng(seed).normal(size=(n_samples, 2))
    series = noise.copy()
    for step in range(1, n_samples):
        kept = CORRELATION * series[step - 1]
        series[step] = kept + (1 - CORRELATION**2) ** 0.5 * noise[step]
    return series


print("kanga", version("kanga"), "numpy", version("numpy"))
print("standard error of the mean of a stationary chain, its two coordinates together")
same = True
for n_samples in (100, 400, 2500):
    means = np.array([chain(n_samples, seed).mean(0) for seed in range(100)])
    samples = ChainArray({"sample": chain(n_samples, 1000)})
    exact = ((1 + CORRELATION) / (1 - CORRELATION) / n_samples) ** 0.5
    by_ess = samples.get_samples().std(ddof=1) / samples.multi_ess() ** 0.5
    seen = np.prod(samples.mc_se()) ** 0.5
    print(f"{n_samples} samples: theory {exact:.3f}, spread of 100 means {means.std():.3f},")
    print(f"   sd / sqrt(multi_ess) {by_ess:.3f}, mc_se {seen:.3f} = {seen / by_ess:.1f} times")
    same = same and abs(seen / (by_ess * n_samples**0.5) - 1) < 0.15
    same = same and abs(means.std() / exact - 1) < 0.2
print("as recorded" if same else "THE BEHAVIOUR HAS CHANGED")
sys.exit(not same)
END
venv/bin/python look.py
