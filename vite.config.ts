import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

const root = new URL('web/', import.meta.url).pathname

/**
 * The page as static files in `web/dist`. No script or style is inline, so that it runs under
 * `script-src 'self' 'wasm-unsafe-eval'; style-src 'self'`.
 */
export default defineConfig({
  root,
  // Relative, so that the page may be served from any folder of any host.
  base: './',
  plugins: [svelte({ configFile: false, compilerOptions: { runes: true } })],
  resolve: {
    // The plain entry of simple-peer wants Node's globals.
    alias: [{ find: /^simple-peer$/, replacement: 'simple-peer/simplepeer.min.js' }],
  },
  worker: { format: 'es' },
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
    proxy: { '/socket.io': { target: 'http://localhost:8080', ws: true }, '/health': 'http://localhost:8080' },
  },
})
