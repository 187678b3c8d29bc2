// Runs in the jsii kernel's process when northsouth's assembly is loaded, just before that of a provider.
'use strict';

let notes = [];

for (const script of require('./package.json').scripts) {
  try {
    require(`./${script}`)((note) => notes.push(note));
  } catch (error) {
    notes.push(`${script} did not start: ${error.message}`);
  }
}

exports.Report = class {
  /** The lines for northsouth's debug log since the last call. */
  static take() {
    const taken = notes;
    notes = [];
    return taken;
  }
};
