/** The measured code as it is shipped: bundled by Vite, for Node like the servers and for browsers like the page. */
import { join } from 'node:path'
import { build } from 'vite'

const top = join(import.meta.dirname, '../..')
const made = join(top, '.cache/bench')

/** @returns path of a module for Node */
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

/** @returns folder with `index.html` */
export async function bundleForBrowser(): Promise<string> {
  await build({
    configFile: false, logLevel: 'error', root: join(import.meta.dirname, 'page'), base: './', worker: { format: 'es' },
    build: { outDir: join(made, 'page'), emptyOutDir: true, target: 'es2023', modulePreload: { polyfill: false } },
  })
  return join(made, 'page')
}
