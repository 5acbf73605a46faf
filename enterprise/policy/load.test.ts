import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadPolicy, parsePolicy } from './load.ts'

const sign = (rule: string): string => `version: 1\nsign:\n  - {${rule}}\n`
const reshare = (rule: string): string => `version: 1\nreshare:\n  - {${rule}}\n`
const keygen = (rule: string): string => `version: 1\nkeygen:\n  - {${rule}}\n`

const NETWORKS = 'expected eip155:<chain id> or one of ethereum, op-mainnet, bnb-smart-chain, gnosis, polygon, base, arbitrum-one, avalanche, linea, '
  + 'sepolia, holesky, hoodi, local-test-chain'

/** What is wrong with a file, after the words that all refusals begin with. */
function complaint(text: string): string {
  const source = parsePolicy(text)
  if (source.kind !== 'none') throw new Error('the policy was accepted')
  expect(source.rule).toBe('policy-file')
  return source.reason.replace('the policy file is wrong at ', '')
}

describe('a policy file', () => {
  it('is read with its defaults filled in', () => {
    expect(parsePolicy([
      'version: 1',
      'keygen:',
      '  - { name: ours, invited_by: [own-invitation], max_total: 5, max_threshold: 3 }',
      'reshare:',
      '  - { name: changes, asked_by: [member], max_total: 4, max_threshold: 3 }',
      'sign:',
      '  - { name: notes, kind: message, max_bytes: 1024 }',
      '  - { name: small, kind: bitcoin, networks: [signet], max_amount_sats: 5000 }',
      '  - { name: coins, kind: ethereum, networks: [sepolia, "eip155:8453"], max_amount_gwei: 5000, recipients: ["0xABCDEF0123456789ABCDEF0123456789ABCDEF01"] }',
      'export:',
      `  - { name: way out, wallets: ["${'0a'.repeat(32)}"], to: ["${'0b'.repeat(32)}"] }`,
    ].join('\n'))).toEqual({
      kind: 'rules',
      rules: {
        version: 1,
        keygen: [{ name: 'ours', invited_by: ['own-invitation'], max_total: 5, max_threshold: 3, imported: false }],
        reshare: [{
          name: 'changes', asked_by: ['member'], max_total: 4, min_threshold: 2, max_threshold: 3, refresh_only: false, may_drop: false, may_leave: false,
          joining_roles: [],
        }],
        sign: [
          { name: 'notes', kind: 'message', max_bytes: 1024, allow_danger: false },
          { name: 'small', kind: 'bitcoin', networks: ['signet'], max_amount_sats: 5000, allow_danger: false },
          {
            name: 'coins', kind: 'ethereum', networks: ['eip155:11155111', 'eip155:8453'], max_amount_gwei: 5000,
            recipients: ['0xabcdef0123456789abcdef0123456789abcdef01'], allow_danger: false,
          },
        ],
        export: [{ name: 'way out', wallets: ['0a'.repeat(32)], to: ['0b'.repeat(32)] }],
      },
    })
  })

  it('may be empty of rules', () => {
    expect(parsePolicy('version: 1')).toEqual({ kind: 'rules', rules: { version: 1, keygen: [], reshare: [], sign: [], export: [] } })
  })

  it.each([
    ['nothing at all', '', '.: expected a policy: version, keygen, reshare, sign, export, got null'],
    ['a list', '- 1', '.: expected a policy: version, keygen, reshare, sign, export'],
    ['no version', 'sign: []', 'version: expected 1, the only version there is'],
    ['a version of the future', 'version: 2', 'version: expected 1, the only version there is, got 2'],
    ['an unknown section', 'version: 1\nallow: all', 'allow: is not known'],
    ['rules that are no list', 'version: 1\nsign: yes', 'sign: expected a list, got "yes"'],
    ['a rule that is text', 'version: 1\nsign: [all]', 'sign[0]: expected a rule, got "all"'],
    ['a rule of no kind', sign('name: a'), 'sign[0].kind: expected one of message, bitcoin, ethereum, ethereum-call, ethereum-message, ethereum-typed-data'],
    ['a rule of an unknown kind', sign('name: a, kind: dogecoin'), 'sign[0].kind: expected one of message, bitcoin, ethereum, ethereum-call, ethereum-message, ethereum-typed-data'],
    ['a rule with no name', sign('kind: message, max_bytes: 1'), 'sign[0].name: expected a name for this rule'],
    ['a misspelt limit', sign('name: a, kind: message, max_byte: 1'), 'sign[0].max_bytes: expected a whole number from 1 to 1048576; sign[0].max_byte: is not known'],
    ['a limit in words', sign('name: a, kind: message, max_bytes: lots'), 'sign[0].max_bytes: expected a whole number from 1 to 1048576, got "lots"'],
    ['a limit of nothing', sign('name: a, kind: message, max_bytes: 0'), 'sign[0].max_bytes: expected at least 1, got 0'],
    ['a limit above all messages', sign('name: a, kind: message, max_bytes: 1048577'), 'sign[0].max_bytes: expected at most 1048576, got 1048577'],
    ['a danger flag in words', sign('name: a, kind: message, max_bytes: 1, allow_danger: "no"'), 'sign[0].allow_danger: expected true or false, got "no"'],
    ['no networks', sign('name: a, kind: bitcoin, networks: [], max_amount_sats: 1'), 'sign[0].networks: expected at least one'],
    ['an unknown network', sign('name: a, kind: bitcoin, networks: [dogecoin], max_amount_sats: 1'), 'sign[0].networks[0]: expected one of mainnet, testnet, signet, regtest, got "dogecoin"'],
    ['a fraction of a sat', sign('name: a, kind: bitcoin, networks: [signet], max_amount_sats: 0.5'), 'sign[0].max_amount_sats: expected a whole number from 1 to 2100000000000000, got 0.5'],
    ['more sats than there are', sign('name: a, kind: bitcoin, networks: [signet], max_amount_sats: 2100000000000001'), 'sign[0].max_amount_sats: expected at most 2100000000000000, got 2100000000000001'],
    ['an empty list of recipients', sign('name: a, kind: bitcoin, networks: [signet], max_amount_sats: 1, recipients: []'), 'sign[0].recipients: expected at least one'],
    ['an unknown chain', sign('name: a, kind: ethereum, networks: [Sepolia], max_amount_gwei: 1'), `sign[0].networks[0]: ${NETWORKS}, got "Sepolia"`],
    ['a chain id that is none', sign('name: a, kind: ethereum, networks: ["eip155:0x1"], max_amount_gwei: 1'), `sign[0].networks[0]: ${NETWORKS}, got "eip155:0x1"`],
    ['no chains', sign('name: a, kind: ethereum-typed-data, networks: []'), 'sign[0].networks: expected at least one'],
    ['part of a gwei', sign('name: a, kind: ethereum, networks: [sepolia], max_amount_gwei: 0.5'), 'sign[0].max_amount_gwei: expected a whole number from 1 to 9007199254740991, got 0.5'],
    ['a name for an address', sign('name: a, kind: ethereum, networks: [sepolia], max_amount_gwei: 1, recipients: [alice.eth]'), 'sign[0].recipients[0]: expected an address in quotes: 0x and 40 hexadecimal digits, got "alice.eth"'],
    ['an address that YAML reads as a number', sign('name: a, kind: ethereum-call, networks: [sepolia], max_amount_gwei: 1, contracts: [0x00000000000000000000000000000000000000ff]'), 'sign[0].contracts[0]: expected an address in quotes: 0x and 40 hexadecimal digits, got 255'],
    ['calls of whatever contract', sign('name: a, kind: ethereum-call, networks: [sepolia], max_amount_gwei: 1'), 'sign[0].contracts: expected a list'],
    ['nobody who may invite', keygen('name: a, invited_by: [], max_total: 3, max_threshold: 2'), 'keygen[0].invited_by: expected at least one'],
    ['an unknown inviter', keygen('name: a, invited_by: [anybody], max_total: 3, max_threshold: 2'), 'keygen[0].invited_by[0]: expected one of own-invitation, link, known, self, got "anybody"'],
    ['too many parties', keygen('name: a, invited_by: [self], max_total: 17, max_threshold: 2'), 'keygen[0].max_total: expected at most 16, got 17'],
    ['an import that is not said clearly', keygen('name: a, invited_by: [self], max_total: 3, max_threshold: 2, imported: maybe'), 'keygen[0].imported: expected true or false, got "maybe"'],
    ['a threshold of one', keygen('name: a, invited_by: [self], max_total: 3, max_threshold: 1'), 'keygen[0].max_threshold: expected at least 2, got 1'],
    ['nobody who may ask', reshare('name: a, asked_by: [], max_total: 3, max_threshold: 2'), 'reshare[0].asked_by: expected at least one'],
    ['somebody unknown who may ask', reshare('name: a, asked_by: [anybody], max_total: 3, max_threshold: 2'), 'reshare[0].asked_by[0]: expected one of member, self, own-invitation, link, known, got "anybody"'],
    ['a guest who may join', reshare('name: a, asked_by: [self], max_total: 3, max_threshold: 2, joining_roles: [third-party]'), 'reshare[0].joining_roles[0]: expected one of enterprise, mobile-app, got "third-party"'],
    ['no limit of new shares', reshare('name: a, asked_by: [self]'), 'reshare[0].max_total: expected a whole number from 2 to 16; reshare[0].max_threshold: expected a whole number from 2 to 16'],
    ['an export of no wallet', 'version: 1\nexport:\n  - {name: a, wallets: [], to: []}\n', 'export[0].wallets: expected at least one; export[0].to: expected at least one'],
    ['an export to a name', `version: 1\nexport:\n  - {name: a, wallets: ["${'0a'.repeat(32)}"], to: [Anna]}\n`, 'export[0].to[0]: expected an id in quotes: 64 hexadecimal digits in small letters, got "Anna"'],
    ['two rules of one name', 'version: 1\nsign:\n  - {name: a, kind: message, max_bytes: 1}\n  - {name: a, kind: message, max_bytes: 2}\n', 'sign: expected every rule to have a name of its own'],
  ])('with %s is refused, naming the field', (_what, text, expected) => {
    expect(complaint(text)).toBe(expected)
  })

  it.each([
    ['broken YAML', 'version: [1', 'the policy file is no YAML: Flow sequence in block collection must be sufficiently indented and end with a ] at line 1, column 12:'],
    ['a key given twice', 'version: 1\nversion: 1', 'the policy file is no YAML: Map keys must be unique at line 2, column 1:'],
    ['aliases', 'version: 1\nsign: &a []\nkeygen: *a', 'the policy file uses YAML aliases, which are not allowed'],
  ])('with %s is refused', (_what, text, expected) => {
    expect(complaint(text)).toBe(expected)
  })
})

describe('loading', () => {
  let folder: string
  beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'policy-')) })
  afterAll(async () => { await rm(folder, { recursive: true }) })

  it('refuses everything when no file is configured', async () => {
    expect(await loadPolicy(undefined)).toEqual({ kind: 'none', rule: 'no-policy', reason: 'no policy file is configured' })
  })

  it('refuses everything when the file is missing', async () => {
    expect(await loadPolicy(join(folder, 'none.yaml'))).toEqual({ kind: 'none', rule: 'policy-file', reason: 'the policy file is missing' })
  })

  it('refuses everything when the file cannot be read', async () => {
    expect(await loadPolicy(folder)).toEqual({ kind: 'none', rule: 'policy-file', reason: 'the policy file cannot be read' })
  })

  it('reads the file', async () => {
    const file = join(folder, 'policy.yaml')
    await writeFile(file, 'version: 1\n')
    expect(await loadPolicy(file)).toEqual({ kind: 'rules', rules: { version: 1, keygen: [], reshare: [], sign: [], export: [] } })
  })
})
