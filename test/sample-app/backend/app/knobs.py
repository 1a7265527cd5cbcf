"""The ways in which a version can misbehave. They are baked into its image, or given by the environment of the container."""

import itertools
import os
import threading
import time

VERSION = os.environ.get("APP_VERSION", "dev")
STARTED = time.monotonic()


def seconds(name):
    """A knob as a number, or None where it is unset."""
    value = os.environ.get(name, "")
    return float(value) if value else None


def switched_on(name):
    return os.environ.get(name, "") not in ("", "0")


NEVER_HEALTHY = switched_on("NEVER_HEALTHY")
FAIL_AFTER = seconds("FAIL_AFTER")
FAIL_AFTER_SWITCH = seconds("FAIL_AFTER_SWITCH")
ERROR_PERCENT = seconds("ERROR_PERCENT") or 0
ERROR_AFTER = seconds("ERROR_AFTER") or 0
SLOW_SECONDS = (seconds("SLOW_MS") or 0) / 1000
CRASH_AFTER = seconds("CRASH_AFTER")

_first_proxied_request = None
_requests = itertools.count()


def saw_proxied_request():
    """Starts the clock of FAIL_AFTER_SWITCH: only the proxy sets X-Forwarded-For, probes that go straight to a replica do not."""
    global _first_proxied_request
    if _first_proxied_request is None:
        _first_proxied_request = time.monotonic()


def ailing():
    """Whether the health endpoint says no for a reason of ours. The rest of the app keeps serving: a load sees no failed request."""
    now = time.monotonic()
    if NEVER_HEALTHY:
        return True
    if FAIL_AFTER is not None and now - STARTED >= FAIL_AFTER:
        return True
    return FAIL_AFTER_SWITCH is not None and _first_proxied_request is not None and now - _first_proxied_request >= FAIL_AFTER_SWITCH


def must_err():
    """True for ERROR_PERCENT of the requests, evenly spread and without chance, from ERROR_AFTER seconds after the start."""
    if not ERROR_PERCENT or time.monotonic() - STARTED < ERROR_AFTER:
        return False
    return next(_requests) * ERROR_PERCENT % 100 < ERROR_PERCENT


def schedule_crash():
    """Ends the whole container CRASH_AFTER seconds after the start: Gunicorn halts, with exit code 3, when a worker exits with 3."""
    if CRASH_AFTER is not None:
        timer = threading.Timer(CRASH_AFTER, os._exit, [3])
        timer.daemon = True
        timer.start()
