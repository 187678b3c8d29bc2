// Evaluates values of state machines with the reference JSONata: on standard input a list of objects with a value and its
// variables, on standard output the list of results.
"use strict";

const fs = require("fs");
const path = require("path");
const jsonata = require(path.join(__dirname, "..", "..", "node_modules", "jsonata"));

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

Promise.all(JSON.parse(fs.readFileSync(0, "utf8")).map((each) => evaluate(each.value, each.variables))).then(
  (results) => process.stdout.write(JSON.stringify(results)),
  (error) => { process.stderr.write(`${error.code || ""} ${error.message || error}\n`); process.exitCode = 1; }
);
