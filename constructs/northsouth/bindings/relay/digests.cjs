// Remembers the digests of providers' archives, which the kernel otherwise computes in every program: 34 MB, 0.07 s.
//
// The digest says under which name an archive is unpacked in jsii's cache. It is computed again when the file's inode,
// size, time of change or time of modification is another. Who can write this list can write the unpacked code as well.
'use strict';

const fs = require('fs');
const path = require('path');

const LIST = 'northsouth-digests.json';
const LARGE = 1 << 20;
const MOST = 50;
// A file that changed just now may change again within one tick of its file system's clock.
const SETTLED_MS = 3000;
const NAME = 'northsouth.digestOf';
// `extractViaCache(file, …, ...key)` of the kernel's lib/program.js, up to where it computes the digest.
const CALL =
  /(function extractViaCache\((\w+),\w+,\w+=\{\},\.\.\.(\w+)\)\{const\{cache:\w+,root:(\w+)\}=[^]{0,2000}?)(\(0,\w+\.digestFile\)\(\2,\.\.\.\3\))/;

/** The kernel's text, made to ask here first; undefined where it computes digests in another way. */
exports.rememberedIn = function rememberedIn(text) {
  if (!CALL.test(text)) {
    return undefined;
  }
  globalThis[Symbol.for(NAME)] = digestOf;
  return text.replace(
    CALL,
    (_, before, file, key, root, digest) =>
      `${before}(globalThis[Symbol.for("${NAME}")](${root},${file},${key},()=>${digest}))`,
  );
};

function digestOf(root, file, key, compute) {
  const list = path.join(root, LIST);
  const name = JSON.stringify([file, ...key]);
  try {
    const {size, ino, ctimeMs, ctimeNs, mtimeNs} = fs.statSync(file, {bigint: true});
    if (size < LARGE) {
      return compute();
    }
    const state = [ino, size, ctimeNs, mtimeNs].join();
    const known = read(list);
    if (known[name]?.state === state) {
      return Buffer.from(known[name].digest, 'hex');
    }
    const digest = compute();
    if (Date.now() - Number(ctimeMs) > SETTLED_MS) {
      delete known[name];
      const newest = [...Object.entries(known), [name, {state, digest: digest.toString('hex')}]].slice(-MOST);
      write(list, JSON.stringify(Object.fromEntries(newest)));
    }
    return digest;
  } catch {
    return compute();
  }
}

function read(list) {
  try {
    return Object(JSON.parse(fs.readFileSync(list, 'utf8')));
  } catch {
    return {};
  }
}

/** Two programs may write at once: each gives the list another file. */
function write(list, text) {
  const written = `${list}.${process.pid}`;
  fs.writeFileSync(written, text, {mode: 0o600});
  fs.renameSync(written, list);
}
