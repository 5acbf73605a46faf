import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig, type Plugin } from 'vite'

/** As a content policy names inline code that may run. */
const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** The parser of HTML would change or end such a script, so that its hash did not fit. */
function refuseUnfit(name: string, text: string): string {
  if (/\0|\r|<\/(?:script|style)|<!--/iu.test(text)) throw new Error(`${name} of the recovery page holds what cannot stand in HTML`)
  return text
}

/**
 * Nothing but what is in the file: no network of any kind, no script or style but these two by their hashes. The worker comes from the
 * script's own text; Argon2 is WebAssembly.
 */
function pageOf(script: string, style: string): string {
  const policy = [
    "default-src 'none'", `script-src ${hashOf(script)} 'wasm-unsafe-eval'`, `style-src ${hashOf(style)}`, 'worker-src blob:',
    "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'", 'trusted-types svelte-trusted-html trivet-worker',
  ].join('; ')
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <meta name="referrer" content="no-referrer" />
    <title>Trivet</title>
    <style>${style}</style>
  </head>
  <body>
    <div id="recovery"></div>
    <noscript>This page works out keys in this browser, so it needs JavaScript.</noscript>
    <script>${script}</script>
  </body>
</html>
`
}

/** Puts the one script and the one style into the page, and leaves no other file. */
function oneFile(): Plugin {
  return {
    name: 'one-file',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const outputs = Object.values(bundle)
      const [script, ...moreScripts] = outputs.flatMap((output) => (output.type === 'chunk' ? [output.code] : []))
      const [style, ...moreStyles] = outputs.flatMap((output) => (output.type === 'asset' && typeof output.source === 'string' ? [output.source] : []))
      if (script === undefined || style === undefined || moreScripts.length + moreStyles.length > 0) throw new Error('expected one script and one style')
      for (const name of Object.keys(bundle)) Reflect.deleteProperty(bundle, name)
      const safe = script.replaceAll('\0', '\\0').replace(/<(?=\/(?:script|style)|!--)/giu, '\\x3C')
      this.emitFile({ type: 'asset', fileName: 'recovery.html', source: pageOf(refuseUnfit('the script', safe.trim()), refuseUnfit('the style', style.trim())) })
    },
  }
}

/** `recovery.html`, beside the page in `web/dist`: one file that is saved and opened from a disk. It is built after the page. */
export default defineConfig({
  root: join(import.meta.dirname, 'web'),
  publicDir: false,
  plugins: [svelte({ configFile: false, compilerOptions: { runes: true } }), oneFile()],
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    outDir: 'dist',
    emptyOutDir: false,
    target: 'es2023',
    cssCodeSplit: false,
    lib: { entry: 'recovery/main.ts', formats: ['iife'], name: 'recovery', fileName: () => 'recovery.js' },
  },
})
