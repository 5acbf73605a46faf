/** A process that writes pairs of large records and says the number of each pair once it is durable, until it is killed. */
import { openFileStore } from '../file-store.ts'

const [dataDir] = process.argv.slice(2)
if (dataDir === undefined) throw new Error('usage: writes-until-killed.ts <folder>')
const store = openFileStore(dataDir)
const first = ((await store.get('left'))?.[0] ?? 0) + 1
for (let number = first; ; number = (number + 1) % 256) {
  const value = new Uint8Array(200_000).fill(number)
  await store.write([{ key: 'left', value }, { key: 'right', value }])
  process.stdout.write(`${number}\n`)
}
