/** Entry of the process of the links: WebRTC's native code, and nothing that is secret. Ends with the process that started it. */
import wrtc from '@roamhq/wrtc'
import { systemClock } from '@trivet/party'
import { serveLinks } from '@trivet/party/port'
import { createWebrtcLinks } from '@trivet/party/transport'
import { Bug } from '@trivet/protocol/core'

if (process.send === undefined) throw new Bug('this is not a program of its own')
const port = {
  post: (value: unknown): void => { if (process.connected) process.send?.(value) },
  listen: (listener: (value: unknown) => void): (() => void) => {
    process.on('message', listener)
    return () => process.off('message', listener)
  },
}
// A signal to the whole group, such as Ctrl-C: goodbyes come first, and the other process says when.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)
serveLinks(port, (iceServers, log) => {
  const links = createWebrtcLinks({ clock: systemClock, wrtc, log, iceServers })
  // Not after a time of its own: a goodbye whose first packet is lost is said again.
  process.on('disconnect', () => void links.farewellsSaid().then(() => process.exit()))
  return links
})
