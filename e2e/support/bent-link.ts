import { createHash } from 'node:crypto'

/** A link of a place with something else in it, undamaged. Layout: `docs/wire.md`, Links. @param change is given all but the check */
export function bentLink(link: string, change: (content: Buffer) => void): string {
  const [page, value = ''] = link.split('#join=')
  const content = Buffer.from(value, 'base64url').subarray(0, -4)
  change(content)
  const check = createHash('sha256').update('trivet/link/v1').update(content).digest().subarray(0, 4)
  return `${page}#join=${Buffer.concat([content, check]).toString('base64url')}`
}
