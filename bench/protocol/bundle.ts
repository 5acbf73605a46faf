/** The measured code as it is shipped: bundled by Vite, for Node like the servers and for browsers like the page's worker. */
import { join } from 'node:path'
import { build, loadConfigFromFile, type Rolldown, type UserConfig } from 'vite'

const top = join(import.meta.dirname, '../..')
const made = join(top, '.cache/bench')

/** @returns path of the module that a process of Node runs */
export async function bundleForNode(): Promise<string> {
  const { build: shipped } = await configOf('vite.server.config.ts')
  await build({
    configFile: false, logLevel: 'error', publicDir: false,
    ssr: { target: 'node', noExternal: [/^@trivet\//] },
    build: {
      ssr: join(import.meta.dirname, 'node.ts'), outDir: join(made, 'node'), emptyOutDir: true, target: 'node20', minify: false,
      rolldownOptions: { output: { format: 'es', entryFileNames: 'main.js', ...namesOf(shipped?.rolldownOptions) } },
    },
  })
  return join(made, 'node/main.js')
}

/** @returns path of the module that a worker runs */
export async function bundleForBrowser(): Promise<string> {
  const { worker: shipped } = await configOf('vite.config.ts')
  await build({
    configFile: false, logLevel: 'error', publicDir: false,
    build: {
      outDir: join(made, 'browser'), emptyOutDir: true, target: 'es2023', modulePreload: { polyfill: false },
      rolldownOptions: {
        input: join(import.meta.dirname, 'worker.ts'), output: { format: 'es', entryFileNames: 'worker.js', ...namesOf(shipped?.rolldownOptions) },
      },
    },
  })
  return join(made, 'browser/worker.js')
}

async function configOf(file: string): Promise<UserConfig> {
  const loaded = await loadConfigFromFile({ command: 'build', mode: 'production' }, join(top, file))
  if (loaded === null) throw new Error(`there is no ${file}`)
  return loaded.config
}

/** How names at the top of a module are declared, as it is shipped: what V8 may take for constant, and so the speed, depends on it. */
function namesOf(options: { readonly output?: Rolldown.OutputOptions | Rolldown.OutputOptions[] } | undefined): Rolldown.OutputOptions {
  const output = options?.output
  const { topLevelVar } = Array.isArray(output) ? {} : output ?? {}
  return topLevelVar === undefined ? {} : { topLevelVar }
}
