import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

const top = import.meta.dirname

/** SHA-256 over what the page is made of, hex: parties tell it to each other. */
function buildHash(): string {
  const hash = createHash('sha256').update(readFileSync(join(top, 'package-lock.json')))
  for (const folder of ['protocol', 'party', 'chains', 'signalling/wire', 'web']) {
    const files = readdirSync(join(top, folder), { recursive: true, encoding: 'utf8' })
    for (const file of files.filter((name) => /^(?!dist\/|node_modules\/).*(?<!\.test)\.(ts|svelte|css|html|svg)$/u.test(name)).sort()) {
      hash.update(`${folder}/${file}\n`).update(readFileSync(join(top, folder, file)))
    }
  }
  return hash.digest('hex')
}

/**
 * The page as static files in `web/dist`. No script or style is inline, so that it runs under
 * `script-src 'self' 'wasm-unsafe-eval'; style-src 'self'`.
 */
export default defineConfig({
  root: join(top, 'web'),
  // Relative, so that the page may be served from any folder of any host.
  base: './',
  plugins: [svelte({ configFile: false, compilerOptions: { runes: true } })],
  define: { __BUILD__: JSON.stringify(buildHash()) },
  resolve: {
    // The plain entry of simple-peer wants Node's globals.
    alias: [{ find: /^simple-peer$/, replacement: 'simple-peer/simplepeer.min.js' }],
  },
  // Constants of the protocols stay `const`, which the engine folds.
  worker: { format: 'es', rolldownOptions: { output: { topLevelVar: false } } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // A data: address would need an exception in the page's content policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    port: 5173,
    strictPort: true,
    // One address for page and signalling in development, as when signalling serves the built page.
    proxy: { '/api': 'http://localhost:8080', '/health': 'http://localhost:8080', '/socket.io': { target: 'http://localhost:8080', ws: true } },
  },
})
