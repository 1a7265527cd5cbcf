// ssh2 carries wasm glue that reads `__dirname` when it is loaded, which an ES module bundle does not have; the code is
// inlined there, so no file is looked up and any text will do.
Object.assign(globalThis, { __dirname: '/' });
