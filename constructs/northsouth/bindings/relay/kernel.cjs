// Started by Python in place of jsii's `bin/jsii-runtime.js`: node kernel.cjs REQUESTS RESPONSES, which are descriptors.
//
// That file starts a second Node process with the kernel, `lib/program.js`, and passes each request and each response on
// between Python and its descriptor 3. Here Python says in one line where the file is, and it runs as far as that start; if
// it asks for it as it is known to, the kernel runs in this very process, on the two pipes that Python opened, after one
// line that says so, and what it does the stock way. Otherwise this process ends with the reason, and Python starts the relay as ever.
'use strict';

const childProcess = require('child_process');
const fs = require('fs');
const Module = require('module');
const path = require('path');

const archiver = require('./archiver.cjs');
const compiled = require('./compiled.cjs');
const {rememberedIn} = require('./digests.cjs');

const READY = 'northsouth';
const PIPES = ['ignore', 'pipe', 'pipe', 'pipe'];
const DESCRIPTORS = /readFD:\s*3,\s*writeFD:\s*3\b/;

const [requests, responses] = process.argv.splice(2).map(Number);
const relay = line(requests);
// Without a line the program ended before it needed a kernel.
if (relay) {
  const file = programOf(relay);
  const text = withDescriptors(file);
  const faster = rememberedIn(text);
  const notes = [
    faster === undefined && 'archives are read as in stock: the kernel computes digests in another way',
    !archiver.putOff() && 'the archiver is loaded as in stock: node has no Module._load',
    !compiled.keep() && 'modules are compiled as in stock: node has no Module.prototype._compile',
  ].filter(Boolean);
  fs.writeSync(responses, `${[READY, ...notes].join('; ')}\n`);
  run(file, faster ?? text);
}

/** The line that Python writes, and waits after. */
function line(descriptor) {
  const read = Buffer.alloc(1 << 16);
  let length = 0;
  do {
    const more = fs.readSync(descriptor, read, length, read.length - length, null);
    if (more === 0) {
      return '';
    }
    length += more;
  } while (read[length - 1] !== 10);
  return read.toString('utf8', 0, length - 1);
}

/** Runs the relay, which says what jsii thinks of this version of Node, until it starts the kernel; returns its file. */
function programOf(relay) {
  const started = new Error('this is as far as it goes');
  const spawn = childProcess.spawn;
  const known = [process.execPath, [...process.execArgv, '--preserve-symlinks'], PIPES];
  childProcess.spawn = (command, argv, {stdio}) => {
    started.file = argv.at(-1);
    started.isKnown = JSON.stringify([command, argv.slice(0, -1), stdio]) === JSON.stringify(known);
    throw started;
  };
  try {
    require(relay);
  } catch (error) {
    if (error !== started) {
      throw error;
    }
  } finally {
    childProcess.spawn = spawn;
  }
  if (!started.isKnown) {
    throw new Error('the relay does not start the kernel as it used to');
  }
  return path.resolve(started.file);
}

/** The program's text, with the two pipes in place of descriptor 3. */
function withDescriptors(program) {
  const text = fs.readFileSync(program, 'utf8');
  if (text.split(DESCRIPTORS).length !== 2) {
    throw new Error('the kernel does not read from descriptor 3');
  }
  return text.replace(DESCRIPTORS, `readFD:${requests},writeFD:${responses}`);
}

/** Runs `text` as the main module that is in `file`. */
function run(file, text) {
  process.argv[1] = file;
  const program = new Module('.', null);
  program.filename = file;
  program.paths = Module._nodeModulePaths(path.dirname(file));
  process.mainModule = program;
  Module._cache[file] = program;
  program._compile(text, file);
  program.loaded = true;
}
