import { isIPv6 } from 'node:net'

/** What one address is for counting: IPv4 whole, IPv6 by its /64, which one subscriber has to itself. */
export function addressKey(address: string | undefined): string {
  if (address === undefined) return 'unknown'
  if (!isIPv6(address)) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  const [head = '', tail = ''] = address.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === '' ? [] : tail.split(':')
  const zeros = new Array<string>(8 - left.length - right.length).fill('0')
  const groups = address.includes('::') ? [...left, ...zeros, ...right] : left
  return groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16)).join(':')
}

/** Whether a connection comes from this machine itself, or from a proxy on it. */
export function isFromHere(address: string | undefined): boolean {
  return address === '::1' || /^(::ffff:)?127\./i.test(address ?? '')
}
