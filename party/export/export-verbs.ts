/** The verbs of taking a whole key out. */
import type { PartyVerbs } from '../api.ts'
import type { Unlocked } from '../home.ts'

type ExportVerbs = Pick<PartyVerbs, 'requestExport' | 'takeExport' | 'cancelExport' | 'collectExport'>

/** @param open the unlocked party; throws where there is none */
export function exportVerbs(open: () => Unlocked): ExportVerbs {
  return {
    requestExport: async ({ wallet, suite, signers }) => {
      const { desk, device } = open()
      return { session: await desk.exports.announce(device.wallets.get(wallet), { suite, signers }) }
    },
    takeExport: async ({ wallet, suite }) => {
      const { desk, device } = open()
      return { session: await desk.exports.take(device.wallets.get(wallet), suite) }
    },
    cancelExport: async ({ wallet, suite }) => {
      const { desk, device } = open()
      await desk.exports.cancel(device.wallets.get(wallet), suite)
    },
    collectExport: async ({ session }) => {
      const { desk } = open()
      return desk.exports.collect(desk.session(session))
    },
  }
}
