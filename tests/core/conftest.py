"""Generated cases take as long as the machine lets them: a busy one is no failure."""

from hypothesis import HealthCheck, settings

settings.register_profile("chat", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("chat")
