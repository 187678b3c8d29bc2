"""The emulator's Athena and Step Functions, where the archive's tests rely on them to be strict."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from northsouth.emulator import objects, patching
from northsouth.emulator.server import Emulator
from tests.harness.roles import mighty_role

PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
UNLOAD = "UNLOAD (SELECT 1 AS n) TO 's3://lake/numbers/' WITH (format = 'PARQUET')"


@pytest.fixture
def lake(emulator: Emulator) -> Any:
    """Athena with a bucket and a table of numbers that starts empty."""
    emulator.client("s3").create_bucket(Bucket="lake")
    glue = emulator.client("glue")
    glue.create_database(DatabaseInput={"Name": "db"})
    storage = {
        "Location": "s3://lake/numbers/",
        "Columns": [{"Name": "n", "Type": "int"}],
        "SerdeInfo": {"SerializationLibrary": PARQUET},
    }
    glue.create_table(DatabaseName="db", TableInput={"Name": "numbers", "StorageDescriptor": storage})
    return emulator.client("athena")


def run(athena: Any, sql: str, **options: Any) -> tuple[str, dict[str, Any]]:
    identifier = athena.start_query_execution(QueryString=sql, **options)["QueryExecutionId"]
    status = athena.get_query_execution(QueryExecutionId=identifier)["QueryExecution"]["Status"]
    return identifier, status


def test_unload_refuses_a_folder_that_has_objects(lake: Any) -> None:
    assert run(lake, UNLOAD)[1]["State"] == "SUCCEEDED"
    _, status = run(lake, UNLOAD)
    assert status["State"] == "FAILED"
    assert status["StateChangeReason"].startswith("HIVE_PATH_ALREADY_EXISTS")
    assert len(objects.keys("lake")) == 1


def test_unload_of_no_rows_writes_no_object(lake: Any) -> None:
    run(lake, UNLOAD.replace("AS n", "AS n WHERE FALSE"))
    assert objects.keys("lake") == []


def test_a_token_gives_the_query_it_started_also_a_failed_one(lake: Any) -> None:
    token = "t" * 32
    first, _ = run(lake, "SELECT nothing FROM db.nowhere", ClientRequestToken=token)
    again, status = run(lake, "SELECT nothing FROM db.nowhere", ClientRequestToken=token)
    assert (first, status["State"]) == (again, "FAILED")
    with pytest.raises(ClientError, match="Idempotent parameters do not match"):
        run(lake, UNLOAD, ClientRequestToken=token)


def test_null_is_a_cell_without_a_value(lake: Any) -> None:
    identifier, _ = run(lake, "SELECT max(n) AS n, count(*) AS c FROM db.numbers")
    rows = lake.get_query_results(QueryExecutionId=identifier)["ResultSet"]["Rows"]
    assert [row["Data"] for row in rows] == [
        [{"VarCharValue": "n"}, {"VarCharValue": "c"}],
        [{}, {"VarCharValue": "0"}],
    ]


def execute(emulator: Emulator, state: dict[str, Any]) -> dict[str, Any]:
    definition = {"QueryLanguage": "JSONata", "StartAt": "Only", "States": {"Only": {**state, "End": True}}}
    client = emulator.client("stepfunctions")
    role = mighty_role(emulator, "r", "states")
    machine = client.create_state_machine(name="m", definition=json.dumps(definition), roleArn=role)["stateMachineArn"]
    arn = client.start_execution(stateMachineArn=machine, name="n", input='{"a": [1, 2]}')["executionArn"]
    while (found := client.describe_execution(executionArn=arn))["status"] == "RUNNING":
        time.sleep(0.02)
    return dict(found)


def test_jsonata_is_evaluated(emulator: Emulator) -> None:
    found = execute(emulator, {"Type": "Pass", "Output": {"sum": "{% $sum($states.input.a) %}"}})
    assert json.loads(found["output"]) == {"sum": 3}


def test_a_failure_of_an_expression_is_one_of_the_query_language(emulator: Emulator) -> None:
    found = execute(emulator, {"Type": "Pass", "Output": "{% $number('x') %}"})
    assert (found["status"], found["error"]) == ("FAILED", "States.QueryEvaluationError")
    assert "The JSONata expression '$number('x')' threw an error during evaluation." in found["cause"]


def test_an_object_is_read_as_text(emulator: Emulator) -> None:
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket="lake")
    s3.put_object(Bucket="lake", Key="a.json", Body='{"a": "Ω"}'.encode())
    read = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
        "Arguments": {"Bucket": "lake", "Key": "a.json"},
        "Output": "{% $parse($states.result.Body) %}",
    }
    assert json.loads(execute(emulator, read)["output"]) == {"a": "Ω"}


def test_a_failed_query_fails_its_task(emulator: Emulator, lake: Any) -> None:
    del lake
    found = execute(
        emulator,
        {
            "Type": "Task",
            "Resource": "arn:aws:states:::athena:startQueryExecution.sync",
            "Arguments": {"QueryString": "SELECT nothing FROM db.nowhere", "WorkGroup": "primary"},
        },
    )
    assert (found["status"], found["error"]) == ("FAILED", "States.TaskFailed")
    assert "TABLE_NOT_FOUND" in found["cause"]


def test_a_definition_that_is_none_is_refused(emulator: Emulator) -> None:
    client = emulator.client("stepfunctions")
    assert client.validate_state_machine_definition(definition='{"States": {}}')["result"] == "FAIL"


def test_an_extension_says_which_private_part_of_moto_is_gone() -> None:
    with pytest.raises(RuntimeError, match=r"this moto has no .*_eval_jsonata"):
        patching.require(SimpleNamespace(), "_eval_jsonata")
