import { transform } from 'esbuild';

/** TypeScript to JavaScript for jest, which asks for modules only, and those by `processAsync`. Types are checked by `npm run types`. */
export default {
  processAsync: (source, file) =>
    transform(source, {
      loader: 'ts',
      format: 'esm',
      target: 'es2023',
      sourcemap: 'external',
      sourcefile: file,
      sourcesContent: false,
    }),
};
