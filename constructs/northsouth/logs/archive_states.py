"""The states that the archive's machines have in common, in Amazon States Language with JSONata; pure."""

from __future__ import annotations

from dataclasses import dataclass

from northsouth.logs.archive_budget import CALL_SECONDS, CALLS, MINUTE, QUERIES
from northsouth.logs.jsonata import Interpolated, concatenation, expression

State = dict[str, object]

# For the same token Athena returns the query it has, failed or not, and starts no second one; 32 to 128 characters.
_IDEMPOTENCY = (
    '$substring($states.context.Execution.Id, -90) & "-" & $states.context.State.Name & "-"'
    ' & $states.context.Execution.RedriveCount & "-" & $attempt & "-" & $states.context.State.RetryCount'
)
CATCH: list[State] = [
    {
        "ErrorEquals": ["States.ALL"],
        "Assign": {"failure": expression("$states.errorOutput")},
        "Next": "DeadLetter",
    }
]


@dataclass(frozen=True, slots=True, kw_only=True)
class States:
    """What states need to know of their machine.

    Attributes:
        partition: the ARN partition: ``aws``, ``aws-cn`` or ``aws-us-gov``.
        workgroup: the Athena workgroup.
        query_minutes: the time-out of a query.
        dead_letter_url: the queue for runs that failed.
        error: the name of the error that a failed run ends with. It must not begin with "States.".
        reason: in what a service says of what failed, the key of the reason, as a regular expression.

    """

    partition: str
    workgroup: str
    query_minutes: int
    dead_letter_url: str
    error: str = "ArchivalFailed"
    reason: str = "StateChangeReason"

    def task(
        self, integration: str, arguments: State, *, expected: tuple[str, str] | None = None, **fields: object
    ) -> State:
        """Return a task; ``expected`` is an error that is an answer, and the state it leads to."""
        error, leads_to = expected or ("", "")
        answer: list[State] = [{"ErrorEquals": [error], "MaxAttempts": 0}] if expected else []
        catch: list[State] = [{"ErrorEquals": [error], "Next": leads_to}] if expected else []
        return {
            "Type": "Task",
            "Resource": f"arn:{self.partition}:states:::{integration}",
            "Arguments": arguments,
            "TimeoutSeconds": CALL_SECONDS,
            "Retry": [*answer, CALLS.state],
            "Catch": [*catch, *CATCH],
            **fields,
        }

    def query(self, sql: Interpolated, *, assign: State, then: str) -> State:
        """Return the state that runs a query to its end."""
        return self.task(
            "athena:startQueryExecution.sync",
            {
                "QueryString": expression(concatenation(sql)),
                "WorkGroup": self.workgroup,
                "ClientRequestToken": expression(_IDEMPOTENCY),
            },
            TimeoutSeconds=self.query_minutes * MINUTE,
            Retry=[QUERIES.state],
            Assign=assign,
            Next=then,
        )

    def input(self, problem: str, then: str) -> dict[str, State]:
        """Return the states that refuse a bad input: a message to the queue, and a failure that says what is wrong.

        Args:
            problem: JSONata for what is wrong with ``$states.input``, or an empty string.
            then: the state that takes a good input.

        """
        return {
            "Input": {
                "Type": "Pass",
                "Assign": {
                    "problem": expression(problem),
                    "letter": expression('{"input": $states.input}'),
                    "attempt": 1,
                },
                "Next": "IsGood",
            },
            "IsGood": {
                "Type": "Choice",
                "Choices": [{"Condition": expression('$problem = ""'), "Next": then}],
                "Default": "BadInput",
            },
            "BadInput": {
                "Type": "Pass",
                "Assign": {"failure": {"Error": "BadInput", "Cause": expression("$problem")}},
                "Next": "DeadLetter",
            },
        }

    def failure(self) -> dict[str, State]:
        """Return the states that send the run to the queue, as the input of another one, and then fail."""
        # The cause of a failed query is all that Athena knows of it, as JSON.
        cause = (
            f'($reason := $match($failure.Cause, /"{self.reason}": ?"([^"]*)"/)[0];'
            " $exists($reason) ? $reason.groups[0] : $failure.Cause)"
        )
        about = (
            '{"execution": $states.context.Execution.Id, "error": $failure.Error,'
            f' "cause": $substring({cause}, 0, 1000)}}'
        )
        return {
            "DeadLetter": {
                "Type": "Task",
                "Resource": f"arn:{self.partition}:states:::sqs:sendMessage",
                "Arguments": {
                    "QueueUrl": self.dead_letter_url,
                    "MessageBody": expression(f"$merge([$letter, {about}])"),
                },
                "TimeoutSeconds": CALL_SECONDS,
                "Retry": [CALLS.state],
                "Next": "Failed",
            },
            "Failed": {
                "Type": "Fail",
                "Error": self.error,
                # At most 32 KiB.
                "Cause": expression(f'$substring($failure.Error & ": " & {cause}, 0, 30000)'),
            },
        }
