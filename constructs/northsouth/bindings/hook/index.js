// Runs in the jsii kernel's process when northsouth's assembly is loaded, just before that of a provider.
'use strict';

let notes = [];
const started = {};

for (const script of require('./package.json').scripts) {
  try {
    started[script] = require(`./${script}`)((note) => notes.push(note));
  } catch (error) {
    notes.push(`${script} did not start: ${error.message}`);
  }
}

// What Python calls; declared to jsii in kernel.py.
exports.Hook = class {
  /** The lines for northsouth's debug log since the last call. */
  static takeNotes() {
    const taken = notes;
    notes = [];
    return taken;
  }

  /** Whether jsii is writing its index of a loaded provider. */
  static isIndexing() {
    return Boolean(started['runtime_index.js']?.isIndexing());
  }

  /** Resolves when that index is written, or will not be. Not static: jsii before 1.142 waits for objects' methods only. */
  async finishIndex() {
    await started['runtime_index.js']?.finish();
  }
};
