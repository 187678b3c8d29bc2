// Keeps what Node's compiler made of modules for the next program, which otherwise compiles 4 MB of JavaScript: 0.07 s.
//
// jsii puts packages into a folder with another name in each program, where Node's own compile cache (22.1 on) finds
// nothing again. Here the compiled code is found by the digest of the module's text. It lies in jsii's cache, in a folder
// that only this user may write, one for each version of Node. V8 refuses code that another V8 made, and compiles then.
// It would run damaged code, so each file begins with the digest of the rest.
// A stack trace names the folder in which the module lay when it was compiled. Like jsii's folder, it is gone by then.
'use strict';

const crypto = require('crypto');
const fs = require('fs');
const Module = require('module');
const os = require('os');
const path = require('path');
const v8 = require('v8');
const vm = require('vm');

const FOLDER = 'northsouth-code';
// Compiling less takes no longer than reading a file.
const SMALL = 2000;
const DIGEST_BYTES = 32;
const MOST_FILES = 2000;
const OLD_MS = 30 * 24 * 3600 * 1000;
// A script of `vm` knows no loader for it.
const DYNAMIC_IMPORT = /\bimport\s*\(/;

/** Has modules take compiled code from jsii's cache, and leave it there when the process ends; returns whether it can. */
exports.keep = function keep(root = cacheRoot()) {
  const compile = Module.prototype._compile;
  if (typeof compile !== 'function' || Module.wrapper?.length !== 2) {
    return false;
  }
  if (root === undefined) {
    return true;
  }
  const folder = path.join(root, FOLDER, `${process.version}-${process.arch}-${v8.cachedDataVersionTag()}`);
  const isTrusted = isOwn(folder);
  const compiled = new Map();

  Module.prototype._compile = function (content, filename, format) {
    const isScript = format === undefined || format === 'commonjs';
    if (!isScript || content.length < SMALL || DYNAMIC_IMPORT.test(content)) {
      return compile.apply(this, arguments);
    }
    const name = digest(content).toString('hex');
    const cachedData = isTrusted ? read(path.join(folder, name)) : undefined;
    let script;
    try {
      script = new vm.Script(Module.wrap(content), {filename, cachedData, columnOffset: -Module.wrapper[0].length});
    } catch {
      return compile.apply(this, arguments);
    }
    if (cachedData === undefined || script.cachedDataRejected) {
      compiled.set(name, script);
    }
    const {exports} = this;
    return script.runInThisContext().call(exports, exports, requireOf(this), this, filename, path.dirname(filename));
  };

  process.on('exit', () => {
    try {
      write(root, folder, compiled);
    } catch {
      // Nobody may write there, or another program removed it: the next one compiles.
    }
  });
  return true;
};

/** jsii's cache, as its kernel chooses it; undefined where there is none. */
function cacheRoot() {
  const {JSII_RUNTIME_PACKAGE_CACHE: use, JSII_RUNTIME_PACKAGE_CACHE_ROOT: root} = process.env;
  if (use !== undefined && use.toLowerCase() !== 'enabled') {
    return undefined;
  }
  const usual = process.platform === 'darwin' ? 'Library/Caches/com.amazonaws.jsii' : '.cache/aws/jsii';
  return root || path.join(os.homedir(), usual, 'package-cache');
}

/** Whether a folder is this user's, and nobody else may write in it. */
function isOwn(folder) {
  try {
    const {uid, mode} = fs.lstatSync(folder);
    return uid === process.getuid() && (mode & 0o022) === 0;
  } catch {
    return false;
  }
}

/** The code in a file; undefined where there is none, or a damaged one. */
function read(file) {
  let whole;
  try {
    whole = fs.readFileSync(file);
  } catch {
    return undefined;
  }
  const code = whole.subarray(DIGEST_BYTES);
  return digest(code).equals(whole.subarray(0, DIGEST_BYTES)) ? code : undefined;
}

function digest(content) {
  return crypto.createHash('sha256').update(content).digest();
}

/** The `require` that a module gets, as Node makes it. */
function requireOf(module) {
  const require = (request) => module.require(request);
  require.resolve = (request, options) => Module._resolveFilename(request, module, false, options);
  require.resolve.paths = (request) => Module._resolveLookupPaths(request, module);
  require.main = process.mainModule;
  require.extensions = Module._extensions;
  require.cache = Module._cache;
  return require;
}

/** Two programs may write at once: each gives a file its name when it is whole. */
function write(root, folder, compiled) {
  if (compiled.size === 0 || !fs.existsSync(root)) {
    return;
  }
  if (!fs.existsSync(folder)) {
    removeOld(path.dirname(folder));
  } else if (!isOwn(folder)) {
    return;
  } else if (fs.readdirSync(folder).length + compiled.size > MOST_FILES) {
    fs.rmSync(folder, {recursive: true, force: true});
  }
  fs.mkdirSync(folder, {recursive: true, mode: 0o700});
  for (const [name, script] of compiled) {
    const written = path.join(folder, `${name}.${process.pid}`);
    const code = script.createCachedData();
    fs.writeFileSync(written, Buffer.concat([digest(code), code]), {mode: 0o600});
    fs.renameSync(written, path.join(folder, name));
  }
}

/** Removes the folders of versions of Node that no program used for the first time lately. */
function removeOld(folders) {
  for (const name of fs.existsSync(folders) ? fs.readdirSync(folders) : []) {
    const folder = path.join(folders, name);
    if (Date.now() - fs.statSync(folder).mtimeMs > OLD_MS) {
      fs.rmSync(folder, {recursive: true, force: true});
    }
  }
}
