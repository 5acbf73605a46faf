// Before the browser tests, also where they are started by Playwright's own command: they are run on a build of the present sources.
import { ensureBuilt } from './build.mjs'

export default async function setup() {
  await ensureBuilt()
}
