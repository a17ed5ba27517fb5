"""Jobs and models: fit, look, roll back."""

from service.conditions import require
from service.drift import drift
from service.errors import UnknownError
from service.fields import iso
from service.models import Manifest
from service.openapi import Api, Example, OrjsonProvider
from service.schemas.jobs import DriftOut, JobIn, JobOut, ModelOut, ModelsOut
from service.services import services
from service.store import Job


def declare(api: Api) -> None:
    """Add the routes of this module."""

    @api.route(
        "POST",
        "/v1/jobs",
        tag="jobs",
        body=JobIn,
        answers={202: JobOut},
        scope="admin",
        once=True,
        example=Example(body={"kind": "refit", "params": {"auto": False}}),
    )
    def post_job(body: JobIn) -> tuple[JobOut, int, dict[str, str]]:
        """Start work in a process of its own; `Location` says where to look for it.

        A job that asks for the same and has not started yet is answered again.
        """
        job = services().store.jobs.queue(body.kind, body.params.model_dump())
        services().runner.start()
        return _shown(job), 202, {"Location": f"/v1/jobs/{job.id}"}

    @api.route(
        "GET",
        "/v1/jobs/<id:job_id>",
        tag="jobs",
        answers={200: JobOut},
        example=Example(path={"job_id": "{job}"}),
    )
    def get_job(job_id: str) -> JobOut:
        """How far a job is."""
        job = services().store.jobs.get(job_id)
        if job is None:
            raise UnknownError("job", job_id)
        if job.state in ("queued", "running") and not services().store.jobs.running():
            services().runner.start()
        return _shown(job)

    @api.route("GET", "/v1/models", tag="models", answers={200: ModelsOut}, tagged=True)
    def list_models() -> ModelsOut:
        """The model versions kept, newest first."""
        return _models(services().store.now()[1])

    @api.route(
        "GET",
        "/v1/models/<id:version>/drift",
        tag="models",
        answers={200: DriftOut},
        example=Example(path={"version": "{model}"}),
    )
    def model_drift(version: str) -> DriftOut:
        """What has come since a model was fitted, and whether a refit is due."""
        store = services().store
        found = drift(_kept(version), store.events.count(), store.items.count())
        return DriftOut(
            version=version,
            new_events=found.new_events,
            new_event_share=found.event_share,
            new_items=found.new_items,
            new_item_share=found.item_share,
            refit_due=found.refit_due,
        )

    @api.route(
        "POST",
        "/v1/models/<id:version>/activate",
        tag="models",
        answers={200: ModelOut},
        scope="admin",
        tagged=True,
        example=Example(path={"version": "{model}"}),
    )
    def activate_model(version: str) -> ModelOut:
        """Put a version into service, on every worker from its next request on.

        Its files are checked against their hashes first; a damaged one is refused and the
        model in service stays. `If-Match` takes the `ETag` of ``GET /v1/models``.
        """
        _kept(version)
        manifest, _ = services().models.get(version)
        services().store.activate(
            version,
            check=lambda active: require("model", OrjsonProvider.encode(_models(active))),
        )
        return _model(manifest, version)


def _kept(version: str) -> Manifest:
    if version not in services().models.versions():
        raise UnknownError("model", version)
    return services().models.manifest(version)


def _shown(job: Job) -> JobOut:
    return JobOut(
        id=job.id,
        kind=job.kind,
        state=job.state,
        progress=job.progress,
        created_at=iso(job.created_at),
        result=None if job.result is None else dict(job.result),
        error=job.error,
    )


def _models(active: str | None) -> ModelsOut:
    return ModelsOut(models=[_model(m, active) for m in services().models.manifests()])


def _model(manifest: Manifest, active: str | None) -> ModelOut:
    return ModelOut(
        version=manifest.version,
        active=manifest.version == active,
        created_at=iso(manifest.created_at),
        n_users=manifest.n_users,
        n_items=manifest.n_items,
        n_interactions=manifest.n_interactions,
        config=dict(manifest.config),
    )
