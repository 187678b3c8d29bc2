// Has the kernel load a provider's lazy index.
//
// The kernel loads a package by `require.resolve('@cdktf/provider-aws', {paths: [...]})`, which gives `lib/index.js`: that
// file requires each of the 2,135 submodules (1.4 s). Every prebuilt provider also ships `lib/lazy-index.js`: the same
// names, as getters that require a submodule when it is first read (16 ms). Only the kernel's way of asking is answered
// differently; JavaScript that requires the package itself still gets `index.js`, with the same submodule objects.
'use strict';

const fs = require('fs');
const Module = require('module');
const path = require('path');

const PROVIDER = /^@cdkt[fn]\/provider-[a-z0-9-]+$/;
const EAGER_EXPORT = /^exports\.(\w+) = require\(/gm;

module.exports = function install(note) {
  const resolve = Module._resolveFilename;
  if (typeof resolve !== 'function') {
    note('node has no Module._resolveFilename: providers load their eager index.js');
    return;
  }
  Module._resolveFilename = function (request, parent, isMain, options) {
    const stock = resolve.apply(this, arguments);
    if (!PROVIDER.test(request) || !options || !Array.isArray(options.paths)) {
      return stock;
    }
    try {
      return lazyIndex(stock);
    } catch (error) {
      note(`${request} loads its eager index.js: ${error.message}`);
      return stock;
    }
  };
};

/** The lazy index beside `eager`, once it has been loaded and seen to offer every name that `eager` does. */
function lazyIndex(eager) {
  const lazy = path.join(path.dirname(eager), 'lazy-index.js');
  if (eager === lazy) {
    return eager;
  }
  const names = Array.from(fs.readFileSync(eager, 'utf8').matchAll(EAGER_EXPORT), (match) => match[1]);
  const offered = require(lazy);
  const missing = names.filter((name) => !Object.hasOwn(offered, name));
  if (names.length === 0 || missing.length > 0) {
    throw new Error(`lazy-index.js lacks ${missing[0] || 'any known name'}`);
  }
  return lazy;
}
