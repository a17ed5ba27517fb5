"""What the data say of people, items and channels."""

from service.context import clock
from service.insight import Profile, profile_features
from service.insight.facts import level_name
from service.openapi import Api, Example
from service.schemas.insight import ProfileOut, ProfileQuery
from service.services import services

WHO = {"user_id": "学员001"}


def declare(api: Api) -> None:
    """Add the routes of this module."""

    @api.route(
        "GET",
        "/v1/users/<id:user_id>/profile",
        tag="insight",
        query=ProfileQuery,
        answers={200: ProfileOut},
        example=Example(path=WHO, query={"features": True}),
    )
    def profile(user_id: str, query: ProfileQuery) -> ProfileOut:
        """用户画像: interests, level, form, hours, devices and regions of a user.

        Each part says how sure it is and which events it rests on. It is computed from the
        events stored at this moment: whoever is erased is in no later answer.
        """
        zone = clock(query.utc_offset, services().settings.timezone)
        found = services().insight.profile(user_id, zone)
        return profile_out(found, str(zone), features=query.features)


def profile_out(profile: Profile, timezone: str, *, features: bool) -> ProfileOut:
    """The portrait as it is answered, over HTTP and on the command line."""
    parts = {name: getattr(profile, name) for name in Profile.__slots__}
    return ProfileOut.model_validate(
        parts
        | {
            "attributes": dict(profile.attributes),
            "timezone": timezone,
            "level_name": None if profile.level is None else level_name(profile.level.value),
            "features": profile_features(profile) if features else None,
        },
        from_attributes=True,
    )
