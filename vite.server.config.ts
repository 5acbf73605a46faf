import { defineConfig } from 'vite'

/**
 * The servers and the `trivet` command as JavaScript for Node in `dist`. One output file for each source file, in the same
 * folders, so that a path that is relative to a module (a worker beside it) holds before and after the build. Packages from
 * the registry stay outside: some hold native code. Those of @scure come along: one of them stands
 * in two versions. Top-level constants stay `const`: as `var` they are not folded, which costs half the time of a key generation.
 */
export default defineConfig({
  // Nothing to copy: the page's public files are the page's build.
  publicDir: false,
  ssr: { target: 'node', noExternal: [/^@trivet\//, /^@scure\//] },
  build: {
    ssr: true,
    outDir: 'dist',
    emptyOutDir: true,
    target: 'node20',
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input: { 'cli/main': 'cli/main.ts', 'enterprise/worker': 'enterprise/worker.ts', 'enterprise/link-child': 'enterprise/link-child.ts' },
      output: { format: 'es', preserveModules: true, preserveModulesRoot: import.meta.dirname, entryFileNames: '[name].js', topLevelVar: false },
    },
  },
})
