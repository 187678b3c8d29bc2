// Has the CDK split a long text with many tokens in time that grows with its length, not with its length times its tokens.
//
// The CDK cuts a text at its tokens (`lib/tokens/private/encoding.js`). Before each cut it looks for `${` that begins no
// token, from there to the end of the text, and drops what it finds behind the next token. A dashboard of 180 kB with 60
// tokens is so read some hundred times (0.5 s). Here it looks no farther than that next token, and finds the same.
'use strict';

const ENCODING = /[\\/]cdkt[fn][\\/]lib[\\/]tokens[\\/]private[\\/]encoding\.js$/;
const PARAMETERS = 4;

module.exports = function install(note) {
  const loaded = Object.keys(require.cache).filter((file) => ENCODING.test(file));
  if (loaded.length === 0) {
    throw new Error('the CDK has no lib/tokens/private/encoding.js');
  }
  for (const file of loaded) {
    const text = require.cache[file].exports.TokenString?.prototype;
    const stock = text?.nextEscapeToken;
    if (typeof stock !== 'function' || stock.length !== PARAMETERS) {
      note('the CDK looks for escapes in texts in another way than it used to: long texts take their time');
      continue;
    }
    text.nextEscapeToken = function (fragments, start, depth, end) {
      const whole = this.str;
      // Nothing that begins before `end` goes beyond: either the text ends there, or a token begins with `$`.
      this.str = whole.slice(0, end);
      try {
        return stock.call(this, fragments, start, depth, end);
      } finally {
        this.str = whole;
      }
    };
  }
};
