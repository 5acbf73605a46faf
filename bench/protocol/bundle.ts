/** The measured code as it is shipped: bundled by Vite, for Node like the servers and for browsers like the page. */
import { join } from 'node:path'
import { build } from 'vite'

const made = join(import.meta.dirname, '../../.cache/bench')

/** @returns path of the module that a process of Node runs */
export async function bundleForNode(): Promise<string> {
  await build({
    configFile: false, logLevel: 'error', publicDir: false,
    ssr: { target: 'node', noExternal: [/^@trivet\//] },
    build: {
      ssr: join(import.meta.dirname, 'node.ts'), outDir: join(made, 'node'), emptyOutDir: true, target: 'node20', minify: false,
      rolldownOptions: { output: { format: 'es', entryFileNames: 'main.js' } },
    },
  })
  return join(made, 'node/main.js')
}

/** @returns path of the module that a worker runs */
export async function bundleForBrowser(): Promise<string> {
  await build({
    configFile: false, logLevel: 'error', publicDir: false,
    build: {
      outDir: join(made, 'browser'), emptyOutDir: true, target: 'es2023', modulePreload: { polyfill: false },
      rolldownOptions: { input: join(import.meta.dirname, 'worker.ts'), output: { format: 'es', entryFileNames: 'worker.js' } },
    },
  })
  return join(made, 'browser/worker.js')
}
