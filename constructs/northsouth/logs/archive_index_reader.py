"""What reads an index for the archive: a Glue job with its connection, role and script; and who asks for a count."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.cloudwatch_event_connection import (
    CloudwatchEventConnection,
    CloudwatchEventConnectionAuthParameters,
    CloudwatchEventConnectionAuthParametersBasic,
)
from cdktf_cdktf_provider_aws.data_aws_secretsmanager_secret_version import DataAwsSecretsmanagerSecretVersion
from cdktf_cdktf_provider_aws.glue_connection import GlueConnection
from cdktf_cdktf_provider_aws.glue_job import GlueJob, GlueJobCommand, GlueJobExecutionProperty
from cdktf_cdktf_provider_aws.s3_object import S3Object
from constructs import Construct

from northsouth.identity import role_with_policy
from northsouth.logs import index_export
from northsouth.logs.archive_bucket import ArchiveBucket
from northsouth.logs.archive_index import IndexExport, IndexSource
from northsouth.logs.archive_policies import reader_statements
from northsouth.policies import ArnScope, trust

SCRIPTS = "scripts"
"""The folder of the archive bucket that holds scripts. It does not age."""
_GLUE_VERSION = "5.0"
_CONCURRENT_RUNS = 4
"""A first run, a catch-up run and one by hand, while the last attempt of one of them still ends."""


class IndexReader(Construct):
    """Reads an index. :class:`~northsouth.logs.LogArchive` makes one for each ``IndexSource``.

    Attributes:
        export: what a state machine needs to know of it.
        event_connection: with which the state machine asks the index for its count.
        glue_connection: with which the job reads it.
        script: the job's script.
        role: what the job may do.
        role_policy: its policy.
        job: the Glue job.

    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        source: IndexSource,
        place: ArnScope,
        script_bucket: ArchiveBucket,
        exports: tuple[str, str],
        kms_key_arn: str | None,
        provider: TerraformProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Declare it.

        Args:
            scope: the parent.
            id: the construct's id.
            name: the name of job and connections.
            source: the index.
            place: partition, Region and account.
            script_bucket: where the script is kept.
            exports: the bucket that the documents are written to, and the folder in it.
            kms_key_arn: the key of that bucket, if it has one.
            provider: the provider (Region, account) to use instead of the default.
            tags: tags of everything that has tags.

        """
        super().__init__(scope, id)
        own_tags = dict(tags) if tags else None
        stored = DataAwsSecretsmanagerSecretVersion(self, "secret", secret_id=source.secret, provider=provider)
        text = f"data.{stored.terraform_resource_type}.{stored.friendly_unique_id}.secret_string"
        user, password = (f'${{jsondecode({text})["{key}"]}}' for key in ("USERNAME", "PASSWORD"))
        self.event_connection = CloudwatchEventConnection(
            self,
            "event-connection",
            name=name,
            description=f"Asks {source.index_pattern} how many documents a window has",
            authorization_type="BASIC",
            auth_parameters=CloudwatchEventConnectionAuthParameters(
                basic=CloudwatchEventConnectionAuthParametersBasic(username=user, password=password)
            ),
            provider=provider,
        )
        self.glue_connection = GlueConnection(
            self,
            "glue-connection",
            name=name,
            connection_type="OPENSEARCH",
            connection_properties={
                "SparkProperties": json.dumps(
                    {
                        "secretId": source.secret,
                        "opensearch.nodes": f"https://{source.domain}",
                        "opensearch.port": "443",
                        "opensearch.nodes.wan.only": "true",
                        "opensearch.aws.sigv4.enabled": "false",
                    }
                )
            },
            tags=own_tags,
            provider=provider,
        )
        content = Path(index_export.__file__).read_text(encoding="utf-8")
        self.script = S3Object(
            self,
            "script",
            bucket=script_bucket.bucket.id,
            key=f"{SCRIPTS}/{name}-{hashlib.sha256(content.encode()).hexdigest()[:16]}.py",
            content=content,
            depends_on=[script_bucket.versioning],
            tags=own_tags,
            provider=provider,
        )
        bucket, folder = exports
        self.role, self.role_policy = role_with_policy(
            self,
            "job",
            trusted=trust("glue.amazonaws.com", place.account),
            statements=reader_statements(
                place,
                secret=source.secret,
                connection=name,
                script=f"{script_bucket.bucket.arn}/{self.script.key}",
                exports=exports,
                kms_key_arn=kms_key_arn,
            ),
            description=f"{name}: reads {source.index_pattern}",
            name_prefix=f"{name}-"[:38],
            provider=provider,
            tags=own_tags,
        )
        self.job = GlueJob(
            self,
            "job",
            name=name,
            description=f"Reads a window of {source.index_pattern}",
            role_arn=self.role.arn,
            glue_version=_GLUE_VERSION,
            # Said, because AWS says it, too: otherwise each plan would take it away.
            execution_class="STANDARD",
            worker_type="G.1X",
            number_of_workers=source.workers,
            timeout=source.read_minutes,
            # The state machine repeats, into a folder of another name.
            max_retries=0,
            execution_property=GlueJobExecutionProperty(max_concurrent_runs=_CONCURRENT_RUNS),
            command=GlueJobCommand(
                name="glueetl",
                python_version="3",
                script_location=f"s3://{script_bucket.bucket.bucket}/{self.script.key}",
            ),
            connections=[self.glue_connection.name],
            default_arguments={
                "--domain": source.domain,
                "--index": source.index_pattern,
                "--time_field": source.time_field,
                "--secret": source.secret,
            },
            depends_on=[self.role_policy],
            tags=own_tags,
            provider=provider,
        )
        self.export = IndexExport(
            domain=source.domain,
            index_pattern=source.index_pattern,
            time_field=source.time_field,
            connection_arn=self.event_connection.arn,
            connection_secret_arn=self.event_connection.secret_arn,
            job=self.job.name,
            location=f"s3://{bucket}/{folder}/",
            read_minutes=source.read_minutes,
        )
