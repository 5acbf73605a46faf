/** A device's network, to be lost and found. */
import type { Person } from './person.ts'

export interface Network {
  /** Every connection breaks off, and no other can be made. */
  lose(): Promise<void>
  find(): Promise<void>
}

declare const cutLinks: () => void

/**
 * Before the person opens the page.
 * @param cutSockets closes what the page has open to its introduction server, as a browser that is told to be offline does not
 */
export async function networkOf({ page }: Person, cutSockets: () => void): Promise<Network> {
  await page.addInitScript(() => {
    const open: RTCPeerConnection[] = []
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration)
        open.push(this)
      }
    }
    Object.assign(window, { cutLinks: () => { for (const link of open.splice(0)) link.close() } })
  })
  return {
    async lose() {
      await page.context().setOffline(true)
      await page.evaluate(() => { cutLinks() })
      cutSockets()
    },
    async find() {
      await page.context().setOffline(false)
    },
  }
}
