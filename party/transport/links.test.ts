import wrtc from '@roamhq/wrtc'
import { systemClock } from '../clock.ts'
import { linkConformance } from './testing/link-conformance.ts'
import { createMemoryNetwork } from './memory.ts'
import { createWebrtcLinks } from './webrtc.ts'

linkConformance('memory', {
  path: 'memory',
  factories: () => {
    const network = createMemoryNetwork()
    return [network.transport('one').links, network.transport('two').links]
  },
})

linkConformance('webrtc', {
  path: 'direct',
  factories: () => {
    const links = createWebrtcLinks({ wrtc, clock: systemClock })
    return [links, links]
  },
})
