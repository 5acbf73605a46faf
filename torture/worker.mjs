// A worker begins without the TypeScript loader that the command was started with.
import { tsImport } from 'tsx/esm/api'

await tsImport('./worker.ts', import.meta.url)
