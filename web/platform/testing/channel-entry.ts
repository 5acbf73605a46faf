/** A device's channels inside Chromium, driven from a test; what it tells goes to the page's `told`. */
import { channelDevice, type Told } from '@trivet/party/testing'

declare global {
  interface Window { readonly told: (told: Told) => Promise<void> }
}

export const device = channelDevice(window, (told) => { void window.told(told) })
