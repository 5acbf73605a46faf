import { expect, test } from 'vitest'
import { recovery as enRecovery } from './en-recovery.ts'
import { en as enPage } from './en.ts'
import { recovery as zhRecovery } from './zh-recovery.ts'
import { zh as zhPage } from './zh.ts'

// The recovery page is a file of its own, with texts of its own.
const en = { ...enPage, recovery: enRecovery }
const zh = { ...zhPage, recovery: zhRecovery }

/** Paths of all texts; functions with the number of their arguments. */
function shapeOf(value: unknown, path = ''): string[] {
  if (typeof value === 'function') return [`${path}/${String(value.length)}`]
  if (typeof value === 'object' && value !== null) return Object.entries(value).flatMap(([key, inner]) => shapeOf(inner, `${path}.${key}`))
  return [path]
}
function textsOf(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]]
  if (typeof value === 'object' && value !== null) return Object.entries(value).flatMap(([key, inner]) => textsOf(inner, `${path}.${key}`))
  return []
}

test('every text exists in every language, with the same arguments', () => {
  expect(shapeOf(zh).sort()).toEqual(shapeOf(en).sort())
})

test('no text is empty but those that are empty in English', () => {
  const empty = textsOf(en).filter(([, text]) => text === '').map(([path]) => path)
  expect(textsOf(zh).filter(([, text]) => text.trim() === '').map(([path]) => path)).toEqual(empty)
})

test('Chinese texts are Chinese, but for proper names', () => {
  const names = new Set(['.brand', '.signed.fileName', '.wallet.chains.solana', '.sign.payment.gwei', '.sign.payment.toPlaceholder'])
  const foreign = textsOf(zh).filter(([path, text]) => text !== '' && !names.has(path) && !/\p{Script=Han}|^[、：。]$/u.test(text))
  expect(foreign).toEqual([])
})

/** Whoever pays on Ethereum has to find this very word elsewhere. */
const ETHEREUM = /^\.sign\.(payment|pasteAbout\.transaction)/u

test('no text uses the words of the protocol', () => {
  for (const [path, text] of textsOf(en).filter(([path]) => !ETHEREUM.test(path))) expect(text, path).not.toMatch(/\b(DKG|MPC|nonce|epoch|SDP|ICE|threshold|oblivious)\b/iu)
})
