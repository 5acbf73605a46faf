// Preloaded into the worker where the source runs unbuilt. It registers by tsx's interface, since `--import tsx` has no effect in a
// worker whose main thread runs without tsx, as under Vitest.
import { register } from 'tsx/esm/api'

register()
