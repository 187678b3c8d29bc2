// Asks dt-sql-parser: on standard input a list of {grammar, sql}, on standard output what each grammar does not read.
// esbuild bundles it with the parser, whose modules Node.js alone does not find.
import { readFileSync } from "node:fs";
import { HiveSQL } from "dt-sql-parser/dist/parser/hive";
import { TrinoSQL } from "dt-sql-parser/dist/parser/trino";

const GRAMMARS = { hive: new HiveSQL(), trino: new TrinoSQL() };

const answers = JSON.parse(readFileSync(0, "utf8")).map(({ grammar, sql }) =>
  GRAMMARS[grammar].validate(sql).map((each) => `line ${each.startLine}, column ${each.startColumn}: ${each.message}`));
process.stdout.write(JSON.stringify(answers));
