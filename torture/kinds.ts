import { tortureMessages } from '@trivet/protocol/testing'
import { crash } from './crash/index.ts'
import { digests } from './digests.ts'
import type { Kind } from './kind.ts'
import { network } from './network.ts'
import { reshares } from './reshares.ts'
import { signalling } from './signalling/index.ts'

/** Every kind by its name on the command line. */
export const kinds: Readonly<Record<string, Kind>> = {
  messages: {
    explains: 'malicious messages: any protocol, message, field, change and party, and what honest parties must conclude',
    total: (runs) => runs,
    run: tortureMessages,
  },
  crash,
  digests,
  network,
  reshares,
  signalling,
}
