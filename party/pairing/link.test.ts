import { describe, expect, test } from 'vitest'
import { InputError } from '@trivet/protocol/core'
import { isPartyId, isSessionId } from '@trivet/signalling/wire'
import { encodeCompanyInvitation, encodeJoinLink, readLink, type JoinLink } from './link.ts'

const room = '0f8fad5b-d9cb-469f-a165-70867728950e'
const party = 'a1'.repeat(32)
if (!isSessionId(room) || !isPartyId(party)) throw new Error('bad fixture')

const link: JoinLink = {
  room, place: 3, joinToken: 'AAECAwQFBgcICQoLDA0ODw', inviterCardHash: new Uint8Array(32).fill(7), secret: new Uint8Array(16).fill(9), expiresAt: 1_700_000_600_000,
}
const company = { partyId: party, secret: new Uint8Array(16).fill(4), expiresAt: 1_700_000_600_000, name: 'Acme custody' }

describe('a link', () => {
  test('says what was put into it, whole or as its fragment alone', () => {
    const text = encodeJoinLink('https://wallet.example/', link)
    for (const copy of [text, `  ${text}\n`, text.slice(text.indexOf('#')), text.slice(text.indexOf('#') + 1)]) {
      expect(readLink(copy)).toEqual({ kind: 'join', join: link })
    }
  })

  test('with any one character changed, cut off or doubled is refused as damaged', () => {
    const text = encodeJoinLink('', link)
    const start = text.indexOf('=') + 1
    for (let at = start; at < text.length; at++) {
      const other = text[at] === 'A' ? 'B' : 'A'
      for (const bad of [text.slice(0, at) + other + text.slice(at + 1), text.slice(0, at) + text.slice(at + 1), text.slice(0, at) + other + text.slice(at)]) {
        expect(() => readLink(bad), bad).toThrow(InputError)
      }
    }
  })

  test('of another version says so', () => {
    expect(() => readLink('#join=AgAAAAAA')).toThrow(/damaged/)
    expect(() => readLink('https://wallet.example/')).toThrow(/not a Trivet link/)
  })

  test('that invites a company server says whom, and is not taken for one that joins', () => {
    const text = encodeCompanyInvitation(company)
    expect(readLink(text)).toEqual({ kind: 'company', company })
    expect(readLink(`#company=${text}`)).toEqual({ kind: 'company', company })
    expect(() => readLink(`#join=${text}`)).toThrow(InputError)
  })

  test('whose name would turn the text around it is refused', () => {
    expect(() => readLink(encodeCompanyInvitation({ ...company, name: 'Acme \u202eydotsuc' }))).toThrow(/damaged/)
  })
})
