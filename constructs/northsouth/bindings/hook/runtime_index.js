// Lets jsii finish its index of a provider before the first program on a new cache ends.
//
// jsii (1.136 on) has a worker thread write an index of an assembly in its cache that has none, or a damaged one; it saves
// later programs from parsing 120 MB of JSON. The kernel ends by `process.exit`, which kills the worker: a program that is
// faster than the worker would never see the index, however often it ran. So on such a run, and no other, Python waits at
// its exit until the worker has ended (2 s).
'use strict';

const fs = require('fs');
const path = require('path');

const LIMIT_MS = 30000;

const packages = path.dirname(__dirname);

module.exports = function start(note) {
  const workers = new Set();
  process.on('worker', (worker) => {
    workers.add(worker);
    worker.once('exit', () => workers.delete(worker));
  });

  return {
    isIndexing: () => workers.size > 0 && cachedProviders().some(isWritable),

    async finish() {
      const ended = Array.from(workers, (worker) => new Promise((resolve) => worker.once('exit', resolve)));
      let timer;
      const late = new Promise((resolve) => (timer = setTimeout(resolve, LIMIT_MS)));
      await Promise.race([Promise.all(ended), late]);
      clearTimeout(timer);
      if (workers.size > 0) {
        note('jsii has not indexed the provider: the next program starts as slowly');
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

/** Where it is not, each program would wait for a worker that fails. */
function isWritable(folder) {
  try {
    fs.accessSync(folder, fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
