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
// What TypeScript makes of `export * as pet from './pet'`; without and with `esModuleInterop`.
const EXPORT = /^exports\.(\w+) = (?:__importStar\()?require\(/gm;
const OTHER_EXPORT = /^(?:__exportStar\(|Object\.defineProperty\(exports, "(?!__esModule))/m;

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
  const source = fs.readFileSync(eager, 'utf8');
  const names = Array.from(source.matchAll(EXPORT), (match) => match[1]);
  if (names.length === 0 || OTHER_EXPORT.test(source)) {
    throw new Error('it exports more than submodules');
  }
  const offered = require(lazy);
  const missing = names.find((name) => !Object.hasOwn(offered, name));
  if (missing !== undefined) {
    throw new Error(`lazy-index.js lacks ${missing}`);
  }
  return lazy;
}
