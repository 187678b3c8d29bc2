"""The configuration file of an Alertmanager that you run."""

from __future__ import annotations

from northsouth.alerts.alertmanager.delivery import Alertmanager, Smtp
from northsouth.alerts.alertmanager.delivery_rules import alertmanager_problems, self_run_problems
from northsouth.alerts.alertmanager.self_run import SECRETS, document, secret_files
from northsouth.alerts.prometheus.rendering import document as yaml
from northsouth.errors import refuse


def alertmanager_yaml(
    config: Alertmanager, *, secrets: str = SECRETS, smtp: Smtp | None = None, region: str | None = None
) -> str:
    """Return the text of ``alertmanager.yml``, for Alertmanager 0.28 or newer.

    It begins with the list of the files that hold the secrets; no secret is in it.

    Args:
        config: what is wanted.
        secrets: the folder of the host or the pod with these files.
        smtp: the mail server, which e-mail addresses need.
        region: the Region that text messages are sent from; Alertmanager needs AWS credentials for them.

    Raises:
        ConfigurationError: with everything that Alertmanager would refuse, or that would notify nobody.

    """
    refuse("alertmanager.yml", alertmanager_problems(config), self_run_problems(config, smtp=smtp, region=region))
    files = secret_files(config, secrets=secrets, smtp=smtp)
    lines = [f"# {file.path}: {file.holds}\n" for file in files]
    head = "# Secrets, one in each of these files:\n" if lines else ""
    return f"{head}{''.join(lines)}{yaml(document(config, secrets=secrets, smtp=smtp, region=region))}"
