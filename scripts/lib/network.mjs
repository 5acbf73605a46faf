import { networkInterfaces } from 'node:os'

export const noNetwork = 'This machine has no network interface but loopback: browsers find no way to each other there (no ICE candidates), '
  + 'so no two parties can connect. Give it any other interface; it needs no route to the internet.'

/**
 * Whether WebRTC can find an address to connect by. Loopback alone yields no ICE candidate in any browser.
 * @param {ReturnType<typeof networkInterfaces>} [interfaces]
 * @returns {boolean}
 */
export function hasNetwork(interfaces = networkInterfaces()) {
  return Object.values(interfaces).some((addresses) => addresses?.some((address) => !address.internal))
}
