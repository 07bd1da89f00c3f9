"""Numbers of a scenario fitted to what was observed: emulated simulated moments with a posterior.

In waves: live some points of the parameters' ranges in a few worlds, emulate what was measured there (Gaussian processes),
sample where the observed values are likely (Markov chains), live more points there. In the end draws from the posterior are
lived, to see whether the model then gives what was observed, also where it was not fitted.
"""

from sim.calibration.calibrate import Calibration, calibrate, forecast, parameters
from sim.calibration.targets import statistics

__all__ = ["Calibration", "calibrate", "forecast", "parameters", "statistics"]
