// Lets jsii finish its index of a provider before the first program on a new cache ends.
//
// jsii (1.136 on) has a worker thread write an index of a newly cached assembly, which saves later programs from parsing
// 120 MB of JSON. The kernel ends by `process.exit`, which kills the worker: a program that is faster than the worker
// would never see the index, however often it ran. So on such a run, and no other, Python waits at its exit until the
// worker is done (2 s).
'use strict';

const fs = require('fs');
const path = require('path');

const LIMIT_MS = 30000;
const MANIFEST = /^\.jsii\.runtime\.v\d+\.json$/;

const packages = path.dirname(__dirname);

module.exports = function start(note) {
  const workers = new Set();
  process.on('worker', (worker) => {
    workers.add(worker);
    worker.once('exit', () => workers.delete(worker));
  });
  const pending = () => (workers.size > 0 ? cachedProviders().filter((folder) => !isIndexed(folder)) : []);

  return {
    isIndexing: () => pending().some(isWritable),

    finish() {
      const deadline = Date.now() + LIMIT_MS;
      const clock = new Int32Array(new SharedArrayBuffer(4));
      for (const folder of pending()) {
        while (!isIndexed(folder)) {
          if (Date.now() > deadline) {
            note(`jsii has not indexed ${path.basename(folder)}: the next program starts as slowly`);
            return;
          }
          Atomics.wait(clock, 0, 0, 20);
        }
      }
    },
  };
};

/** Folders of the loaded providers that lie in jsii's cache: those are links. */
function cachedProviders() {
  return ['@cdktf', '@cdktn']
    .map((scope) => path.join(packages, scope))
    .filter((scope) => fs.existsSync(scope))
    .flatMap((scope) => fs.readdirSync(scope).map((name) => path.join(scope, name)))
    .filter((folder) => fs.lstatSync(folder).isSymbolicLink());
}

function isIndexed(folder) {
  return fs.readdirSync(folder).some((name) => MANIFEST.test(name));
}

function isWritable(folder) {
  try {
    fs.accessSync(folder, fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
