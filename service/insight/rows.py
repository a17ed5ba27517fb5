"""A portrait as a row of features, for users of whom a model knows nothing else."""

from service.insight.profile import Profile
from service.insight.traits import Measure, Trait


def profile_features(profile: Profile) -> dict[str, float]:
    """A portrait as named values in [0, 1], to be the row of a user in a feature matrix.

    A share or level is multiplied by its confidence: who did little says little. Names are
    ``interest:…``, ``kind:…``, ``form:…``, ``length:…``, ``part:…``, ``device:…``, ``region:…``,
    ``level``, ``mastery``, ``polarity``, ``weekend``, and of the platform's own attributes
    ``attribute:name=value`` with value 1. Values that would be 0 are left out.

    Examples
    --------
    >>> trait = Trait("domain:教育", 0.6, 0.25, 0.5, ())
    >>> profile_features(Profile("u", {"vip": True}, 3, 2, interests=(trait,)))
    {'attribute:vip=True': 1.0, 'interest:domain:教育': 0.3}
    """
    found = {
        f"attribute:{name}={value}": 1.0
        for name, given in profile.attributes.items()
        for value in (given if isinstance(given, list) else [given])
        if isinstance(value, str | int | float)
    }
    for prefix in ("interest", "kind", "form", "length", "part", "device", "region"):
        traits: tuple[Trait, ...] = getattr(profile, f"{prefix}s")
        found |= {f"{prefix}:{t.name}": t.share * t.confidence for t in traits}
    bounds = {"level": (1.0, 5.0), "mastery": (0.0, 1.0), "sentiment": (-1.0, 1.0)}
    for name, (low, high) in bounds.items():
        measure: Measure | None = getattr(profile, name)
        if measure is not None:
            name = "polarity" if name == "sentiment" else name
            found[name] = (measure.value - low) / (high - low) * measure.confidence
    if profile.weekend is not None:
        found["weekend"] = profile.weekend.share * profile.weekend.confidence
    return {name: found[name] for name in sorted(found) if found[name] > 0}
