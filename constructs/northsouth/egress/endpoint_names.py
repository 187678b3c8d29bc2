"""The names of interface endpoint services, and which names are mistakes; pure."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator

AS_OF = "2026-11-28"
"""The day the list of names was made."""

NAMES = frozenset(
    {
        "access-analyzer", "access-analyzer-fips", "account", "acm", "acm-fips", "acm-pca", "acm-pca-fips",
        "agreement-marketplace", "airflow.api", "airflow.api-fips", "airflow.env", "airflow.env-fips", "airflow.ops",
        "analytics-omics", "analytics-omics-fips", "apigateway", "app-integrations", "appconfig", "appconfig-fips",
        "appconfigdata", "appconfigdata-fips", "application-autoscaling", "application-signals", "applicationinsights",
        "appmesh", "appmesh-envoy-management", "apprunner", "apprunner.requests", "appstream.api",
        "appstream.streaming", "appsync-api", "apptest", "aps", "aps-workspaces", "arsenal-discovery", "athena",
        "auditmanager", "autoscaling", "autoscaling-fips", "autoscaling-plans", "awsconnector", "b2bi", "backup",
        "backup-gateway", "batch", "bcm-pricing-calculator", "bedrock", "bedrock-agent", "bedrock-agent-runtime",
        "bedrock-agentcore", "bedrock-agentcore-control", "bedrock-agentcore.gateway", "bedrock-data-automation",
        "bedrock-data-automation-fips", "bedrock-data-automation-runtime", "bedrock-data-automation-runtime-fips",
        "bedrock-fips", "bedrock-runtime", "bedrock-runtime-fips", "billing", "billingconductor", "braket", "cases",
        "cassandra", "cassandra-fips", "ce", "cleanrooms", "cleanrooms-fips", "cleanrooms-ml", "cloudcontrolapi",
        "cloudcontrolapi-fips", "clouddirectory", "cloudformation", "cloudformation-fips", "cloudhsmv2", "cloudtrail",
        "codeartifact.api", "codeartifact.repositories", "codebuild", "codebuild-fips", "codecatalyst.git",
        "codecatalyst.packages", "codecommit", "codecommit-fips", "codeconnections.api", "codedeploy",
        "codedeploy-commands-secure", "codedeploy-fips", "codeguru-profiler", "codeguru-reviewer", "codepipeline",
        "codestar-connections.api", "codewhisperer", "cognito-identity", "cognito-identity-fips", "cognito-idp",
        "cognito-idp-fips", "comprehend", "comprehend-fips", "comprehendmedical", "compute-optimizer", "config",
        "config-fips", "connect", "connect-campaigns", "connect-fips", "console", "control-storage-omics",
        "control-storage-omics-fips", "controlcatalog", "controltower", "controltower-fips", "cost-optimization-hub",
        "data-servicediscovery", "data-servicediscovery-fips", "databrew", "databrew-fips", "dataexchange", "datasync",
        "datazone", "datazone-fips", "dax", "deadline.management", "deadline.scheduling", "detective",
        "detective-fips", "deviceadvisor.iot", "devops-guru", "dicom-medical-imaging", "directconnect",
        "directconnect-fips", "discovery", "discovery-marketplace", "dlm", "dlm-fips", "dms", "dms-fips", "drs", "ds",
        "ds-data", "ds-data-fips", "dsql", "dynamodb", "dynamodb-fips", "dynamodb-streams", "ebs", "ebs-fips", "ec2",
        "ec2-fips", "ec2messages", "ecr-public.api", "ecr.api", "ecr.dkr", "ecs", "ecs-agent", "ecs-telemetry", "eks",
        "eks-auth", "eks-fips", "eks-proxy", "elastic-inference.runtime", "elasticache", "elasticache-fips",
        "elasticbeanstalk", "elasticbeanstalk-health", "elasticfilesystem", "elasticfilesystem-fips",
        "elasticloadbalancing", "elasticmapreduce", "elasticmapreduce-fips", "email", "email-fips", "email-smtp",
        "emr-containers", "emr-serverless", "emr-serverless-services.livy", "emr-serverless.dashboard", "emrwal.prod",
        "entityresolution", "entityresolution-fips", "events", "events-fips", "evidently", "evidently-dataplane",
        "evs", "evs-fips", "execute-api", "finspace", "finspace-api", "fis", "fis-fips", "fms", "fms-fips", "forecast",
        "forecast-fips", "forecastquery", "forecastquery-fips", "frauddetector", "fsx", "fsx-fips", "gamelift",
        "gameliftstreams", "geo.geofencing", "geo.maps", "geo.metadata", "geo.places", "geo.routes", "geo.tracking",
        "git-codecommit", "git-codecommit-fips", "glue", "glue.dashboard", "grafana", "grafana-workspace",
        "greengrass", "groundstation", "groundstation-fips", "guardduty", "guardduty-data", "guardduty-data-fips",
        "guardduty-fips", "healthlake", "highlander", "identitystore", "imagebuilder", "inspector-scan",
        "inspector-scan-fips", "inspector2", "inspector2-fips", "internetmonitor", "internetmonitor-fips", "invoicing",
        "iot-fips.api", "iot-fips.tunneling.api", "iot-fips.tunneling.data", "iot.api", "iot.credentials", "iot.data",
        "iot.fleethub.api", "iot.tunneling.api", "iot.tunneling.data", "iotfleetwise",
        "iotmanagedintegrations-fips.api", "iotmanagedintegrations.api", "iotroborunner", "iotsitewise.api",
        "iotsitewise.data", "iottwinmaker.api", "iottwinmaker.data", "iotwireless.api", "ivs.contribute", "kafka",
        "kafka-fips", "kafkaconnect", "kendra", "kinesis-firehose", "kinesis-streams", "kinesis-streams-fips",
        "kinesisanalytics", "kinesisanalytics-fips", "kms", "kms-fips", "lakeformation", "lambda", "launchwizard",
        "license-manager", "license-manager-fips", "license-manager-linux-subscriptions",
        "license-manager-linux-subscriptions-fips", "license-manager-user-subscriptions",
        "license-manager-user-subscriptions-fips", "lightsail", "logs", "lookoutequipment", "lookoutmetrics",
        "lookoutvision", "lorawan.cups", "lorawan.lns", "m2", "macie2", "macie2-fips", "mail-manager",
        "mail-manager-fips", "mail-manager-smtp.auth", "mail-manager-smtp.auth.fips", "mail-manager-smtp.mtls",
        "mail-manager-smtp.mtls.fips", "mail-manager-smtp.open", "mail-manager-smtp.open.fips",
        "managedblockchain-query", "managedblockchain.bitcoin.mainnet", "managedblockchain.bitcoin.testnet",
        "mediaconnect", "mediaconvert", "mediaconvert-fips", "medical-imaging", "memory-db", "memorydb-fips",
        "metering-marketplace", "mgn", "migrationhub-orchestrator", "migrationhub-strategy", "models-v2-lex",
        "monitoring", "mq", "mq-fips", "neptune-graph", "neptune-graph-data", "neptune-graph-fips", "network-firewall",
        "network-firewall-fips", "networkflowmonitor", "networkflowmonitorreports", "networkmanager", "networkmonitor",
        "nimble", "notifications", "notifications-contacts", "oam", "observabilityadmin", "organizations",
        "organizations-fips", "osis", "outposts", "panorama", "payment-cryptography.controlplane",
        "payment-cryptography.dataplane", "pca-connector-ad", "pca-connector-scep", "pcs", "pcs-fips", "personalize",
        "personalize-events", "personalize-runtime", "pi", "pi-fips", "pinpoint", "pinpoint-sms-voice-v2", "pipes",
        "pipes-data", "pipes-fips", "polly", "polly-fips", "pricing.api", "private-networks", "profile", "proton", "q",
        "qapps", "qldb.session", "quicksight-website", "ram", "ram-fips", "rbin", "rbin-fips", "rds", "rds-data",
        "rds-fips", "redshift", "redshift-data", "redshift-data-fips", "redshift-fips", "redshift-serverless",
        "redshift-serverless-fips", "refactor-spaces", "rekognition", "rekognition-fips", "repostspace",
        "resource-groups", "resource-groups-fips", "robomaker", "rolesanywhere", "rolesanywhere-fips", "rum",
        "rum-dataplane", "runtime-medical-imaging", "runtime-v2-lex", "s3", "s3-outposts", "s3tables", "s3vectors",
        "sagemaker-data-science-assistant", "sagemaker-geospatial", "sagemaker.api", "sagemaker.api-fips",
        "sagemaker.featurestore-runtime", "sagemaker.featurestore-runtime-fips", "sagemaker.metrics",
        "sagemaker.runtime", "sagemaker.runtime-fips", "scheduler", "schemas", "scn", "secretsmanager",
        "securityagent", "securityhub", "securityhub-fips", "securitylake", "securitylake-fips", "serverlessrepo",
        "service.user-subscriptions", "servicecatalog", "servicecatalog-appregistry", "servicediscovery",
        "servicediscovery-fips", "servicequotas", "shield", "shield-fips", "signin", "simspaceweaver", "sms",
        "sms-fips", "snow-device-management", "sns", "social-messaging", "social-messaging-fips", "sqs", "sqs-fips",
        "ssm", "ssm-contacts", "ssm-fips", "ssm-incidents", "ssm-incidents-fips", "ssm-quicksetup", "ssm-sap",
        "ssm-sap-fips", "ssmmessages", "states", "storage-omics", "storagegateway", "streaming-rekognition",
        "streaming-rekognition-fips", "sts", "sts-fips", "swf", "swf-fips", "sync-states", "synthetics",
        "synthetics-fips", "tagging", "tags-omics", "tags-omics-fips", "tax", "textract", "textract-fips",
        "thinclient.api", "timestream-influxdb", "timestream-influxdb-fips", "tnb", "transcribe", "transcribe-fips",
        "transcribestreaming", "transcribestreaming-fips", "transfer", "transfer.server", "transform",
        "transform-custom", "translate", "trustedadvisor", "verifiedpermissions", "verifiedpermissions-fips",
        "voiceid", "vpc-lattice", "wafv2", "wafv2-fips", "wellarchitected", "wisdom", "workflows-omics",
        "workflows-omics-fips", "workmail", "workmailmessageflow", "workspaces", "workspaces-web",
        "workspaces-web-fips", "xray",
    }
)  # fmt: skip
"""Short names of AWS's interface endpoint services, from three sources: the table of
https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html, the constants of aws-cdk-lib
2.276.0, and pages of single services (DAX, SES Mail Manager). A test compares the list with copies of the first two.
Services that came later are missing, so an unknown name is a warning and not an error."""

FULL_NAMES = {
    "bcm-data-exports": "aws.api.<region>.bcm-data-exports",
    "cassandra-streams": "api.aws.<region>.cassandra-streams",
    "cloudfront": "com.amazonaws.cloudfront",
    "experiments": "aws.sagemaker.<region>.experiments",
    "freetier": "aws.api.<region>.freetier",
    "iam": "com.amazonaws.iam",
    "kendra-ranking": "aws.api.<region>.kendra-ranking",
    "notebook": "aws.sagemaker.<region>.notebook",
    "partner-app": "aws.sagemaker.<region>.partner-app",
    "qbusiness": "aws.api.<region>.qbusiness",
    "resource-explorer-2": "aws.api.<region>.resource-explorer-2",
    "resource-explorer-2-fips": "aws.api.<region>.resource-explorer-2-fips",
    "route53": "com.amazonaws.route53",
    "route53globalresolver": "aws.api.us-east-2.route53globalresolver",
    "s3-global.accesspoint": "com.amazonaws.s3-global.accesspoint",
    "s3files": "aws.api.<region>.s3files",
    "savingsplans": "com.amazonaws.savingsplans",
    "studio": "aws.sagemaker.<region>.studio",
}
"""Services whose endpoint service name is not ``com.amazonaws.<region>.`` and the short name, of the same sources. Of
Free Tier and Resource Explorer, AWS's table and the CLI's output on the same page differ; the output is taken."""

OTHER_WORDS = {
    "cloudwatch": ("monitoring", "logs"),
    "cloudwatch-logs": ("logs",),
    "efs": ("elasticfilesystem",),
    "elb": ("elasticloadbalancing",),
    "emr": ("elasticmapreduce",),
    "eventbridge": ("events",),
    "firehose": ("kinesis-firehose",),
    "kinesis": ("kinesis-streams", "kinesis-firehose"),
    "secrets-manager": ("secretsmanager",),
    "ses": ("email", "email-smtp"),
    "stepfunctions": ("states",),
}
"""What people call a service, and the names of its endpoints."""


_BEFORE_THE_SHORT_NAME = re.compile(r"^(cn\.)?com\.amazonaws\.[a-z]{2,4}(-[a-z]+){1,2}-\d+\.")


def meant(name: str) -> tuple[str, ...]:
    """Return the known names that an unknown short name is a mistake for; none if the name may well exist.

    A name is a mistake if the service's full name begins otherwise (``iam``), if it is another word for a service
    (``cloudwatch``), the first part of dotted names (``ecr``), or one letter away from a known name of at least four
    letters (``dynamodbb``). A digit is no slip: ``inspector3`` may follow ``inspector2``.
    """
    if is_known(name):
        return ()
    if name in FULL_NAMES:
        return (FULL_NAMES[name],)
    if name in OTHER_WORDS:
        return OTHER_WORDS[name]
    parts = sorted(known for known in NAMES if known.startswith(f"{name}."))
    if parts:
        return tuple(parts)
    slips = set(_slips(name))
    return tuple(sorted(known for known in NAMES if len(known) > 3 and known in slips))


def short_name(name: str) -> str:
    """Return the part of a full endpoint service name after the Region; any other name as it is."""
    return _BEFORE_THE_SHORT_NAME.sub("", name)


def is_known(name: str) -> bool:
    """Tell whether a short name is in the list, or is the FIPS form of one that is."""
    return name in NAMES or name.removesuffix("-fips") in NAMES


def _slips(name: str) -> Iterator[str]:
    """Yield what a name would be with one letter less, more, other, or two neighbours swapped."""
    letters = string.ascii_lowercase + "-."
    for index in range(len(name) + 1):
        before, after = name[:index], name[index:]
        yield from (before + sign + after for sign in letters + string.digits)
        if after and not after[0].isdigit():
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in letters)
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
