// Evaluates JSONata as Step Functions does, with the reference: `node reference_jsonata.js FOLDER`, the folder of npm's
// package jsonata. On standard input a list of {code, variables, moment}; the moment is in milliseconds and may be absent.
// On standard output a list of what each ends with: {kind: "value", value}, {kind: "nothing"} or {kind: "failure", message}.
"use strict";

const { createHash, randomUUID } = require("crypto");
const { readFileSync } = require("fs");
const jsonata = require(process.argv[2]);

const SystemDate = Date;
Math.random = () => 0.5; // as in the recording

// Step Functions' own: step-functions/latest/dg/transforming-data.
const OWN = {
  parse: [(text) => JSON.parse(text), "<s:x>"],
  uuid: [randomUUID, "<:s>"],
  random: [() => Math.random(), "<n?:n>"],
  hash: [(text, algorithm) => createHash(algorithm.replace("-", "")).update(text).digest("hex"), "<ss:s>"],
  range: [
    (first, last, step) => Array.from({ length: Math.max(0, Math.floor((last - first) / step) + 1) }, (_, i) => first + i * step),
    "<nnn:a>",
  ],
  partition: [
    (list, size) => Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size)),
    "<an:a>",
  ],
  eval: [() => { throw new Error("Step Functions has no $eval; write $parse"); }, "<x-x?:x>"],
};

function clockAt(moment) {
  return class extends SystemDate {
    constructor(...parts) { super(...(parts.length ? parts : [moment])); }
  };
}

async function outcome({ code, variables, moment }) {
  global.Date = moment === undefined ? SystemDate : clockAt(moment);
  try {
    const program = jsonata(code);
    for (const [name, [implementation, signature]] of Object.entries(OWN)) {
      program.registerFunction(name, implementation, signature);
    }
    const value = await program.evaluate(null, variables);
    return value === undefined ? { kind: "nothing" } : { kind: "value", value };
  } catch (error) {
    return { kind: "failure", message: `${error.code || ""} ${error.message || error}`.trim() };
  }
}

async function main() {
  const answers = [];
  for (const evaluation of JSON.parse(readFileSync(0, "utf8"))) { answers.push(await outcome(evaluation)); }
  process.stdout.write(JSON.stringify(answers));
}

main();
