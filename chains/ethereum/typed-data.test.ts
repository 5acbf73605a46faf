import { hex, utf8 } from '@scure/base'
import fc from 'fast-check'
import { bytesToHex, hashTypedData, keccak256, recoverTypedDataAddress, type TypedDataDefinition } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { describe, expect, it } from 'vitest'
import { seal } from '../envelope.ts'
import { complete, decodeIntent, encodeTypedDataIntent, interpret, InvalidIntent, InvalidSignature } from '../index.ts'
import { withPath } from '../path.ts'
import { stranger, testWallet, wallet } from './fixture.ts'
import { CONTRACT, MAIL, typed } from './typed-data.fixture.ts'

const { keys } = wallet
const hashOf = (json: string): string => {
  const [digest = new Uint8Array()] = interpret(encodeTypedDataIntent(json), keys).messages
  return bytesToHex(digest)
}
const jsonOf = (intent: Uint8Array): string => {
  const decoded = decodeIntent(intent)
  if (decoded.kind !== 'ethereum-typed-data') throw new Error('expected typed data')
  return decoded.json
}

describe('typed data', () => {
  // Source: EIP-712, "Example" and its test, whose key is the hash of "cow".
  it('is hashed and signed as in the example of EIP-712', () => {
    const cow = testWallet(keccak256(utf8.decode('cow')).slice(2))
    const intent = encodeTypedDataIntent(JSON.stringify(MAIL))
    const { messages } = interpret(intent, cow.keys)
    expect(messages.map((digest) => hex.encode(digest))).toEqual(['be609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2'])
    expect(complete(intent, cow.keys, messages.map((digest) => cow.sign(digest)))).toEqual({
      kind: 'ethereum-typed-data',
      address: '0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826',
      hash: '0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2',
      signature: '0x4355c47d63924e8a72e509b65029052eb6c299d53a04e167c5775fd466751c9d07299936d304c153f6443dfa05f40ff007d72911b6f72307f996231605b915621c',
      json: jsonOf(intent),
    })
  })

  it('has the bytes it always had', () => {
    const intent = encodeTypedDataIntent(typed('Vote', { id: 'uint256', yes: 'bool' }, { id: '0x10', yes: true }), [1])
    expect(hex.encode(intent.subarray(0, 7))).toBe('01050100000001')
    expect(utf8.encode(intent.subarray(7))).toBe([
      '{"types":{"EIP712Domain":[{"name":"name","type":"string"},{"name":"chainId","type":"uint256"},{"name":"verifyingContract","type":"address"}],',
      '"Vote":[{"name":"id","type":"uint256"},{"name":"yes","type":"bool"}]},"primaryType":"Vote",',
      `"domain":{"name":"Test","chainId":"1","verifyingContract":"${CONTRACT}"},"message":{"id":"16","yes":true}}`,
    ].join(''))
  })

  it('is hashed and signed as viem does it, with values of every kind', async () => {
    const word = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytesToHex(bytes))
    const item = fc.record({ n: fc.bigInt({ min: -(2n ** 127n), max: 2n ** 127n - 1n }), s: fc.string({ unit: 'binary' }) })
    const anyMessage = fc.record({
      amount: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), small: fc.integer({ min: -128, max: 127 }), yes: fc.boolean(), id: word,
      raw: fc.uint8Array({ maxLength: 80 }).map((bytes) => bytesToHex(bytes)), text: fc.string({ unit: 'grapheme' }),
      items: fc.array(item, { maxLength: 4 }), pair: fc.tuple(item, item), grid: fc.array(fc.array(fc.nat(255), { maxLength: 3 }), { maxLength: 3 }),
    })
    const types = {
      Top: [
        { name: 'amount', type: 'uint256' }, { name: 'small', type: 'int8' }, { name: 'yes', type: 'bool' }, { name: 'id', type: 'bytes32' },
        { name: 'raw', type: 'bytes' }, { name: 'text', type: 'string' }, { name: 'items', type: 'Item[]' }, { name: 'pair', type: 'Item[2]' },
        { name: 'grid', type: 'uint8[][]' },
      ],
      Item: [{ name: 'n', type: 'int128' }, { name: 's', type: 'string' }],
    } as const
    const domain = { name: 'Any', version: '2', chainId: 8453, verifyingContract: CONTRACT, salt: `0x${'07'.repeat(32)}` } as const
    const account = privateKeyToAccount(wallet.secret)
    await fc.assert(fc.asyncProperty(anyMessage, async (message) => {
      const data = { types, primaryType: 'Top', domain, message } as TypedDataDefinition
      const json = JSON.stringify({ types, primaryType: 'Top', domain, message }, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))
      let intent: Uint8Array
      try {
        intent = encodeTypedDataIntent(json)
      } catch (error) {
        // Half of a surrogate pair.
        expect(error).toBeInstanceOf(InvalidIntent)
        return
      }
      expect(hashOf(json)).toBe(hashTypedData(data))
      const outcome = complete(intent, keys, interpret(intent, keys).messages.map((digest) => wallet.sign(digest)))
      if (outcome.kind !== 'ethereum-typed-data') throw new Error('expected typed data')
      expect(outcome.signature).toBe(await account.signTypedData(data))
      expect(await recoverTypedDataAddress({ ...data, signature: outcome.signature })).toBe(wallet.address)
      expect(encodeTypedDataIntent(outcome.json)).toEqual(intent)
    }), { numRuns: 60 })
  })

  it('has one form, however it is written', () => {
    const intent = encodeTypedDataIntent(JSON.stringify(MAIL))
    const { types: { EIP712Domain: domainType, Person, Mail }, primaryType, domain, message } = MAIL
    const others = [
      JSON.stringify(MAIL, null, 4),
      JSON.stringify({ message, domain, primaryType, types: { Mail, Unused: [], EIP712Domain: domainType, Person } }),
      JSON.stringify({ ...MAIL, types: { Person, Mail } }),
      JSON.stringify({ ...MAIL, domain: { ...domain, chainId: '0x1', verifyingContract: CONTRACT.toLowerCase() } }),
      JSON.stringify({ ...MAIL, message: { contents: 'Hello, Bob!', to: message.to, from: message.from } }).replace('Hello', '\\u0048ello'),
    ]
    for (const json of others) expect(encodeTypedDataIntent(json)).toEqual(intent)
    const sealed = (json: string): Uint8Array => seal('ethereum-typed-data', withPath([], utf8.decode(json)))
    expect(jsonOf(sealed(jsonOf(intent)))).toBe(jsonOf(intent))
    for (const json of others) expect(() => decodeIntent(sealed(json))).toThrow(new InvalidIntent('typedData', 'the typed data are not in the one form that is signed'))
  })

  it('has another hash and another preview whatever is changed in it', () => {
    const change = (from: string, to: string): string => JSON.stringify(MAIL).replaceAll(from, to)
    const all = [
      JSON.stringify(MAIL), change('Ether Mail', 'Other Mail'), change('"version":"1"', '"version":"2"'), change('"chainId":1', '"chainId":5'),
      change(CONTRACT, stranger.address), change('Cow', 'Dog'), change('0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826', stranger.address), change('Bob!', 'Eve!'),
      change('"contents"', '"content"'), change('Person', 'Human'), change('"Mail"', '"Post"'),
    ]
    expect(new Set(all.map(hashOf)).size).toBe(11)
    expect(new Set(all.map((json) => JSON.stringify(interpret(encodeTypedDataIntent(json), keys).preview))).size).toBe(11)
    const [digest = new Uint8Array()] = interpret(encodeTypedDataIntent(all[0] ?? ''), keys).messages
    for (const other of all.slice(1)) expect(() => complete(encodeTypedDataIntent(other), keys, [wallet.sign(digest)])).toThrow(InvalidSignature)
  })
})

describe('typed data that cannot be signed', () => {
  const vote = (type: string, value: unknown): string => typed('Vote', { v: type }, { v: value })
  it.each([
    ['', 'expected a value at position 0 of the JSON, got its end'],
    ['[]', 'the typed data: expected an object'],
    ['{}', 'the typed data: types is missing'],
    [JSON.stringify({ ...MAIL, extra: 1 }), 'the typed data: "extra" is in no type, so it would not be signed'],
    [JSON.stringify({ ...MAIL, primaryType: 5 }), 'primaryType: expected the name of a type'],
    [JSON.stringify({ ...MAIL, primaryType: 'Other' }), 'primaryType: the type "Other" is not among the types'],
    [JSON.stringify({ ...MAIL, primaryType: 'EIP712Domain' }), 'primaryType: expected a type of its own, got EIP712Domain, which is the domain’s'],
    [JSON.stringify({ ...MAIL, domain: [] }), 'domain: expected an object'],
    [JSON.stringify({ ...MAIL, domain: { ...MAIL.domain, salt: `0x${'00'.repeat(32)}` } }), 'domain: "salt" is in no type, so it would not be signed'],
    [JSON.stringify({ ...MAIL, domain: { name: 'Ether Mail' } }), 'domain: version is missing'],
    [typed('Vote', { v: 'bool' }, { v: true }, { domain: { chain: 1 } }), 'domain: "chain" is in no type, so it would not be signed'],
    [typed('Vote', { v: 'bool' }, {}), 'message: v is missing'],
    [typed('Vote', { v: 'bool' }, { v: true, w: 1 }), 'message: "w" is in no type, so it would not be signed'],
    [typed('Vote(', { v: 'bool' }, { v: true }), 'types: "Vote(" cannot be the name of a type'],
    [typed('uint7', { v: 'bool' }, { v: true }), 'types: "uint7" cannot be the name of a type'],
    [typed('__proto__', { v: 'bool' }, { v: true }).replace('{"types":{}', '{"types":{"__proto__":[]}'), 'types: "__proto__" cannot be the name of a type'],
    [typed('Vote', { 'v,bool w': 'bool' }, {}), 'types.Vote: "v,bool w" cannot be the name of a field'],
    [typed('Vote', {}, {}, { types: { Vote: 5 } }), 'types.Vote: expected a list of fields'],
    [typed('Vote', {}, {}, { types: { Vote: [{ name: 'v' }] } }), 'types.Vote: expected name and type in each field, and nothing else'],
    [typed('Vote', {}, {}, { types: { Vote: [{ name: 'v', type: 'bool' }, { name: 'v', type: 'string' }] } }), 'types.Vote: the field v stands there twice'],
    [typed('Vote', {}, {}, { types: { Vote: Array.from({ length: 101 }, (_, i) => ({ name: `v${i}`, type: 'bool' })) } }), 'types.Vote: expected at most 100 fields, got 101'],
    [vote('uint', 1), 'types.Vote.v: there is no type "uint"'],
    [vote('uint7', 1), 'types.Vote.v: there is no type "uint7"'],
    [vote('bytes33', '0x'), 'types.Vote.v: there is no type "bytes33"'],
    [vote('Missing[]', []), 'types.Vote.v: there is no type "Missing[]"'],
    [vote('uint8[0]', []), 'types.Vote.v: there is no type "uint8[0]"'],
    [vote('toString', 1), 'types.Vote.v: there is no type "toString"'],
    [vote('bool', 'true'), 'message.v: expected true or false'],
    [vote('bool', null), 'message.v: expected true or false'],
    [vote('string', 5), 'message.v: expected a text in quotes'],
    [vote('address', 5), 'message.v: expected an address in quotes'],
    [vote('address', '0x00'), 'message.v: expected an address, 0x and 40 hex digits, got "0x00"'],
    [vote('bytes', 'text'), 'message.v: expected bytes, 0x and an even number of hex digits in quotes'],
    [vote('bytes4', '0x00'), 'message.v: expected 4 bytes, got 1'],
    [vote('uint8', 256), 'message.v: 256 is out of the range of uint8'],
    [vote('uint8', '-1'), 'message.v: -1 is out of the range of uint8'],
    [vote('int8', 128), 'message.v: 128 is out of the range of int8'],
    [vote('int8', '-129'), 'message.v: -129 is out of the range of int8'],
    [vote('uint8', '1.5'), 'message.v: expected a whole number, got "1.5"'],
    [vote('uint8', true), 'message.v: expected a whole number'],
    [vote('uint8[]', 1), 'message.v: expected a list'],
    [vote('uint8[2]', [1]), 'message.v: expected 2 items, got 1'],
    [vote('uint8[][1]', [[1, 256]]), 'message.v[0][1]: 256 is out of the range of uint8'],
    [vote('uint8[]', Array.from({ length: 500 }, () => 1)), 'expected at most 500 values: nobody could check more'],
    [vote('string', 'x'.repeat(33_000)), 'expected typed data of at most 32768 bytes, got 33324'],
    [JSON.stringify(MAIL).replace('"chainId":1', '"chainId":1,"chainId":5'), 'the key "chainId" stands twice in one object'],
    [vote('uint256', 1).replace('"v":1}', '"v":115792089237316195423570985008687907853269984665640564039457584007913129639935}'),
      'the number 115792089237316195423570985008687907853269984665640564039457584007913129639935 is beyond 2^53 - 1, where other programs round: put it in quotes'],
  ])('is refused with the reason: case %#', (json, message) => {
    expect(() => encodeTypedDataIntent(json)).toThrow(new InvalidIntent('typedData', message))
  })

  it('is refused when it is no UTF-8', () => {
    expect(() => decodeIntent(seal('ethereum-typed-data', Uint8Array.of(0, 0xff, 0xff)))).toThrow(new InvalidIntent('typedData', 'expected UTF-8, got other bytes'))
  })
})
