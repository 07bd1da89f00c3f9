"""What a statistic would be at a point that was not lived: a Gaussian process for its mean over worlds (Rasmussen & Williams
2006; as an emulator of simulations: Kennedy & O'Hagan 2001).
"""

from __future__ import annotations

import warnings

import numpy as np
from scipy import linalg

from sim.state import F64


class Emulator:
    """Fitted to the means of one statistic at some points of the unit cube.

    ``points`` (n × d), ``means`` (n), ``noise`` (n): the variance of each mean, from the worlds it was taken over.
    """

    def __init__(self, points: F64, means: F64, noise: F64, seed: int) -> None:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.gaussian_process import GaussianProcessRegressor
        from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
        from threadpoolctl import threadpool_limits

        self._centre, self._scale = float(means.mean()), float(means.std()) or 1.0
        kernel = ConstantKernel(1.0, (1e-2, 1e3)) * RBF(np.full(points.shape[1], 0.5), (0.05, 20.0)) + WhiteKernel(
            1e-3, (1e-6, 1.0)
        )
        process = GaussianProcessRegressor(
            kernel, alpha=np.maximum(noise / self._scale**2, 1e-8), n_restarts_optimizer=1, random_state=seed
        )
        with warnings.catch_warnings(), threadpool_limits(1):  # one thread: the same sums whatever the machine is doing
            warnings.simplefilter("ignore", ConvergenceWarning)  # a length at its bound is as good as any beyond
            process.fit(points, (means - self._centre) / self._scale)
        self._signal, white = process.kernel_.k1, process.kernel_.k2
        self._white = float(white.noise_level)
        self._points, self._weights, self._factor = points, process.alpha_, process.L_

    def predict(self, points: F64) -> tuple[F64, F64]:
        """(mean, variance of its error) at points (m × d) of the unit cube. What varies on scales too fine for the points lived
        is part of the error."""
        between = self._signal(points, self._points)
        mean = between @ self._weights
        reach = linalg.solve_triangular(self._factor, between.T, lower=True, check_finite=False)
        variance = np.maximum(self._signal.diag(points) - (reach**2).sum(axis=0), 0.0) + self._white
        return self._centre + self._scale * mean, self._scale**2 * variance
