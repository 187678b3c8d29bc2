// Evaluates state machines of receivers with the reference JSONata: cases on standard input, bodies on standard output.
"use strict";

const fs = require("fs");
const path = require("path");
const jsonata = require(path.join(__dirname, "..", "..", "..", "node_modules", "jsonata"));

async function evaluate(value, variables) {
  if (Array.isArray(value)) { return Promise.all(value.map((each) => evaluate(each, variables))); }
  if (value && typeof value === "object") {
    const made = {};
    for (const key of Object.keys(value)) { made[key] = await evaluate(value[key], variables); }
    return made;
  }
  if (typeof value !== "string" || !value.startsWith("{%")) { return value; }
  const program = jsonata(value.slice(2, -2));
  program.registerFunction("parse", (text) => JSON.parse(text), "<s:x>"); // Step Functions' own
  return program.evaluate(null, variables);
}

async function sent({ definition, input, result }) {
  const states = definition.States;
  let variables = { ...states.Settings.Assign, states: { input, result } };
  variables = { ...variables, ...(await evaluate(states.Read.Assign, variables)) };
  variables = { ...variables, ...(await evaluate(states.Ask.Assign, variables)) };
  if (await evaluate(states.Judge.Choices[0].Condition, variables)) { return null; }
  return evaluate(states.Send.Arguments.RequestBody, variables);
}

Promise.all(JSON.parse(fs.readFileSync(0, "utf8")).map(sent)).then(
  (bodies) => process.stdout.write(JSON.stringify(bodies)),
  (error) => { process.stderr.write(`${error.code || ""} ${error.message || error}\n`); process.exitCode = 1; }
);
