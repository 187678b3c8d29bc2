// Puts off the CDK's archiver and the 60 files that it loads, until a program packs the files of an asset: 0.05 s.
//
// `lib/private/fs.js` of the CDK requires it in every program, and calls it for a `TerraformAsset` of type ARCHIVE.
'use strict';

const Module = require('module');

const CALLER = /[\\/]cdkt[fn][\\/]lib[\\/]private[\\/]fs\.js$/;

/** Has the CDK load the archiver when it first uses it; returns whether it can. */
exports.putOff = function putOff() {
  const load = Module._load;
  if (typeof load !== 'function') {
    return false;
  }
  Module._load = function (request, parent) {
    const loaded = () => load.apply(this, arguments);
    return request === 'archiver' && CALLER.test(parent?.filename) ? loadedLate(loaded) : loaded();
  };
  return true;
};

/** Stands in for a function with properties. */
function loadedLate(load) {
  let loaded;
  const real = () => (loaded ??= load());
  return new Proxy(function archiver() {}, {
    apply: (_, self, values) => Reflect.apply(real(), self, values),
    get: (_, name) => Reflect.get(real(), name),
  });
}
